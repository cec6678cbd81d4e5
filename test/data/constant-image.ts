import { pixelMeans } from '../../src/data/pixel-means.ts';
import type { ImageSet } from '../../src/data/source.ts';

/** Means are kept this far from 0 and 1: a pixel black in every image they were taken from must not cost infinitely. */
const SMALLEST_MEAN = 1e-6;

/**
 * Bernoulli cross-entropy, in nats per image, of showing the constant image `means` (in [0, 1]) for every image of a
 * set: Σ over pixels of −x̄ log m − (1 − x̄) log(1 − m). With the set's own means it is the best that a model can do
 * whose latent code says nothing: a collapsed one lands there (205.9 on MNIST, 566 on sprites).
 */
export function constantImageNats(means: Float32Array, images: ImageSet): number {
  const actual = pixelMeans(images, means.length);
  return means.reduce((nats, mean, p) => {
    const m = Math.min(1 - SMALLEST_MEAN, Math.max(SMALLEST_MEAN, mean));
    const x = actual[p]!;
    return nats - x * Math.log(m) - (1 - x) * Math.log1p(-m);
  }, 0);
}
