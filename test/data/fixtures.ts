import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadDataset } from '../../src/data/dataset.ts';
import type { FileDataset } from '../../src/data/definition.ts';
import { idxDataset } from '../../src/data/idx.ts';
import type { Dataset } from '../../src/data/source.ts';
import type { DatasetSettings } from '../../src/trial/trial.ts';

/** Of images, which are bytes. */
export const loadImages = loadDataset as (...of: Parameters<typeof loadDataset>) => Promise<Dataset<Uint8Array>>;

const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..');
const candidate = process.env['SWEEP_TEST_DATA'] ?? path.resolve(PROJECT_ROOT, '../shared/data');

/** A folder that holds the original MNIST as `mnist/`, or undefined where there is none. */
export const MNIST_DATA_DIR = existsSync(path.join(candidate, 'mnist')) ? candidate : undefined;

/** The title of a test that is skipped where there is no MNIST: then it says why. */
export function mnistTitle(title: string): string {
  return MNIST_DATA_DIR === undefined ? `${title} (skipped: no MNIST)` : title;
}

export function settings(name: string, others: Partial<DatasetSettings> = {}): DatasetSettings {
  return { name, train: null, validation: null, binarization: 'grey', ...others };
}

/** An IDX file of unsigned bytes. */
export function idxFile(dimensions: readonly number[], elements: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header[2] = 0x08;
  header[3] = dimensions.length;
  dimensions.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, elements]);
}

/** A data set of the form of MNIST with 3×2 pixels: 40 training and 10 test images, each filled with its own number. */
export const TINY_TRAIN = numberedImages(40, 0);
export const TINY_TEST = numberedImages(10, 100);

export function tinyEntry(mirrors: readonly string[] = []): FileDataset {
  return entryOf('tiny', TINY_TRAIN, TINY_TEST, mirrors);
}

/** Another data set whose files have the same names, counts and sizes, as those of MNIST and Fashion-MNIST do. */
export const TWIN_TRAIN = numberedImages(40, 150);
export const TWIN_TEST = numberedImages(10, 200);

export function twinEntry(): FileDataset {
  return entryOf('tiny-twin', TWIN_TRAIN, TWIN_TEST, []);
}

function entryOf(name: string, train: Buffer, test: Buffer, mirrors: readonly string[]): FileDataset {
  return idxDataset({
    name,
    description: 'numbered images',
    height: 3,
    width: 2,
    isBinary: false,
    splits: { train: 32, validation: 8, test: 10 },
    mirrors,
    files: {
      'train-images': imageFile('train-images-idx3-ubyte', 40, train),
      'test-images': imageFile('t10k-images-idx3-ubyte', 10, test),
    },
  });
}

/** Writes the tiny data set to `<parent>/tiny` and returns that folder. */
export async function writeTiny(parent: string, { gzip }: { gzip: boolean }): Promise<string> {
  const folder = path.join(parent, 'tiny');
  await mkdir(folder, { recursive: true });
  for (const [name, content] of [
    ['train-images-idx3-ubyte', TINY_TRAIN],
    ['t10k-images-idx3-ubyte', TINY_TEST],
  ] as const) {
    await writeFile(path.join(folder, gzip ? `${name}.gz` : name), gzip ? gzipSync(content) : content);
  }
  return folder;
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function numberedImages(count: number, first: number): Buffer {
  return idxFile(
    [count, 3, 2],
    Uint8Array.from({ length: count * 6 }, (_, i) => first + Math.floor(i / 6)),
  );
}

function imageFile(name: string, images: number, content: Buffer) {
  const zipped = gzipSync(content);
  return { name, images, gzip: { bytes: zipped.length, sha256: sha256(zipped) }, sha256: sha256(content) };
}
