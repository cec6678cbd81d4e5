import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { bernoulli } from '../../src/model/likelihoods/bernoulli.ts';
import { klPerDimension, reparameterize } from '../../src/training/objective.ts';

const NOTHING = { own: {}, weights: {} };

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

describe('KL', () => {
  it('of N(0, 1) from itself is 0', () => {
    expect([...klPerDimension(tf.zeros([1, 3]), tf.zeros([1, 3])).dataSync()]).toEqual([0, 0, 0]);
  });

  it.each([
    [0.7, -1.2],
    [-2, 0.5],
    [0, 1],
  ])('of N(%d, exp %d) equals the mean of log q(z) − log p(z) over its samples', (mean, logVariance) => {
    const draws = randomStream(['monte carlo', mean]).fillNormal(new Float32Array(200_000));
    const sigma = Math.exp(logVariance / 2);
    // log q(z) − log p(z); the constants cancel.
    const ratio = draws.reduce((sum, e) => sum + (-(e ** 2) / 2 - Math.log(sigma) + (mean + sigma * e) ** 2 / 2), 0);
    const [analytic] = klPerDimension(tf.tensor2d([[mean]]), tf.tensor2d([[logVariance]])).dataSync();
    expect(analytic).toBeCloseTo(ratio / draws.length, 1.6);
  });
});

describe('the Bernoulli likelihood', () => {
  it('is the cross-entropy of each pixel, summed over the image', () => {
    const logits = tf.tensor2d([[0, 2, -1]]);
    const images = tf.tensor2d([[0.25, 1, 0]]);
    const nats = (p: number, x: number): number => -x * Math.log(p) - (1 - x) * Math.log(1 - p);
    const expected = [0, 2, -1].reduce((sum, l, i) => sum + nats(1 / (1 + Math.exp(-l)), [0.25, 1, 0][i]!), 0);
    expect(bernoulli.nats(tf, logits, images, NOTHING).dataSync()[0]).toBeCloseTo(expected, 5);
  });

  it('neither overflows nor clips at extreme logits: a pixel may cost 100 nats', () => {
    const nats = bernoulli
      .nats(tf, tf.tensor2d([[100], [-100], [1000]]), tf.tensor2d([[0], [1], [1]]), NOTHING)
      .dataSync();
    expect([...nats]).toEqual([100, 100, 0]);
  });
});

describe('reparameterization', () => {
  it('draws z with the mean and the standard deviation of the posterior', () => {
    const count = 50_000;
    const noise = tf.tensor2d(randomStream(['z']).fillNormal(new Float32Array(count)), [count, 1]);
    const z = reparameterize(tf.fill([count, 1], 3), tf.fill([count, 1], Math.log(0.25)), noise).dataSync<'float32'>();
    const mean = z.reduce((sum, v) => sum + v, 0) / count;
    const variance = z.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count;
    expect(mean).toBeCloseTo(3, 1.5);
    expect(variance).toBeCloseTo(0.25, 1.5);
  });
});
