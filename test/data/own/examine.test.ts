import { mkdir, readdir, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadHeldOut } from '../../../src/data/held-out.ts';
import { locateDataset } from '../../../src/data/locate.ts';
import { examineImages, ownImages, type ImageFacts } from '../../../src/data/own/examine.ts';
import { sampleImages } from '../../../src/data/own/sample-images.ts';
import type { DatasetSettings } from '../../../src/trial/trial.ts';
import { loadImages, settings } from '../fixtures.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npy, png } from './write.ts';

const FIXTURES = path.join(import.meta.dirname, 'fixtures');

/** Twenty images of 3×2, each filled with its own number. */
const NUMBERED = Uint8Array.from({ length: 120 }, (_, i) => 10 * Math.floor(i / 6));

async function place(content: Buffer = npy([20, 3, 2], NUMBERED)) {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'images.npy');
  const cacheDir = path.join(folder, 'cache');
  await writeFile(file, content);
  return { folder, file, cacheDir, examine: () => examineImages(file, { cacheDir }) };
}

function settingsOf(file: string, facts: ImageFacts, others: Partial<DatasetSettings> = {}): DatasetSettings {
  return settings('images.npy', { own: ownImages(file, facts), ...others });
}

describe('the fingerprint', () => {
  it('is of pixels, shape and order: the same for the same images in every format', async () => {
    const cacheDir = await temporaryFolder();
    const of = async (name: string) => (await examineImages(path.join(FIXTURES, name), { cacheDir })).fingerprint;
    const grey = await of('grey-v1.npy');
    for (const name of ['grey-v2.npy', 'one-channel.npy', 'stored.npz', 'grey.idx', 'grey.idx.gz', 'faces']) {
      expect(await of(name)).toBe(grey);
    }
    const colour = await of('colour.npy');
    for (const name of ['packed.npz', 'colour.idx', 'colour']) expect(await of(name)).toBe(colour);
    expect(new Set([grey, colour, await of('bool.npy'), await of('float32.npy')]).size).toBe(4);
  });

  it('is another for another shape or order', async () => {
    const { examine } = await place();
    const turned = await place(npy([20, 2, 3], NUMBERED));
    const reversed = await place(npy([20, 3, 2], NUMBERED.toReversed()));
    const prints = await Promise.all([examine(), turned.examine(), reversed.examine()]);
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });
});

describe('what is known of images', () => {
  it('is size, splits, values, and how many differ', async () => {
    const { examine } = await place();
    expect(await examine()).toMatchObject({
      ...{ images: 20, height: 3, width: 2, channels: 1, different: 20, least: 0, largest: 190, isBinary: false },
      splits: { train: 16, validation: 2, test: 2 },
    });
    const binary = await place(npy([4, 1, 2], Uint8Array.of(0, 0, 0, 255, 255, 0, 0, 255)));
    expect(await binary.examine()).toMatchObject({ isBinary: true, different: 3, images: 4 });
  });

  it('is not read again while the file is as it was, and always once it changed', async () => {
    const { file, cacheDir, examine } = await place();
    const first = await examine();
    const [kept] = await readdir(path.join(cacheDir, 'own'));
    const cache = path.join(cacheDir, 'own', kept!);
    // Facts that no file has: where they come back, the file wasn't read.
    const planted = (await readFile(cache, 'utf8')).replace('"largest":190', '"largest":191');
    await writeFile(cache, planted);
    expect(await examine()).toEqual({ ...first, largest: 191 });

    const other = NUMBERED.with(0, 77);
    const seconds = new Date(1e12);
    await writeFile(file, npy([20, 3, 2], other));
    await utimes(file, seconds, seconds);
    const changed = await examine();
    expect(changed).toMatchObject({ largest: 190 });
    expect(changed.fingerprint).not.toBe(first.fingerprint);
    // Of the same size and with the same time: the inode's own time is another.
    await writeFile(file, npy([20, 3, 2], NUMBERED));
    await utimes(file, seconds, seconds);
    expect(await examine()).toEqual(first);
    await rename(file, `${file}.old`);
    await writeFile(file, npy([20, 3, 2], other));
    expect((await examine()).fingerprint).toBe(changed.fingerprint);
  });

  it('is read again for another file in a folder', async () => {
    const folder = await temporaryFolder();
    const cacheDir = path.join(folder, 'cache');
    const images = path.join(folder, 'images');
    await mkdir(images);
    for (const name of ['a', 'b', 'c'])
      await writeFile(path.join(images, `${name}.png`), png(1, 2, [9, name.charCodeAt(0)]));
    const examine = () => examineImages(images, { cacheDir });
    const first = await examine();
    expect(first).toMatchObject({ images: 3 });
    await writeFile(path.join(images, 'd.png'), png(1, 2, [1, 2]));
    expect(await examine()).toMatchObject({ images: 4 });
    await rename(path.join(images, 'd.png'), path.join(folder, 'd.png'));
    expect(await examine()).toEqual(first);
  });

  it('is refused where a link leads nowhere, by its name', async () => {
    const folder = await temporaryFolder();
    await symlink('nowhere', path.join(folder, 'a.png'));
    const refusal = { code: 'DATA_MISSING', message: expect.stringContaining('a.png is a link to nowhere') as string };
    await expect(examineImages(folder, { cacheDir: path.join(folder, 'cache') })).rejects.toMatchObject(refusal);
  });

  it('needs no cache', async () => {
    const { file } = await place();
    const facts = await examineImages(file, { cacheDir: '/dev/null/nowhere' });
    expect(facts.images).toBe(20);
    const { cacheDir } = await place();
    const there = await examineImages(file, { cacheDir });
    const [kept] = await readdir(path.join(cacheDir, 'own'));
    await writeFile(path.join(cacheDir, 'own', kept!), '{ cut');
    expect(await examineImages(file, { cacheDir })).toEqual(there);
  });

  it.each([
    [
      '0 and 1 in place of black and white',
      npy([3, 1, 2], Uint8Array.of(0, 0, 1, 0, 0, 1)),
      /values are 0 and 1.*astype\(bool\)/,
    ],
    ['one image', npy([1, 1, 2], Uint8Array.of(3, 9)), /there is 1 image in it, fewer than 3/],
    [
      'two images, many times',
      npy([4, 1, 1], Uint8Array.of(3, 9, 3, 9)),
      /4 images in it, fewer than 3 of them different/,
    ],
  ])('%s is refused', async (_what, content, message) => {
    const { examine } = await place(content);
    await expect(examine()).rejects.toThrow(message);
    await expect(examine()).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
  });
});

