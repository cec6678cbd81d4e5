import { expect, test } from 'vitest';
import { binarize, evaluationBits, trainingBits } from '../../src/data/binarize.ts';
import { locateDataset } from '../../src/data/locate.ts';
import { pixelMeans } from '../../src/data/pixel-means.ts';
import { loadTrialImages } from '../../src/data/trial-images.ts';
import type { ImageSet } from '../../src/data/source.ts';
import type { DatasetSettings } from '../../src/trial/trial.ts';
import { loadImages, MNIST_DATA_DIR, mnistTitle, settings } from './fixtures.ts';

async function located(others: Partial<DatasetSettings> = {}) {
  const chosen = settings('mnist', { train: 300, validation: 200, ...others });
  return [await locateDataset(chosen, { dataDir: MNIST_DATA_DIR, download: false }), chosen] as const;
}

/** By the bytes: an assertion of millions of elements takes seconds. */
const areSame = (...[one, other]: ImageSet['images'][]): boolean =>
  Buffer.from(one as Uint8Array).equals(Buffer.from(other as Uint8Array));

test.skipIf(MNIST_DATA_DIR === undefined).each(['grey', 'threshold', 'static', 'dynamic'] as const)(
  mnistTitle('trials have the bits of %s, but for those of an epoch, and means of the grey images'),
  async (binarization) => {
    const grey = await loadImages(...(await located()));
    const trials = await loadTrialImages(...(await located({ binarization })));
    const drawn = trainingBits(binarization, 0, 1);
    const training = binarization === 'dynamic' ? grey.train.images : binarize(grey.train.images, binarization, drawn);
    expect(areSame(trials.train.images, training)).toBe(true);
    for (const split of ['validation', 'test'] as const)
      expect(areSame(trials[split].images, binarize(grey[split].images, binarization, evaluationBits(split)))).toBe(
        true,
      );
    expect(trials.trainingMeans).toEqual(pixelMeans(grey.train, 784));
  },
);

test('the images lie in memory that threads share', async () => {
  const chosen = settings('sprites-mini', { train: 20, validation: 10 });
  const { train, validation, test } = await loadTrialImages(await locateDataset(chosen), chosen);
  for (const { images } of [train, validation, test])
    expect((images as Uint8Array).buffer).toBeInstanceOf(SharedArrayBuffer);
});
