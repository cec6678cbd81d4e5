/** A table of numbers in Parquet, a row a sample, read by row groups. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData, RowGroup, SchemaElement } from 'hyparquet';
import { messageOf, SweepError } from '../../../errors.ts';
import { formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { bytesAt, fileSize } from '../file-bytes.ts';
import { gapsIn, ofNumbers, saidLabels, type AdvisedColumn } from '../column-advice.ts';
import { checkLeft, droppedColumns } from '../dropped-columns.ts';
import { labelledColumn } from '../labelled-column.ts';
import { unusable } from '../unusable.ts';
import { rowsAPiece, type VectorStream } from './vector-stream.ts';

export const PARQUET_MAGIC = Buffer.from('PAR1', 'latin1');

/** Of a row group, as numbers of 8 bytes: it is held at once. */
const MOST_GROUP_BYTES = 2 ** 30;
const NUMBERS: readonly unknown[] = ['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'BOOLEAN'];
/** What else than numbers may be stored as such: dates, times, decimals. */
const PLAIN_TYPES: readonly unknown[] = [
  ...[undefined, 'INT_8', 'INT_16', 'INT_32', 'INT_64', 'UINT_8', 'UINT_16', 'UINT_32', 'UINT_64'],
];

export interface ParquetReading {
  /** Its column of labels, if it isn't called as usual; null for none. */
  readonly label?: string | null | undefined;
  /** Columns that are left out. */
  readonly drop?: readonly string[] | undefined;
  /** As AdvisedColumn. */
  readonly isGiven?: boolean | undefined;
}

/** Reads what stands at its end: columns, and how many rows. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function parquetVectors(
  file: string,
  { label: named, drop, isGiven }: ParquetReading = {},
): Promise<VectorStream> {
  const { metadata } = await opened(file);
  const whole = columnsOf(file, metadata);
  const dropped = droppedColumns(
    file,
    whole.map(({ name }) => name),
    drop,
  );
  const all = whole.filter((_, column) => !dropped.has(column));
  checkPlain(file, all, isGiven);
  const index = indexColumns(metadata);
  const label = labelledColumn(
    file,
    all.map(({ name }) => name),
    named,
  );
  const names = all.map(({ name }) => name).filter((name) => name !== label && !index.includes(name));
  for (const one of all) if (names.includes(one.name)) checkColumn(file, one, isGiven);
  const rows = Number(metadata.num_rows);
  checkLeft(file, rows, names.length, dropped);
  for (const { num_rows: some } of metadata.row_groups) {
    if (Number(some) * names.length * 8 <= MOST_GROUP_BYTES) continue;
    const fix = 'Save smaller ones: df.to_parquet(FILE, row_group_size=50_000)';
    throw unusable(file, `a row group in it has ${formatCount(Number(some))} rows of ${names.length} columns`, fix);
  }
  const passedOver = all.filter(({ name }) => index.includes(name) && name !== label).map(({ name }) => plain(name));
  return {
    rows,
    columns: names.length,
    names,
    format: 'Parquet',
    passedOver: passedOver.length === 0 ? '' : `the index of its rows (${passedOver.join(', ')})`,
    ...(label !== undefined && {
      labels: {
        from: `the column ${plain(label)}`,
        async read() {
          const labels: string[] = [];
          for await (const { columns } of groupsOf(file, rows, [label])) {
            for (const values of columns[0]!) for (let i = 0; i < values.length; i++) labels.push(textOf(values[i]));
          }
          return labels;
        },
      },
    }),
    async *read() {
      const size = rowsAPiece(names.length) * names.length;
      for await (const { columns, first, rows: some } of groupsOf(file, rows, names)) {
        const numbers = new Float64Array(some * names.length);
        columns.forEach((chunks, column) => {
          let row = 0;
          for (const values of chunks) {
            for (let i = 0; i < values.length; i++, row++) {
              const number = 0 + Number(values[i] ?? NaN);
              if (!Number.isFinite(number) || (typeof values[i] === 'bigint' && !Number.isSafeInteger(number))) {
                const where = `row ${formatCount(first + row)} (counted from 0), column ${plain(names[column]!)}`;
                throw noNumber(file, where, values[i], { name: names[column]!, isGiven });
              }
              numbers[row * names.length + column] = number;
            }
          }
        });
        for (let at = 0; at < numbers.length; at += size) yield numbers.subarray(at, at + size);
      }
    },
  };
}

function noNumber(file: string, where: string, value: unknown, column: AdvisedColumn): Error {
  const isGap = value === null || value === undefined || Number.isNaN(value);
  const what = isGap ? `${where} is empty` : `${where} is ${textOf(value)}, which no number of 64 bits holds`;
  return unusable(file, what, isGap ? gapsIn(column) : 'Save it as float64');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString().replace(/T00:00:00\.000Z$/, '');
  return value === null || value === undefined || value instanceof Object
    ? ''
    : `${value as number | bigint | boolean}`;
}

interface Group {
  /** Of each column, its values, in parts. */
  readonly columns: readonly (readonly ArrayLike<unknown>[])[];
  /** Index of its first row. */
  readonly first: number;
  readonly rows: number;
}

