import { expect, it } from 'vitest';
import { findMetric } from '../../src/analysis/metric.ts';
import { trialRecord } from './support.ts';

const ALL = ['elbo', 'kl', 'reconstruction'].flatMap((name) =>
  ['train', 'val', 'test'].map((split) => `${split}/${name}`),
);
const withMetrics = (names: readonly string[]) => [
  trialRecord({ metrics: Object.fromEntries(names.map((name) => [name, 1])), trainableWeights: 5 }),
];

it.each([
  ['kl', 'val/kl'],
  ['KL', 'val/kl'],
  ['elbo', 'val/elbo'],
  ['recon', 'val/reconstruction'],
  ['reconstruction', 'val/reconstruction'],
  ['test/recon', 'test/reconstruction'],
  ['train/kl', 'train/kl'],
  ['active', 'val/active_units'],
  ['active_units', 'val/active_units'],
  ['seconds', 'seconds'],
  ['weights', 'trainable_weights'],
])('%s is %s', (short, full) => {
  expect(findMetric(short, withMetrics([...ALL, 'val/active_units']))).toBe(full);
  expect(findMetric(short, [])).toBe(full);
});

it('is of the one split that the trials have it of, and refused where several may be meant', () => {
  expect(findMetric('kl', withMetrics(['train/kl']))).toBe('train/kl');
  expect(() => findMetric('kl', withMetrics(['train/kl', 'test/kl']))).toThrow(
    expect.objectContaining({ code: 'USAGE', message: 'kl may be train/kl or test/kl here: write which one.' }),
  );
});

it('what nobody has is not found, with what was probably meant', () => {
  const trials = withMetrics(ALL);
  expect(() => findMetric('reconn', trials)).toThrow('Did you mean recon?');
  expect(() => findMetric('elbow', trials)).toThrow('Did you mean val/elbo?');
  expect(() => findMetric('active', trials)).toThrow(
    'No completed trial has the metric val/active_units. Metrics here: ',
  );
  expect(findMetric('val/MIG', withMetrics(['val/MIG']))).toBe('val/MIG');
});
