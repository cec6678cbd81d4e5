import { createHash, hash } from 'node:crypto';
import type { ImageStream } from './image-stream.ts';

/** Of the sha256 of an image's bytes. */
export const DIGEST_BYTES = 32;

/** What is in images, whatever file or format they come from. */
export interface Content {
  /**
   * Of shape, pixels and order, and of a test set of their own. A hash of hashes, those of each image: these are needed for the splits.
   * Raise the version in it where a reader makes other pixels of the same file.
   */
  readonly fingerprint: string;
  /** The sha256 of each image, one after another. */
  readonly digests: Buffer;
  /** The least and the largest value there is. */
  readonly least: number;
  readonly largest: number;
  /** Whether all values are 0 or 255. */
  readonly isBinary: boolean;
}

/**
 * Looks at all images once.
 * @param use is given each piece, and the index of its first image
 * @throws SweepError as the stream does
 */
export async function scanContent(
  stream: ImageStream,
  use: (piece: Uint8Array, first: number) => void = () => undefined,
): Promise<Content> {
  const { images, height, width, channels, testImages } = stream;
  const size = height * width * channels;
  const digests = Buffer.alloc(images * DIGEST_BYTES);
  const seen = new Uint8Array(256);
  let image = 0;
  for await (const piece of stream.read()) {
    use(piece, image);
    for (let at = 0; at < piece.length; at += size) {
      // As text, since a Buffer of its own takes longer than the hash of a small image.
      digests.write(hash('sha256', piece.subarray(at, at + size), 'hex'), DIGEST_BYTES * image++, 'hex');
    }
    for (let i = 0; i < piece.length; i++) seen[piece[i]!] = 1;
  }
  const ownTest = testImages === undefined ? '' : `, the last ${testImages} for the test`;
  const shape = `vae-sweep images 1: ${images}×${height}×${width}×${channels}${ownTest}\n`;
  return {
    fingerprint: createHash('sha256').update(shape).update(digests).digest('hex'),
    digests,
    least: seen.indexOf(1),
    largest: seen.lastIndexOf(1),
    isBinary: !seen.subarray(1, 255).includes(1),
  };
}
