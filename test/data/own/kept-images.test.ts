import { readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readImages } from '../../../src/data/dataset.ts';
import { locateDataset } from '../../../src/data/locate.ts';
import { examineImages, ownImages } from '../../../src/data/own/examine.ts';
import { keptImages } from '../../../src/data/own/kept-images.ts';
import { momentsOf } from '../../../src/data/pixel-means.ts';
import { firstOf, isStored } from '../../../src/data/stored-images.ts';
import { loadTrialImages, type TrialImages } from '../../../src/data/trial-images.ts';
import { randomStream } from '../../../src/random.ts';
import type { DatasetSettings } from '../../../src/trial/trial.ts';
import { settings } from '../fixtures.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { npy } from './write.ts';

const SIZE = 6;

/** Images that were found, and the two ways to have them: from a file, and in memory. */
async function place() {
  const folder = await temporaryFolder();
  const [file, cacheDir] = [path.join(folder, 'images.npy'), path.join(folder, 'cache')];
  const stream = randomStream(['test images']);
  await writeFile(
    file,
    npy(
      [200, 3, 2],
      new Uint8Array(200 * SIZE).map(() => stream.below(256)),
    ),
  );
  const wanted = settings('images.npy', { own: ownImages(file, await examineImages(file, { cacheDir })) });
  const source = await locateDataset(wanted, { cacheDir });
  const keeping = { cacheDir, mostHeld: 0 };
  const kept = () => keptImages(wanted, source, keeping);
  return { wanted, source, keeping, kept, images: path.join(cacheDir, 'images'), cacheDir };
}

const SPLITS = ['train', 'validation', 'test'] as const;

function valuesOf(images: TrialImages) {
  return SPLITS.map((split) => {
    const all = firstOf(images[split], Infinity, SIZE);
    const { means, meanSquares, shares } = momentsOf(images[split], SIZE);
    return { bytes: [...all.images], means, meanSquares, shares };
  });
}

it.each<Partial<DatasetSettings>>([
  {},
  { binarization: 'threshold' },
  { train: 50, validation: 7 },
  { binarization: 'threshold', validation: 0 },
])('images from a file are those in memory: %j', async (others) => {
  const { wanted, source, keeping } = await place();
  const asked = { ...wanted, ...others };
  const memory = await loadTrialImages(source, asked);
  const stored = await loadTrialImages(source, asked, keeping);
  expect(SPLITS.map((split) => isStored(memory[split].images))).toEqual([false, false, false]);
  expect(SPLITS.map((split) => isStored(stored[split].images))).toEqual([true, true, true]);
  expect(valuesOf(stored)).toEqual(valuesOf(memory));
  expect(stored.trainingMeans).toEqual(memory.trainingMeans);
});

it('bits that are drawn for a split as a whole are drawn in memory, and whoever asks for images by their number has the same', async () => {
  const { wanted, source, keeping } = await place();
  const drawn = { ...wanted, binarization: 'static' } as const;
  const [memory, stored] = [await loadTrialImages(source, drawn), await loadTrialImages(source, drawn, keeping)];
  expect(isStored(stored.train.images)).toBe(false);
  expect(stored).toEqual(memory);
  const indices = Int32Array.of(7, 199, 0);
  const taken = async (given?: typeof keeping) => {
    const { take, order } = await readImages(wanted, source, undefined, given);
    return { images: take(indices), order };
  };
  expect(await taken(keeping)).toEqual(await taken());
});

it.each<[string, (file: string, note: string) => Promise<void>]>([
  ['cut short', (file) => truncate(file, 1000)],
  ['written at another time', (file) => utimes(file, 1, 1)],
  ['without the note that it is finished', (_file, note) => rm(note)],
  ['with half a note', async (_file, note) => writeFile(note, (await readFile(note)).subarray(0, 20))],
])('a file that is %s is not read, but made anew', async (_what, damage) => {
  const { kept, images } = await place();
  const first = (await kept())!;
  const whole = await readFile(first.file);
  const note = first.file.replace(/images$/, 'json');
  await damage(first.file, note);
  // As a process leaves it that is killed while it writes.
  await writeFile(`${first.file}.1-abc.tmp`, whole.subarray(0, 500));
  expect(await kept()).toEqual(first);
  expect(await readFile(first.file)).toEqual(whole);
  expect((await readdir(images)).length).toBe(3);
  await rm(note);
  expect(await kept()).toEqual(first);
});

it('is left alone while it is as it was, and refused where it is cut short in use', async () => {
  const { wanted, source, keeping, kept } = await place();
  const { file } = (await kept())!;
  const { ino } = await stat(file);
  const { train } = await loadTrialImages(source, wanted, keeping);
  expect((await stat(file)).ino).toBe(ino);
  await truncate(file, 10);
  expect(() => firstOf(train, 20, SIZE)).toThrow(`${file} was cut short while it was used`);
});

it('images that can be kept nowhere are held in memory, and why is told; other images are refused', async () => {
  const { wanted, source } = await place();
  const told: string[] = [];
  const nowhere = { cacheDir: '/dev/null', mostHeld: 0, onTrouble: (why: string) => void told.push(why) };
  expect(await keptImages(wanted, source, nowhere)).toBeUndefined();
  expect(told).toEqual([expect.stringMatching(/^1 MB of images can't be kept in \/dev\/null\/images: E/)]);
  const large = { ...wanted.own!, images: 2 ** 25, height: 100 };
  const refused = keptImages({ own: large }, source, nowhere);
  await expect(refused).rejects.toThrow('They are too many for memory. Make room there, or name another cache folder');
  const { kept, source: other } = await place();
  await writeFile(
    other.files['images']!,
    npy(
      [200, 3, 2],
      new Uint8Array(200 * SIZE).map((_, i) => i % 251),
    ),
  );
  await expect(kept()).rejects.toMatchObject({ code: 'DATA_CHANGED' });
});

it('what no run has used for a month, and what was left of a write, goes when another file is made', async () => {
  const { kept, images } = await place();
  const { file } = (await kept())!;
  const [unused, left] = [path.join(images, 'unused'), path.join(images, 'left.tmp')];
  const days = (ago: number): Date => new Date(Date.now() - 24 * 3_600_000 * ago);
  for (const old of [`${unused}.images`, `${unused}.json`, left]) await writeFile(old, '');
  for (const old of [`${unused}.json`, left]) await utimes(old, days(31), days(31));
  await rm(file);
  await kept();
  expect((await readdir(images)).map((name) => path.extname(name)).toSorted()).toEqual(['.images', '.json']);
});
