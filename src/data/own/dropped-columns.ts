/** Columns of a table that a spec leaves out, `drop: [id]`. */
import { plain } from '../../text/printable.ts';
import { listed } from './labels.ts';
import { MisfitReading } from './misfit-reading.ts';
import { checkTable, type VectorStream } from './tables/vector-stream.ts';

/** How an error says that a column that is no input may stay in the file, a clause. */
export function leftOutBy(name: string): string {
  return `leave it out by \`drop: [${plain(name)}]\``;
}

/** Indices of those columns that are called so. @throws MisfitReading where there is none, or nothing names them: `names` undefined */
export function droppedColumns(
  place: string,
  names: readonly string[] | undefined,
  drop: readonly string[] = [],
): ReadonlySet<number> {
  if (drop.length > 0 && names === undefined) {
    const fix = '`drop` names columns of CSV, Parquet or AnnData: leave it out';
    throw new MisfitReading({ place, key: 'drop', at: 'key', what: 'no column in it has a name', fix });
  }
  const missing = drop.filter((name) => !names!.includes(name));
  if (missing.length > 0) {
    const what = `no column in it is called ${listed(missing.map(plain))}`;
    const fix = `There are ${listed(names!.filter((name) => name !== '').map(plain))}`;
    throw new MisfitReading({ place, key: 'drop', at: 'value', what, fix, missing });
  }
  return new Set(names?.flatMap((name, column) => (drop.includes(name) ? [column] : [])));
}

/** The same rows without some of their columns. @throws SweepError DATA_CORRUPT where none are left */
export function withoutColumns(place: string, stream: VectorStream, dropped: ReadonlySet<number>): VectorStream {
  if (dropped.size === 0) return stream;
  const { rows, columns, names } = stream;
  checkTable(place, rows, columns - dropped.size);
  const isKept = (_: unknown, index: number): boolean => !dropped.has(index % columns);
  return {
    ...stream,
    columns: columns - dropped.size,
    ...(names && { names: names.filter(isKept) }),
    async *read() {
      for await (const piece of stream.read()) yield piece.filter(isKept);
    },
  };
}
