import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf, SweepError } from '../errors.ts';
import { binarize } from './binarize.ts';
import type { ImageSet, StoredImages, Values } from './source.ts';

/** How much of a set is gone through at a time, at least one image. */
const PIECE_BYTES = 2 ** 20;

export function isStored(images: Values | StoredImages): images is StoredImages {
  return 'file' in images;
}

/**
 * Images `indices` of those in a file, of `size` bytes each, one after another. One read each: they lie in the system's page cache, which
 * is one for all threads and processes, or are fetched from the disk.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT where the file is gone or was cut short
 */
export function readStored({ file, places, isThresholded }: StoredImages, indices: Int32Array, into: Uint8Array): void {
  const descriptor = descriptorOf(file);
  const size = into.length / indices.length;
  indices.forEach((index, i) => {
    const read = readSync(descriptor, into, i * size, size, places[index]! * size);
    if (read === size) return;
    throw new SweepError('DATA_CORRUPT', `${file} was cut short while it was used. Start again: then it is made anew.`);
  });
  if (isThresholded) binarize(into, 'threshold', ['bits'], into);
}

/** A set in pieces of whole images of `size` numbers: one that lies in memory as a whole. A piece is written over by the next. */
export function* piecesOf({ count, images }: ImageSet, size: number): Generator<Values> {
  if (!isStored(images)) {
    yield images.subarray(0, count * size);
    return;
  }
  const atOnce = Math.max(1, Math.floor(PIECE_BYTES / size));
  const piece = new Uint8Array(Math.min(atOnce, count) * size);
  for (let first = 0; first < count; first += atOnce) {
    const indices = Int32Array.from({ length: Math.min(atOnce, count - first) }, (_, i) => first + i);
    const read = piece.subarray(0, indices.length * size);
    readStored(images, indices, read);
    yield read;
  }
}

/** The first images of a set, in memory. */
export function firstOf({ count, images, labels }: ImageSet, most: number, size: number): ImageSet<Values> {
  const first = Math.min(most, count);
  const told = labels && { labels: labels.subarray(0, first) };
  if (!isStored(images)) return { count: first, images: images.subarray(0, first * size), ...told };
  const read = new Uint8Array(first * size);
  readStored(
    images,
    Int32Array.from({ length: first }, (_, i) => i),
    read,
  );
  return { count: first, images: read, ...told };
}

/** Of this thread: the one file that it reads from. What is open stays readable, also when it is removed. */
let open: { readonly file: string; readonly descriptor: number } | undefined;

function descriptorOf(file: string): number {
  if (open?.file === file) return open.descriptor;
  if (open !== undefined) closeSync(open.descriptor);
  open = undefined;
  try {
    open = { file, descriptor: openSync(file, 'r') };
  } catch (error) {
    const message = `${file} can't be read any more: ${messageOf(error)}. Start again: then it is made anew.`;
    throw new SweepError('DATA_MISSING', message, { cause: error });
  }
  return open.descriptor;
}
