/** A stream of bytes that ended before, or went on after, what was announced. */
export class WrongLength extends Error {
  /** How many came; undefined where there are more than there should be. */
  readonly bytes: number | undefined;
  constructor(bytes: number | undefined) {
    super(bytes === undefined ? 'it goes on' : `it ends after ${bytes} bytes`);
    this.bytes = bytes;
  }
}

/**
 * Cuts a stream of `total` bytes into pieces of `size`, the last one perhaps smaller. Holds one of them at a time, whatever
 * the stream does. @throws WrongLength
 */
export async function* inPieces(
  stream: AsyncIterable<Uint8Array>,
  size: number,
  total: number,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  let come = 0;
  let piece = Buffer.allocUnsafeSlow(Math.min(size, total));
  let filled = 0;
  for await (const chunk of stream) {
    if (come + chunk.length > total) throw new WrongLength(undefined);
    come += chunk.length;
    for (let from = 0; from < chunk.length;) {
      const taken = chunk.subarray(from, from + piece.length - filled);
      piece.set(taken, filled);
      filled += taken.length;
      from += taken.length;
      if (filled < piece.length) break;
      yield piece;
      filled = 0;
      const rest = total - come + (chunk.length - from);
      if (rest < piece.length) piece = Buffer.allocUnsafeSlow(rest);
    }
  }
  if (come < total) throw new WrongLength(come);
}
