import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { locateDataset, type LocateOptions } from '../../src/data/locate.ts';
import { closedAddress, serveFiles } from './file-server.ts';
import { MNIST_DATA_DIR, mnistTitle, settings, TINY_TEST, TINY_TRAIN, tinyEntry, writeTiny } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const mirrorFiles = {
  'train-images-idx3-ubyte.gz': gzipSync(TINY_TRAIN),
  't10k-images-idx3-ubyte.gz': gzipSync(TINY_TEST),
};
const locateTiny = (options: LocateOptions) => locateDataset(settings('tiny'), { catalog: [tinyEntry()], ...options });

describe('built-in data', () => {
  test('is there without any folder or network', async () => {
    const source = await locateDataset(settings('sprites-mini'), { dataDir: '/no/such/folder', download: false });
    expect(source).toMatchObject({ name: 'sprites-mini', files: {} });
    expect(source.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test('has one fingerprint whatever the settings, and another for another grid', async () => {
    const whole = await locateDataset(settings('sprites'));
    const part = await locateDataset(settings('sprites', { train: 10, binarization: 'static' }));
    const mini = await locateDataset(settings('sprites-mini'));
    expect(part.fingerprint).toBe(whole.fingerprint);
    expect(mini.fingerprint).not.toBe(whole.fingerprint);
  });
});

describe('files', () => {
  test.each([true, false])('are found in the data folder, gzip: %s', async (gzip) => {
    const dataDir = await temporaryFolder();
    const folder = await writeTiny(dataDir, { gzip });
    const source = await locateTiny({ dataDir, cacheDir: await temporaryFolder(), download: false });
    const suffix = gzip ? '.gz' : '';
    expect(source).toMatchObject({ name: 'tiny' });
    expect(source.files).toEqual({
      'train-images': path.join(folder, `train-images-idx3-ubyte${suffix}`),
      'test-images': path.join(folder, `t10k-images-idx3-ubyte${suffix}`),
    });
  });

  test('have the same fingerprint compressed or not', async () => {
    const [plain, zipped] = [await temporaryFolder(), await temporaryFolder()];
    await writeTiny(plain, { gzip: false });
    await writeTiny(zipped, { gzip: true });
    const one = await locateTiny({ dataDir: plain, download: false });
    const other = await locateTiny({ dataDir: zipped, download: false });
    expect(one.fingerprint).toBe(other.fingerprint);
  });

  test('are taken from the data folder before the cache, and from the cache if the data folder lacks one', async () => {
    const [dataDir, cacheDir] = [await temporaryFolder(), await temporaryFolder()];
    const inData = await writeTiny(dataDir, { gzip: true });
    const inCache = await writeTiny(cacheDir, { gzip: true });
    const first = await locateTiny({ dataDir, cacheDir, download: false });
    expect(path.dirname(first.files['train-images']!)).toBe(inData);
    await rm(path.join(inData, 't10k-images-idx3-ubyte.gz'));
    const second = await locateTiny({ dataDir, cacheDir, download: false });
    expect(path.dirname(second.files['train-images']!)).toBe(inCache);
  });

  test('that are not the original are refused', async () => {
    const dataDir = await temporaryFolder();
    const folder = await writeTiny(dataDir, { gzip: false });
    const file = path.join(folder, 'train-images-idx3-ubyte');
    const flipped = Buffer.from(TINY_TRAIN);
    flipped[100]! ^= 1;
    await writeFile(file, flipped);
    const locating = locateTiny({ dataDir, download: false });
    await expect(locating).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(locating).rejects.toThrow(
      `${file} is not the training images of tiny, though of their size: the sha256 of its content is`,
    );
  });
});

describe('the web', () => {
  test('fills the cache once', async () => {
    const cacheDir = await temporaryFolder();
    const catalog = [tinyEntry([await serveFiles(mirrorFiles)])];
    const seen = new Set<string>();
    const options: LocateOptions = { cacheDir, catalog, onProgress: ({ file }) => seen.add(file) };
    const fetched = await locateTiny(options);
    expect(fetched.files).toEqual({
      'train-images': path.join(cacheDir, 'tiny', 'train-images-idx3-ubyte.gz'),
      'test-images': path.join(cacheDir, 'tiny', 't10k-images-idx3-ubyte.gz'),
    });
    expect([...seen]).toEqual(Object.keys(mirrorFiles));
    seen.clear();
    expect(await locateTiny(options)).toEqual(fetched);
    expect(seen.size).toBe(0);
  });

  test('gives only the file that an earlier download did not get', async () => {
    const cacheDir = await temporaryFolder();
    const folder = await writeTiny(cacheDir, { gzip: true });
    await rm(path.join(folder, 't10k-images-idx3-ubyte.gz'));
    const seen = new Set<string>();
    const catalog = [tinyEntry([await serveFiles(mirrorFiles)])];
    await locateTiny({ cacheDir, catalog, onProgress: ({ file }) => seen.add(file) });
    expect([...seen]).toEqual(['t10k-images-idx3-ubyte.gz']);
  });

  test('out of reach: says where it looked, what it tried, and how to get the files', async () => {
    const [dataDir, cacheDir] = [await temporaryFolder(), await temporaryFolder()];
    const mirror = await closedAddress();
    const locating = locateTiny({ dataDir, cacheDir, catalog: [tinyEntry([mirror])] });
    await expect(locating).rejects.toMatchObject({ code: 'DATA_MISSING' });
    for (const part of [
      path.join(dataDir, 'tiny'),
      path.join(cacheDir, 'tiny'),
      'ECONNREFUSED',
      `mkdir -p ${path.join(dataDir, 'tiny')}`,
      `train-images-idx3-ubyte.gz ${mirror}train-images-idx3-ubyte.gz`,
      `t10k-images-idx3-ubyte.gz ${mirror}t10k-images-idx3-ubyte.gz`,
      'pass --data DIR',
    ]) {
      await expect(locating).rejects.toThrow(part);
    }
  });

  test('is left alone when downloading is off', async () => {
    const cacheDir = await temporaryFolder();
    const catalog = [tinyEntry([await serveFiles(mirrorFiles)])];
    const locating = locateTiny({ cacheDir, catalog, download: false });
    await expect(locating).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(locating).rejects.toThrow('Nothing was downloaded now');
  });
});

test('an unknown name lists the known ones', async () => {
  await expect(locateDataset(settings('mnits'))).rejects.toThrow(
    'no data set called `mnits`. There are: sprites-mini, sprites, mnist, fashion-mnist.',
  );
});

test.skipIf(MNIST_DATA_DIR === undefined)(mnistTitle('the original MNIST is accepted'), async () => {
  const source = await locateDataset(settings('mnist'), { dataDir: MNIST_DATA_DIR, download: false });
  expect(source).toMatchObject({ name: 'mnist' });
});
