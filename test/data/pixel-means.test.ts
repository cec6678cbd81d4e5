import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadDataset } from '../../src/data/dataset.ts';
import { locateDataset } from '../../src/data/locate.ts';
import { pixelMeans } from '../../src/data/pixel-means.ts';
import type { ImageSet } from '../../src/data/source.ts';
import { constantImageNats } from './constant-image.ts';
import { MNIST_DATA_DIR, mnistTitle, settings } from './fixtures.ts';

const imageSet = (...images: number[][]): ImageSet => ({
  count: images.length,
  images: Uint8Array.from(images.flat()),
});

test('the mean of a pixel is over all images', () => {
  expect([...pixelMeans(imageSet([0, 255, 51], [0, 255, 153]), 3)]).toEqual([0, 1, Math.fround(0.4)]);
});

test('an empty set has black means', () => {
  expect([...pixelMeans(imageSet(), 2)]).toEqual([0, 0]);
});

test('a constant image costs the entropy of coins with its means', () => {
  const images = imageSet([255, 255], [255, 0], [0, 0], [255, 0]);
  const entropy = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  expect(constantImageNats(pixelMeans(images, 2), images)).toBeCloseTo(entropy(0.75) + entropy(0.25), 6);
});

test('no constant image is cheaper than the means', () => {
  const grey = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
  const probability = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(grey, { minLength: 1, maxLength: 5 }), probability, (images, other) => {
      const set = imageSet(...images);
      const best = constantImageNats(pixelMeans(set, 4), set);
      expect(best).toBeLessThanOrEqual(constantImageNats(Float32Array.from(other), set) + 1e-4);
      expect(best).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('a pixel that was black in all training images costs finitely much where it is not', () => {
  const nats = constantImageNats(Float32Array.of(0, 1), imageSet([255, 0]));
  expect(nats).toBeCloseTo(-2 * Math.log(1e-6), 3);
});

// Measured on 10,000 MNIST digits: 205.9 nats; on random dSprites: 566 nats.
test.skipIf(MNIST_DATA_DIR === undefined)(mnistTitle('MNIST lands at its known value'), async () => {
  const source = await locateDataset(settings('mnist'), { dataDir: MNIST_DATA_DIR, download: false });
  const { test: digits } = await loadDataset(source, settings('mnist', { train: 1 }));
  expect(constantImageNats(pixelMeans(digits, 784), digits)).toBeCloseTo(205.65, 1);
});

test('sprites land at their known value', async () => {
  const chosen = settings('sprites', { train: 1 });
  const { test: sprites } = await loadDataset(await locateDataset(chosen), chosen);
  expect(Math.abs(constantImageNats(pixelMeans(sprites, 4096), sprites) - 566)).toBeLessThan(2);
});
