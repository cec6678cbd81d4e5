import type { StreamLabels } from './labels.ts';

/** Images of a user's own, as they come out of a file or a folder. */
export interface ImageStream {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** How they are stored, a clause: `a NumPy array of float32`. */
  readonly format: string;
  /** What else lies there and is no image: `3 other files`; empty where nothing does. */
  readonly passedOver: string;
  /** What may be meant otherwise, a sentence without its full stop; absent where nothing is. */
  readonly doubt?: string;
  /** So many of the last are a test set of their own; absent: none. */
  readonly testImages?: number;
  /** Where each lies in a folder, relative; absent where they are in no files of their own. */
  readonly paths?: readonly string[];
  /** What each is; absent where nothing says. */
  readonly labels?: StreamLabels;
  /**
   * Whole images, some at a time, as Dataset has them: 0–255, row-major, the channels of a pixel together.
   * @throws SweepError DATA_CORRUPT for what can't be such images, naming the first of them
   */
  read(): AsyncIterable<Uint8Array>;
}

/** How many bytes are read and passed on at a time, at least one image. */
const PIECE_BYTES = 2 ** 20;

/** Of pixels, a byte a value. What is read of no more than this may lie in memory. */
export const MOST_BYTES_IN_MEMORY = 2 ** 32;
/** More pixels than this are not read: what is known of each image takes memory, too. */
export const MOST_BYTES = 2 ** 36;
export const MOST_IMAGES = 2 ** 26;
/** A side of an image. */
export const MOST_SIDE = 4096;

/** How many images of so many bytes are read at a time. */
export function imagesAPiece(bytes: number): number {
  return Math.max(1, Math.floor(PIECE_BYTES / bytes));
}
