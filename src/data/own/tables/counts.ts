import { formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { MisfitReading } from '../misfit-reading.ts';
import type { VectorStream } from './vector-stream.ts';

/** Whole numbers up to here are exact in float32. */
const LARGEST_COUNT = 2 ** 24;

/** The same rows, all of whose numbers are counts. @throws SweepError DATA_CORRUPT, naming the first that is none, once it is read */
export function countVectors(place: string, stream: VectorStream): VectorStream {
  const { columns, names } = stream;
  return {
    ...stream,
    isCounts: true,
    async *read() {
      let first = 0;
      for await (const piece of stream.read()) {
        const other = piece.findIndex((value) => !Number.isInteger(value) || value < 0 || value > LARGEST_COUNT);
        if (other >= 0) {
          const [row, column] = [first + Math.floor(other / columns), other % columns];
          const name = names === undefined ? String(column) : plain(names[column]!);
          const what = `row ${formatCount(row)}, column ${name} (counted from 0) is ${piece[other]}, which is no count`;
          const fix = 'Counts are whole numbers from 0 to 16,777,216; others are read without `values: counts`';
          throw new MisfitReading({ place, key: 'values', at: 'value', what, fix });
        }
        yield piece;
        first += piece.length / columns;
      }
    },
  };
}