/** The columns of each row group. @throws SweepError DATA_CORRUPT */
async function* groupsOf(file: string, rows: number, names: readonly string[]): AsyncGenerator<Group> {
  const { buffer, metadata, library } = await opened(file);
  let first = 0;
  for (const group of metadata.row_groups) {
    const some = Number(group.num_rows);
    const columns = names.map((): ArrayLike<unknown>[] => []);
    await attempt(file, async () => {
      await checkPages(file, buffer, group, names);
      await library.parquetRead({
        ...{ file: buffer, metadata, columns: [...names], compressors: COMPRESSORS },
        ...{ rowStart: first, rowEnd: first + some },
        onChunk: ({ columnName, columnData }) => void columns[names.indexOf(columnName)]?.push(columnData),
      });
    });
    if (columns.some((chunks) => chunks.reduce((sum, { length }) => sum + length, 0) !== some)) {
      throw damaged(file, 'a column in it has another number of rows than it says');
    }
    yield { columns, first, rows: some };
    first += some;
  }
  if (first !== rows) throw damaged(file, 'it holds another number of rows than it says');
}

/** Pages say how many values they hold, and how large they become: no more is unpacked than there can be. */
async function checkPages(file: string, buffer: AsyncBuffer, group: RowGroup, names: readonly string[]): Promise<void> {
  const { parquetHeader } = await import('hyparquet/src/column.js');
  const rows = Number(group.num_rows);
  for (const { meta_data: column } of group.columns) {
    if (column === undefined || !names.includes(column.path_in_schema.join('.'))) continue;
    const start = Number(column.dictionary_page_offset ?? column.data_page_offset);
    const end = start + Number(column.total_compressed_size);
    if (!(start >= 0 && end <= buffer.byteLength)) throw damaged(file, 'it is cut off');
    const view = new DataView(await buffer.slice(start, end));
    const reader = { view, offset: 0 };
    let values = 0;
    while (values < rows && reader.offset < view.byteLength - 1) {
      const header = parquetHeader(reader);
      reader.offset += header.compressed_page_size;
      const dictionary = header.dictionary_page_header?.num_values ?? 0;
      values += header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
      const isTooLarge = header.uncompressed_page_size > MOST_GROUP_BYTES || dictionary > rows || values > rows;
      if (isTooLarge || header.compressed_page_size < 0) throw damaged(file, 'a page in it claims more than there is');
    }
  }
}

/** Snappy is in the library. */
const COMPRESSORS: Compressors = {
  GZIP: (input, length) => gunzipSync(input, { maxOutputLength: length + 1 }),
  BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: length + 1 }),
  ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: length + 1 }),
};

/** The library, loaded for the first such file, and what the file says of itself. */
async function opened(file: string) {
  const library = await import('hyparquet');
  const buffer: AsyncBuffer = {
    byteLength: await fileSize(file),
    async slice(start, end = buffer.byteLength) {
      const bytes = await bytesAt(file, start, end - start);
      // The library takes buffers as a whole.
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    },
  };
  const metadata = await attempt(file, () => library.parquetMetadataAsync(buffer));
  return { library, buffer, metadata };
}

interface Column {
  readonly name: string;
  readonly element: SchemaElement;
}

/** Those at the top. */
function columnsOf(file: string, { schema }: FileMetaData): Column[] {
  const columns: Column[] = [];
  for (let at = 1; at < schema.length; at = endOf(schema, at)) {
    const element = schema[at]!;
    const { name } = element;
    if (columns.some((one) => one.name === name))
      throw unusable(file, `it has two columns ${plain(name)}`, 'Rename one');
    columns.push({ name, element });
  }
  return columns;
}

/** Index of the element after one and all that it holds. */
function endOf(schema: readonly SchemaElement[], at: number): number {
  let end = at;
  for (let open = 1; open > 0 && end < schema.length; end++) open += (schema[end]!.num_children ?? 0) - 1;
  return end;
}

/** One that holds others has no number of its own, and no label. */
function checkPlain(file: string, columns: readonly Column[], isGiven: boolean | undefined): void {
  const nested = columns.find(({ element }) => element.num_children);
  if (nested === undefined) return;
  throw unusable(
    file,
    `its column ${plain(nested.name)} holds lists or records`,
    ofNumbers({ name: nested.name, isGiven }, undefined),
  );
}

function checkColumn(file: string, { name, element }: Column, isGiven: boolean | undefined): void {
  const { type, converted_type: converted, logical_type: logical, repetition_type: repeated } = element;
  const isPlain = PLAIN_TYPES.includes(converted) && (logical === undefined || logical.type === 'INTEGER');
  if (NUMBERS.includes(type) && isPlain && repeated !== 'REPEATED') return;
  const said = logical?.type ?? converted ?? type ?? 'no numbers';
  throw unusable(
    file,
    `its column ${plain(name)} is of ${said.toLowerCase()}`,
    ofNumbers({ name, isGiven }, saidLabels(name)),
  );
}

/** What pandas keeps the index of its rows in. */
function indexColumns({ key_value_metadata: pairs }: FileMetaData): string[] {
  try {
    const { index_columns: index } = JSON.parse(pairs?.find(({ key }) => key === 'pandas')?.value ?? '{}') as {
      index_columns?: unknown;
    };
    return Array.isArray(index) ? index.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

/** What the library throws is of no use to a reader, but that it did. */
async function attempt<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof SweepError) throw error;
    const codec = /unsupported compression codec: (\w+)/i.exec(messageOf(error))?.[1];
    if (codec === undefined) throw damaged(file, "it is cut off or damaged: it can't be read as Parquet");
    throw unusable(
      file,
      `it is packed by ${codec}, which isn't read`,
      "Save it by df.to_parquet(FILE, compression='zstd')",
    );
  }
}

function damaged(file: string, what: string): Error {
  return unusable(file, what, 'Save or copy it again');
}
