import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { locateDataset } from '../../../src/data/locate.ts';
import { examineImages, ownImages } from '../../../src/data/own/examine.ts';
import { openImages } from '../../../src/data/own/open-images.ts';
import { loadImages, settings } from '../fixtures.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npy } from './write.ts';

const PLANE = 1024;

/** Image i: red is i, green 100 + i, blue counts pixels; its class is i mod 10. */
const record = (i: number): Buffer =>
  Buffer.concat([
    Buffer.from([i % 10]),
    Buffer.alloc(PLANE, i),
    Buffer.alloc(PLANE, 100 + i),
    Uint8Array.from({ length: PLANE }, (_, pixel) => pixel % 256),
  ]);

const records = (from: number, to: number): Buffer =>
  Buffer.concat(Array.from({ length: to - from }, (_, i) => record(from + i)));

async function batches() {
  const root = await temporaryFolder();
  const folder = path.join(root, 'cifar');
  await mkdir(folder);
  await writeFile(path.join(folder, 'data_batch_10.bin'), records(20, 40));
  await writeFile(path.join(folder, 'data_batch_2.bin'), records(0, 20));
  await writeFile(path.join(folder, 'test_batch.bin'), records(40, 50));
  await writeFile(path.join(folder, 'readme.html'), '<html>');
  return { root, folder, cacheDir: path.join(root, 'cache'), file: (name: string) => path.join(folder, name) };
}

it('batches in their order, the channels of a pixel together, classes by their names', async () => {
  const { folder, file } = await batches();
  const stream = await openImages(folder);
  const pieces: Uint8Array[] = [];
  for await (const piece of stream.read()) pieces.push(piece);
  const pixels = Buffer.concat(pieces);
  expect(stream).toMatchObject({ images: 50, height: 32, width: 32, channels: 3, testImages: 10 });
  for (let i = 0; i < 50; i++) {
    const at = 3 * (i * PLANE + 7);
    expect([...pixels.subarray(at, at + 3)]).toEqual([i, 100 + i, 7]);
  }
  expect((await stream.labels!.read()).slice(8, 12)).toEqual(['8', '9', '0', '1']);
  await writeFile(file('batches.meta.txt'), 'a\nb\nc\nd\ne\nf\ng\nh\nfrog\nj\n\n');
  expect((await (await openImages(folder)).labels!.read())[8]).toBe('frog');
});

it('its test images stay that; others are split by content, and the split is part of what the data are known by', async () => {
  const { root, folder, cacheDir } = await batches();
  const facts = await examineImages(folder, { cacheDir });
  expect(facts.doubts).toEqual([expect.stringMatching(/there is data_batch_2\.bin in it, and no data_batch_1\.bin/)]);
  expect([facts.splits, facts.different]).toEqual([{ train: 36, validation: 4, test: 10 }, 50]);
  const own = settings('cifar', { own: ownImages(folder, facts) });
  const { train, validation, test } = await loadImages(await locateDataset(own, { cacheDir }), own);
  const numbers = ({ images }: { images: Uint8Array }) =>
    Array.from({ length: images.length / 3 / PLANE }, (_, i) => images[3 * i * PLANE]!);
  expect(numbers(test)).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
  expect([...numbers(train), ...numbers(validation)].sort((a, b) => a - b)).toEqual([...Array(40).keys()]);
  const pixels: Uint8Array[] = [];
  for await (const piece of (await openImages(folder)).read()) pixels.push(piece);
  const file = path.join(root, 'same.npy');
  await writeFile(file, npy([50, 32, 32, 3], Buffer.concat(pixels)));
  expect((await examineImages(file, { cacheDir })).fingerprint).not.toBe(facts.fingerprint);
});

it('what is cut off, or of no class, is refused by its name', async () => {
  const { folder, file, cacheDir } = await batches();
  await appendFile(file('data_batch_2.bin'), 'x');
  await expect(openImages(folder)).rejects.toThrow(/data_batch_2\.bin: its 61,461 bytes are no whole number of images/);
  await writeFile(file('data_batch_2.bin'), Buffer.concat([record(1), Buffer.from([10]), record(1).subarray(1)]));
  await expect(examineImages(folder, { cacheDir })).rejects.toThrow(/image 1 \(counted from 0\) is of class 10/);
});
