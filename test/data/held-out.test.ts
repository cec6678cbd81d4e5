import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { datasetOf } from '../../src/data/datasets/index.ts';
import { loadHeldOut } from '../../src/data/held-out.ts';
import { locateDataset } from '../../src/data/locate.ts';
import { SPRITES_MINI, spriteFactors } from '../../src/data/sprites.ts';
import { splitIndices } from '../../src/data/dataset.ts';
import { spritesMini } from '../../src/data/datasets/sprites-mini.ts';
import { loadImages } from './fixtures.ts';
import { temporaryFolder } from './temporary-folder.ts';

const settings = { name: 'sprites-mini', train: 100, validation: null, binarization: 'grey' } as const;

test('they are the first validation images, with the class of each', async () => {
  const { images, count, of, classes, names } = await loadHeldOut(settings, 40);
  expect([count, of]).toEqual([40, 576]);
  const dataset = await loadImages(await locateDataset(settings), settings);
  expect(images).toEqual(dataset.validation.images.slice(0, 40 * 32 * 32));
  const { validation } = splitIndices(spritesMini, settings);
  expect([...classes].map((index) => names[index])).toEqual(
    [...validation.subarray(0, 40)].map((index) => SPRITES_MINI.shapes[spriteFactors(SPRITES_MINI, index).shape]),
  );
});

test('where none are held out they are training images', async () => {
  const { of } = await loadHeldOut({ ...settings, validation: 0 }, 10);
  expect(of).toBe(100);
});

const data = process.env['SWEEP_TEST_DATA'] ?? path.resolve('../shared/data');
const mnist = path.join(data, 'mnist');
const isHere = existsSync(path.join(mnist, 'train-labels-idx1-ubyte.gz'));

test.skipIf(!isHere)('test images have labels, too, from their own file', async () => {
  const indices = Int32Array.of(0, 59_999, 60_000, 69_999);
  expect(await datasetOf('mnist').classes!.of(indices, mnist)).toEqual(Uint8Array.of(5, 8, 7, 6));
});

test.skipIf(!isHere)('digits are known by the labels beside them, and stay without where there are none', async () => {
  const digits = { name: 'mnist', train: 10, validation: 500, binarization: 'grey' } as const;
  const labelled = await loadHeldOut(digits, 500, { dataDir: data });
  const counts = Map.groupBy(labelled.classes, (digit) => digit);
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // A one has the least ink of all, a zero the most.
  const ink = (digit: number): number => {
    const own = [...labelled.classes.entries()].filter(([, label]) => label === digit);
    const sums = own.map(([i]) => labelled.images.subarray(i * 784, (i + 1) * 784).reduce((sum, v) => sum + v, 0));
    return sums.reduce((sum, v) => sum + v, 0) / sums.length;
  };
  const inks = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(ink);
  expect(inks.indexOf(Math.min(...inks))).toBe(1);
  expect(inks.indexOf(Math.max(...inks))).toBe(0);

  const folder = await temporaryFolder();
  for (const file of ['train-images-idx3-ubyte.gz', 't10k-images-idx3-ubyte.gz'])
    copyFileSync(path.join(mnist, file), path.join(folder, file));
  const bare = await loadHeldOut(digits, 5, { dataDir: folder });
  expect([bare.classes.length, bare.names]).toEqual([0, []]);
});
