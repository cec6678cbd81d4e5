import { closeSync, fstatSync, fsync, openSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { removeQuietly, renameDurably, writeFileAtomically } from '../../files/atomic-file.ts';
import { removeAbandoned, temporaryPath } from '../../files/temporary-file.ts';
import { makeFolder } from '../../files/make-folder.ts';
import type { OwnImages } from '../../trial/trial.ts';
import { pixelMeansMeanwhile } from '../pixel-means.ts';
import { scanContent } from './content-scan.ts';
import { changed } from './examine.ts';
import type { ImageStream } from './image-stream.ts';
import { splitByContent } from './split-by-content.ts';

/** Raise where the file of the same images is another. */
const VERSION = 1;
/** Files that no run has opened for so long make room for new ones. */
const UNUSED_DAYS = 30;
const HOUR_MS = 3_600_000;

/** All images of a user's own in one file, as bytes, in their order. */
export interface KeptImages {
  readonly file: string;
  /** See splitByContent. */
  readonly order: Int32Array;
  /** Of the whole training split. */
  readonly trainingMeans: Float32Array;
}

/**
 * The file that was made of these images, if it is here and as it was when it was finished: what says so is a second file, written
 * after the first is safely on disk, with its size, times and inode. So one that was cut short, by whatever, is none.
 */
export async function openImageFile(folder: string, own: OwnImages): Promise<KeptImages | undefined> {
  const { images, note } = pathsOf(folder, own);
  try {
    const { version, state } = JSON.parse(await readFile(note, 'utf8')) as Note;
    const handle = await open(images);
    try {
      if (version !== VERSION || state !== stateOf(await handle.stat({ bigint: true }))) return undefined;
      // After the images. Their number in the order is all but those of a test set of its own.
      const ordered = own.images - (own.hasTestSet ? own.splits.test : 0);
      const order = new Int32Array(ordered);
      const trainingMeans = new Float32Array(pixelsOf(own));
      const at = own.images * pixelsOf(own);
      await handle.read(new Uint8Array(order.buffer), 0, order.byteLength, at);
      await handle.read(new Uint8Array(trainingMeans.buffer), 0, trainingMeans.byteLength, at + order.byteLength);
      // When it was used last.
      utimesSync(note, new Date(), new Date());
      return { file: images, order, trainingMeans };
    } finally {
      await handle.close();
    }
  } catch {
    return undefined;
  }
}

interface Note {
  readonly version: number;
  readonly state: string;
}

/**
 * Makes that file. It takes its name when it is whole and on disk; two processes that make it at once make the same.
 * @throws SweepError as the stream does, and DATA_CHANGED; errors of the system where it can't be written
 */
export async function makeImageFile(folder: string, own: OwnImages, stream: ImageStream): Promise<KeptImages> {
  makeFolder(folder);
  removeUnused(folder);
  const { images, note } = pathsOf(folder, own);
  const temporary = temporaryPath(images);
  const descriptor = openSync(temporary, 'wx');
  try {
    const content = await scanContent(stream, (piece) => writeFileSync(descriptor, piece));
    if (content.fingerprint !== own.fingerprint) throw changed(own.path, own, { ...content, images: stream.images });
    const { order, splits } = splitByContent(content.digests, stream.testImages);
    const places = order.subarray(splits.test, splits.test + splits.train);
    const training = { count: places.length, images: { file: temporary, places, isThresholded: false } };
    const trainingMeans = await pixelMeansMeanwhile(training, pixelsOf(own));
    for (const { buffer, byteOffset, byteLength } of [order, trainingMeans]) {
      writeFileSync(descriptor, new Uint8Array(buffer, byteOffset, byteLength));
    }
    await promisify(fsync)(descriptor);
    await renameDurably(temporary, images);
    const finished: Note = { version: VERSION, state: stateOf(fstatSync(descriptor, { bigint: true })) };
    await writeFileAtomically(note, [Buffer.from(`${JSON.stringify(finished)}\n`)]);
    return { file: images, order, trainingMeans };
  } finally {
    closeSync(descriptor);
    removeQuietly(temporary);
  }
}

function pixelsOf({ height, width, channels }: OwnImages): number {
  return height * width * channels;
}

function pathsOf(folder: string, { fingerprint }: OwnImages): { readonly images: string; readonly note: string } {
  return { images: path.join(folder, `${fingerprint}.images`), note: path.join(folder, `${fingerprint}.json`) };
}

/** Another one after any change. */
function stateOf(stats: Record<'size' | 'mtimeNs' | 'ctimeNs' | 'ino', bigint>): string {
  return [stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino].join(' ');
}

function removeUnused(folder: string): void {
  removeAbandoned(folder);
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    const unusedHours = (Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())) / HOUR_MS;
    if (!name.endsWith('.json') || unusedHours < 24 * UNUSED_DAYS) continue;
    removeQuietly(file.replace(/json$/, 'images'));
    removeQuietly(file);
  }
}
