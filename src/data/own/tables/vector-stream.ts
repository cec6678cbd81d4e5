import { formatCount } from '../../../text/format-number.ts';
import { MOST_BYTES_IN_MEMORY, type ImageStream } from '../image-stream.ts';
import type { StreamLabels } from '../labels.ts';
import { unusable } from '../unusable.ts';

/** Rows of numbers of a user's own, one row a sample, as they come out of a file. */
export interface VectorStream {
  readonly rows: number;
  readonly columns: number;
  /** Of the columns; absent where nothing names them. */
  readonly names?: readonly string[];
  /** How they are stored, a clause. */
  readonly format: string;
  readonly passedOver: string;
  /** What may be meant otherwise, a sentence without its full stop; absent where nothing is. */
  readonly doubt?: string;
  /** Whole numbers from 0 on, that nothing is made of; absent: any numbers, to be standardised. */
  readonly isCounts?: true;
  readonly labels?: StreamLabels;
  /** Whole rows, some at a time; every number is finite. @throws SweepError DATA_CORRUPT, naming the first that isn't */
  read(): AsyncIterable<Float64Array>;
}

export function isVectors(stream: ImageStream | VectorStream): stream is VectorStream {
  return 'rows' in stream;
}

/** Wider tables are no samples of something, or need another model. */
export const MOST_COLUMNS = 16_384;
const BYTES = 8;
const PIECE_BYTES = 2 ** 20;

/** How many rows are read at a time. */
export function rowsAPiece(columns: number): number {
  return Math.max(1, Math.floor(PIECE_BYTES / (BYTES * columns)));
}

/** @throws SweepError DATA_CORRUPT for none, and for more than is held in memory */
export function checkTable(place: string, rows: number, columns: number): void {
  if (rows === 0 || columns === 0) throw unusable(place, 'there is no number in it', 'A row is a sample');
  if (columns > MOST_COLUMNS) {
    const fix = `At most ${formatCount(MOST_COLUMNS)} are taken: choose some, or bring them to fewer`;
    throw unusable(place, `it has ${formatCount(columns)} columns`, fix);
  }
  if (rows * columns * BYTES > MOST_BYTES_IN_MEMORY) {
    const fix = `Numbers lie in memory, and at most ${formatCount(MOST_BYTES_IN_MEMORY / BYTES)} are taken: take fewer rows or columns`;
    throw unusable(place, `it has ${formatCount(rows)} rows of ${formatCount(columns)} columns`, fix);
  }
}
