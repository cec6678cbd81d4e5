import { createHash, hash } from 'node:crypto';
import { DIGEST_BYTES, type Content } from '../content-scan.ts';
import type { VectorStream } from './vector-stream.ts';

/** Looks at all rows once, as `scanContent` at images. The numbers are hashed as doubles, whatever they are stored as. */
export async function scanVectors(
  stream: VectorStream,
  use: (piece: Float64Array, first: number) => void = () => undefined,
): Promise<Content> {
  const { rows, columns } = stream;
  const digests = Buffer.alloc(rows * DIGEST_BYTES);
  let [row, least, largest] = [0, Infinity, -Infinity];
  for await (const piece of stream.read()) {
    use(piece, row);
    const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    const size = columns * piece.BYTES_PER_ELEMENT;
    for (let at = 0; at < bytes.length; at += size) {
      digests.write(hash('sha256', bytes.subarray(at, at + size), 'hex'), DIGEST_BYTES * row++, 'hex');
    }
    for (const value of piece) {
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
  }
  const fingerprint = createHash('sha256').update(`vae-sweep vectors 1: ${rows}×${columns}\n`).update(digests);
  return { fingerprint: fingerprint.digest('hex'), digests, least, largest, isBinary: false };
}
