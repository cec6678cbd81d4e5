import { scanContent } from './content-scan.ts';
import { changed } from './examine.ts';
import type { StreamLabels } from './labels.ts';
import { openImages } from './open-images.ts';
import { splitByContent } from './split-by-content.ts';
import type { OwnImages } from '../../trial/trial.ts';
import type { TakeImages } from '../definition.ts';

export interface OwnPixels {
  readonly take: TakeImages;
  /** Of all images: test, training, validation ones; where the last ones are a test set of their own, of the others. */
  readonly order: Int32Array;
  readonly pixels: Buffer<ArrayBuffer>;
  readonly labels: StreamLabels | undefined;
  readonly paths: readonly string[] | undefined;
}

/**
 * Reads all images at a path into memory, and splits them.
 * @throws SweepError DATA_CHANGED where they are others than `own`; DATA_MISSING, DATA_CORRUPT
 */
export async function readOwn(place: string, own: OwnImages): Promise<OwnPixels> {
  const stream = await openImages(place, own.reading);
  const { images, height, width, channels } = stream;
  const size = height * width * channels;
  const pixels = Buffer.allocUnsafeSlow(images * size);
  const content = await scanContent(stream, (piece, first) => pixels.set(piece, first * size));
  if (content.fingerprint !== own.fingerprint) throw changed(place, own, { ...content, images });
  const { order } = splitByContent(content.digests, stream.testImages);
  const take: TakeImages = (indices) => {
    const taken = new Uint8Array(indices.length * size);
    indices.forEach((index, i) => taken.set(pixels.subarray(index * size, (index + 1) * size), i * size));
    return taken;
  };
  return { take, order, pixels, labels: stream.labels, paths: stream.paths };
}
