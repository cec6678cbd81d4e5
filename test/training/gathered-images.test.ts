import { expect, test } from 'vitest';
import { GatheredImages, mostBatches } from '../../src/training/gathered-images.ts';
import { testModels } from './support.ts';

const model = { ...testModels['mlp relu']!, height: 1, width: 2 };
const shared = new Uint8Array(new SharedArrayBuffer(8));
shared.set([0, 1, 10, 11, 20, 21, 30, 31]);

test('images come in the order asked for, as often as asked for, in memory that is not shared', () => {
  const gathered = new GatheredImages(model);
  const images = gathered.gather(shared, Int32Array.of(3, 0, 3));
  expect([...images]).toEqual([30, 31, 0, 1, 30, 31]);
  expect(images.buffer).toBeInstanceOf(ArrayBuffer);
});

test('the next run’s images are as many as it needs, be they fewer or more', () => {
  const gathered = new GatheredImages(model);
  gathered.gather(shared, Int32Array.of(1, 1));
  expect([...gathered.gather(shared, Int32Array.of(2))]).toEqual([20, 21]);
  expect([...gathered.gather(shared, Int32Array.of(0, 1, 2))]).toEqual([0, 1, 10, 11, 20, 21]);
});

test('a run is given 16 MiB of images, or one batch where that is more', () => {
  const large = { ...model, height: 64, width: 64 };
  expect(mostBatches(large, 128)).toBe(32);
  expect(mostBatches(large, 40_000)).toBe(1);
});
