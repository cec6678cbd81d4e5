import { readStored } from '../stored-images.ts';
import { keptImages, type Keeping } from './kept-images.ts';
import { scanContent } from './content-scan.ts';
import { changed } from './examine.ts';
import type { StreamLabels } from './labels.ts';
import { scanVectors } from './tables/scan-vectors.ts';
import { asTheyAre, columnsOf, standardized, type Columns } from './tables/standardize.ts';
import { isVectors, type VectorStream } from './tables/vector-stream.ts';
import { openOwn } from './open-images.ts';
import { splitByContent } from './split-by-content.ts';
import type { OwnImages } from '../../trial/trial.ts';
import type { TakeImages, TakeValues } from '../definition.ts';

export interface OwnPixels {
  readonly take: TakeValues;
  /** Of all images: test, training, validation ones; where the last ones are a test set of their own, of the others. */
  readonly order: Int32Array;
  readonly pixels: Buffer<ArrayBuffer>;
  /** Of rows of numbers. */
  readonly columns?: Columns;
  readonly labels: StreamLabels | undefined;
  readonly paths: readonly string[] | undefined;
}

/**
 * Reads all images at a path into memory, or makes ready to read them from a file where they are many, and splits them.
 * @throws SweepError DATA_CHANGED where they are others than `own`; DATA_MISSING, DATA_CORRUPT
 */
export async function readOwn(place: string, own: OwnImages, keeping?: Keeping): Promise<OwnPixels> {
  const stream = await openOwn(place, own.reading);
  if (isVectors(stream)) return readVectors(place, own, stream);
  const { images, height, width, channels } = stream;
  const size = height * width * channels;
  const kept = await keptImages({ own }, { files: { images: place } }, keeping);
  if (kept !== undefined) {
    const places = Int32Array.from({ length: images }, (_, i) => i);
    const all = { file: kept.file, places, isThresholded: false };
    const take: TakeImages = (indices) => {
      const taken = new Uint8Array(indices.length * size);
      readStored(all, indices, taken);
      return taken;
    };
    return { take, order: kept.order, pixels: Buffer.alloc(0), labels: stream.labels, paths: stream.paths };
  }
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

/** Counts as they are; others standardised by the training split as a whole, however much of it trains: so the ELBOs of all trials have one scale. */
async function readVectors(place: string, own: OwnImages, stream: VectorStream): Promise<OwnPixels> {
  const { rows, columns: size, names, labels } = stream;
  const values = new Float64Array(rows * size);
  const content = await scanVectors(stream, (piece, first) => values.set(piece, first * size));
  if (content.fingerprint !== own.fingerprint) throw changed(place, own, { ...content, images: rows });
  const { order, splits } = splitByContent(content.digests);
  const columns = stream.isCounts
    ? asTheyAre(size)
    : columnsOf(values, size, order.subarray(splits.test, splits.test + splits.train));
  const take: TakeValues = (indices) => {
    const taken = new Float64Array(indices.length * size);
    indices.forEach((index, i) => taken.set(values.subarray(index * size, (index + 1) * size), i * size));
    return standardized(taken, columns);
  };
  return {
    take,
    order,
    pixels: Buffer.alloc(0),
    labels,
    paths: undefined,
    columns: { ...columns, ...(names && { names }) },
  };
}
