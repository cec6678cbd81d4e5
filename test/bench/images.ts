import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadDataset } from '../../src/data/dataset.ts';
import { locateDataset } from '../../src/data/locate.ts';
import type { Dataset, DatasetSource } from '../../src/data/source.ts';
import { SweepError } from '../../src/errors.ts';
import type { DatasetSettings } from '../../src/trial/trial.ts';
import type { Bench } from './bench-case.ts';

export interface BenchDataset {
  readonly settings: DatasetSettings;
  readonly source: DatasetSource;
  /** Says when sprites stand in for MNIST. */
  readonly notes: readonly string[];
}

/** MNIST where it is at hand (nothing is downloaded), else the built-in sprites. */
export async function findMnist(
  bench: Bench,
  caps: { readonly train: number | null; readonly validation: number | null },
): Promise<BenchDataset> {
  const settings = { name: 'mnist', binarization: 'grey', ...caps } as const;
  try {
    const source = await locateDataset(settings, { dataDir: bench.dataDir, download: false });
    return { settings, source, notes: [] };
  } catch (error) {
    if (!(error instanceof SweepError)) throw error;
    const notes = ['no MNIST here (--data DIR), so this is sprites-mini, 32×32, at most 4,608 images'];
    return { ...(await findSprites(caps)), notes };
  }
}

export async function findSprites(caps: {
  readonly train: number | null;
  readonly validation: number | null;
}): Promise<BenchDataset> {
  const settings = { name: 'sprites-mini', binarization: 'grey', ...caps } as const;
  return { settings, source: await locateDataset(settings, {}), notes: [] };
}

export async function load({ source, settings }: BenchDataset): Promise<Dataset<Uint8Array>> {
  return (await loadDataset(source, settings)) as Dataset<Uint8Array>;
}

/** `count` images of `size`×`size` from a data set's training split: cropped in the middle, and repeated as needed. */
export function trainingImages(
  { train, height, width }: Dataset<Uint8Array>,
  size: number,
  count: number,
): Uint8Array<ArrayBuffer> {
  const images = new Uint8Array(count * size * size);
  const [top, left] = [Math.floor((height - size) / 2), Math.floor((width - size) / 2)];
  for (let i = 0; i < count; i++) {
    for (let row = 0; row < size; row++) {
      const start = ((i % train.count) * height + top + row) * width + left;
      images.set(train.images.subarray(start, start + size), (i * size + row) * size);
    }
  }
  return images;
}

/** The images that our trials train and validate on, as files for the peer. */
export async function writeImages(bench: Bench, dataset: BenchDataset): Promise<Record<string, string | number>> {
  const folder = await bench.temporaryFolder();
  const { train, validation, height, width } = await load(dataset);
  const files = { train: path.join(folder, 'train'), validation: path.join(folder, 'validation') };
  await writeFile(files.train, train.images);
  await writeFile(files.validation, validation.images);
  return { ...files, height, width };
}
