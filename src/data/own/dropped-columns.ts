/** Columns of a table that a spec leaves out, `drop: [id]`. */
import { specWord } from '../../text/spec-word.ts';
import { someOf, thereAre } from './labels.ts';
import { MisfitReading } from './misfit-reading.ts';
import { checkTable, type VectorStream } from './tables/vector-stream.ts';

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
    const what = `no column in it is called ${someOf(missing.map(specWord))}`;
    throw new MisfitReading({ place, key: 'drop', at: 'value', what, fix: thereAre(names!.map(specWord)), missing });
  }
  return new Set(names?.flatMap((name, column) => (drop.includes(name) ? [column] : [])));
}

/** @throws SweepError DATA_CORRUPT as checkTable, of the `columns` that are left; MisfitReading where what is left out leaves none */
export function checkLeft(place: string, rows: number, columns: number, dropped: ReadonlySet<number>): void {
  if (dropped.size > 0 && columns === 0) {
    const fix = 'Name fewer: inputs are what is left';
    throw new MisfitReading({ place, key: 'drop', at: 'value', what: 'no column of numbers is left', fix });
  }
  checkTable(place, rows, columns);
}

/** The same rows without some of their columns. */
export function withoutColumns(stream: VectorStream, dropped: ReadonlySet<number>): VectorStream {
  if (dropped.size === 0) return stream;
  const { columns, names } = stream;
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