describe('a data set of own images', () => {
  const numbers = (images: Uint8Array): number[] =>
    [...images].filter((_, i) => i % 6 === 0).map((value) => value / 10);

  it('is loaded in its splits, whole images, all of them once', async () => {
    const { file, cacheDir, examine } = await place();
    const wanted = settingsOf(file, await examine());
    const source = await locateDataset(wanted, { cacheDir });
    expect(source).toEqual({ name: 'images.npy', files: { images: file }, fingerprint: wanted.own!.fingerprint });
    const { train, validation, test, ...shape } = await loadImages(source, wanted);
    expect(shape).toEqual({ height: 3, width: 2, channels: 1 });
    expect([train.count, validation.count, test.count]).toEqual([16, 2, 2]);
    const all = [train, validation, test].flatMap(({ images }) => numbers(images));
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));

    const some = await loadImages(source, { ...wanted, train: 5, validation: 1 });
    expect(numbers(some.train.images)).toEqual(numbers(train.images).slice(0, 5));
    expect(numbers(some.validation.images)).toEqual(numbers(validation.images).slice(0, 1));
    const without = await loadImages(source, { ...wanted, validation: 0 });
    expect([without.train.count, without.validation.count, without.test.count]).toEqual([18, 0, 2]);
    const held = await loadHeldOut(wanted, 2, { cacheDir });
    expect(numbers(held.images)).toEqual(numbers(validation.images));
  });

  it('is found where it moved to, in another format too, and never taken for another', async () => {
    const { folder, file, cacheDir, examine } = await place();
    const wanted = settingsOf(file, await examine());
    await rename(file, path.join(folder, 'elsewhere'));
    await expect(locateDataset(wanted, { cacheDir })).rejects.toMatchObject({ code: 'DATA_MISSING' });
    const dataDir = path.join(folder, 'data');
    await mkdir(path.join(dataDir, 'images.npy'), { recursive: true });
    for (let i = 0; i < 20; i++) {
      const name = `${String(i).padStart(2, '0')}.png`;
      await writeFile(path.join(dataDir, 'images.npy', name), png(2, 3, NUMBERED.subarray(6 * i, 6 * i + 6)));
    }
    const found = await locateDataset(wanted, { cacheDir, dataDir });
    expect(found.files).toEqual({ images: path.join(dataDir, 'images.npy') });

    await writeFile(file, npy([20, 3, 2], NUMBERED.with(0, 77)));
    const refusal = { code: 'DATA_CHANGED', message: expect.stringContaining(`${file} has changed since`) as string };
    await expect(locateDataset(wanted, { cacheDir })).rejects.toMatchObject(refusal);
    // Whoever trains looks for itself, whatever it was told.
    const told = { name: 'images.npy', files: { images: file }, fingerprint: wanted.own!.fingerprint };
    await expect(loadImages(told, wanted)).rejects.toMatchObject(refusal);
  });

  it('gives a sample that is evenly spaced', async () => {
    const { file } = await place();
    const { count, bytes } = await sampleImages(file, 5);
    expect([count, numbers(bytes)]).toEqual([5, [0, 4, 8, 12, 16]]);
    expect((await sampleImages(file, 100)).count).toBe(20);
  });
});
