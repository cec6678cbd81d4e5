/** An export's rows as Parquet, typed: names and lists (as JSON) are text, counts are 64-bit integers, all else doubles. */
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import { flatRow, type ExportTable } from '../render/export-table.ts';

const TEXTS = new Set([
  ...['sweep', 'trial', 'config_id', 'state', 'cause', 'device', 'reused_from', 'dataset', 'binarization', 'name'],
  ...['bit_class', 'tags', 'note'],
]);
const COUNTS = new Set([
  ...['seed', 'best_epoch', 'epochs', 'trainable_weights', 'attempts', 'train_images', 'validation_images'],
  ...['batch_size', 'planned_epochs', 'numerics_version', 'attempt', 'epoch', 'step'],
]);

type Type = 'STRING' | 'INT64' | 'BOOLEAN' | 'DOUBLE';
type Row = Readonly<Record<string, unknown>>;

/** `texts`: columns of parameters that hold more than numbers; which those are must be known before the first row. */
export function parquetOf({ columns, rows }: ExportTable, texts: ReadonlySet<string>): Uint8Array {
  const typed = columns.map((name) => ({ name, type: typeOf(name, texts) }));
  const writer = new ByteWriter();
  // Without an asynchronous source or writer it returns when all is written.
  void parquetWriteRows({ writer, rows: flat(rows, typed), columns: typed, createdBy: 'vae-sweep' });
  return writer.getBytes();
}

function typeOf(name: string, texts: ReadonlySet<string>): Type {
  if (name === 'in_plan') return 'BOOLEAN';
  if (texts.has(name) || TEXTS.has(name)) return 'STRING';
  return COUNTS.has(name) ? 'INT64' : 'DOUBLE';
}

function* flat(rows: Iterable<Row>, columns: readonly { name: string; type: Type }[]): Generator<Row> {
  for (const row of rows) {
    const all = flatRow(row);
    yield Object.fromEntries(columns.map(({ name, type }) => [name, cell(all[name], type)]));
  }
}

function cell(value: unknown, type: Type): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'INT64') return BigInt(value as number);
  return type === 'STRING' && typeof value !== 'string' ? JSON.stringify(value) : value;
}
