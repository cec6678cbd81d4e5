/** One picture, decoded. */
export interface Pixels {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** A byte a value, row by row, the channels of a pixel together. */
  readonly bytes: Uint8Array;
}
