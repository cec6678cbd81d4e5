import { rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { locateDataset } from '../../src/data/locate.ts';
import type { Dataset, DatasetSource, ImageSet } from '../../src/data/source.ts';
import { renderSprites, SPRITES_MINI } from '../../src/data/sprites.ts';
import type { DatasetSettings } from '../../src/trial/trial.ts';
import { loadImages, idxFile, MNIST_DATA_DIR, mnistTitle, settings, sha256, tinyEntry, writeTiny } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const catalog = [tinyEntry()];
async function tinySource(): Promise<DatasetSource> {
  const dataDir = await temporaryFolder();
  await writeTiny(dataDir, { gzip: true });
  return locateDataset(settings('tiny'), { dataDir, catalog, download: false });
}
async function loadTiny(others: Partial<DatasetSettings> = {}): Promise<Dataset<Uint8Array>> {
  return loadImages(await tinySource(), settings('tiny', others), catalog);
}
async function loadMini(others: Partial<DatasetSettings> = {}): Promise<Dataset<Uint8Array>> {
  const chosen = settings('sprites-mini', others);
  return loadImages(await locateDataset(chosen), chosen);
}
/** Tiny images are filled with their number in the file. */
const numbers = ({ images }: ImageSet<Uint8Array>): number[] => [...images].filter((_, i) => i % 6 === 0);
const sizes = ({ train, validation, test }: Dataset): number[] => [train.count, validation.count, test.count];
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a training and a test file', () => {
  test('give train and validation from the one, without overlap, and test from the other, in its order', async () => {
    const data = await loadTiny();
    expect(sizes(data)).toEqual([32, 8, 10]);
    expect(sorted([...numbers(data.train), ...numbers(data.validation)])).toEqual(upTo(40));
    expect(numbers(data.test)).toEqual(upTo(10).map((i) => 100 + i));
  });

  test('keep each image whole, and each split alone in its buffer', async () => {
    const data = await loadTiny();
    for (const { count, images } of [data.train, data.validation, data.test]) {
      expect(images.length).toBe(count * 6);
      expect(images.buffer.byteLength).toBe(images.length);
      images.forEach((pixel, i) => expect(pixel).toBe(images[i - (i % 6)]));
    }
  });

  test('are shuffled, and the same way each time', async () => {
    const first = await loadTiny();
    expect(numbers(first.train)).not.toEqual(sorted(numbers(first.train)));
    expect(await loadTiny()).toEqual(first);
  });

  test('capped: a smaller split is the start of a larger one, and test stays whole', async () => {
    const whole = await loadTiny();
    const part = await loadTiny({ train: 7, validation: 3 });
    expect(sizes(part)).toEqual([7, 3, 10]);
    expect(numbers(part.train)).toEqual(numbers(whole.train).slice(0, 7));
    expect(numbers(part.validation)).toEqual(numbers(whole.validation).slice(0, 3));
    expect(sizes(await loadTiny({ train: 1000, validation: 1000 }))).toEqual([32, 8, 10]);
  });

  test('without validation: all train, and the order of those that did before stays', async () => {
    const whole = await loadTiny();
    const all = await loadTiny({ validation: 0 });
    expect(sizes(all)).toEqual([40, 0, 10]);
    expect(numbers(all.train)).toEqual([...numbers(whole.train), ...numbers(whole.validation)]);
  });

  test('are refused when they changed since they were located', async () => {
    const source = await tinySource();
    await writeFile(source.files['test-images']!, idxFile([10, 3, 2], new Uint8Array(60)));
    const loading = loadImages(source, settings('tiny'), [tinyEntry()]);
    await expect(loading).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(loading).rejects.toThrow('is not the test images of tiny: all of its pixels are black');
    await rm(source.files['test-images']!);
    const lost = loadImages(source, settings('tiny'), [tinyEntry()]);
    await expect(lost).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(lost).rejects.toThrow(`${source.files['test-images']!} is not there any more.`);
  });
});

describe('sprites-mini', () => {
  test('is split 80/10/10 into all of its images', async () => {
    const data = await loadMini();
    expect(sizes(data)).toEqual([4608, 576, 576]);
    const hashes = ({ count, images }: ImageSet<Uint8Array>): string[] =>
      upTo(count).map((i) => sha256(images.subarray(i * 1024, (i + 1) * 1024)));
    const everything = renderSprites(SPRITES_MINI, Int32Array.from(upTo(5760)));
    expect([data.train, data.validation, data.test].flatMap(hashes).toSorted()).toEqual(
      hashes({ count: 5760, images: everything }).toSorted(),
    );
  });

  test('capped or without validation: like any other data', async () => {
    const whole = await loadMini();
    const part = await loadMini({ train: 512, validation: 256 });
    const all = await loadMini({ validation: 0 });
    expect(sizes(part)).toEqual([512, 256, 576]);
    expect(sha256(part.train.images)).toBe(sha256(whole.train.images.subarray(0, 512 * 1024)));
    expect(sha256(part.validation.images)).toBe(sha256(whole.validation.images.subarray(0, 256 * 1024)));
    expect(sizes(all)).toEqual([5184, 0, 576]);
    expect(sha256(all.train.images.subarray(0, 4608 * 1024))).toBe(sha256(whole.train.images));
    expect(sha256(all.test.images)).toBe(sha256(whole.test.images));
  });

  test('of another recipe is refused', async () => {
    const source = { ...(await locateDataset(settings('sprites-mini'))), fingerprint: 'of an older recipe' };
    await expect(loadImages(source, settings('sprites-mini'))).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });
});

test('sprites: evaluation images stay the same however many train', async () => {
  const load = async (train: number | null): Promise<Dataset<Uint8Array>> => {
    const chosen = settings('sprites', { train, validation: 100 });
    return loadImages(await locateDataset(chosen), chosen);
  };
  const few = await load(10);
  const many = await load(45_000);
  expect(sizes(many)).toEqual([45_000, 100, 5000]);
  expect(sizes(await load(null))).toEqual([40_000, 100, 5000]);
  expect(sha256(few.validation.images)).toBe(sha256(many.validation.images));
  expect(sha256(few.test.images)).toBe(sha256(many.test.images));
  expect(sha256(few.train.images)).toBe(sha256(many.train.images.subarray(0, 10 * 4096)));
});

test.skipIf(MNIST_DATA_DIR === undefined)(mnistTitle('MNIST: 55,000, 5,000 and 10,000 images'), async () => {
  const source = await locateDataset(settings('mnist'), { dataDir: MNIST_DATA_DIR, download: false });
  expect(sizes(await loadImages(source, settings('mnist')))).toEqual([55_000, 5000, 10_000]);
  expect(sizes(await loadImages(source, settings('mnist', { validation: 0 })))).toEqual([60_000, 0, 10_000]);
});
