import { expect, it } from 'vitest';
import type { Samples } from '../../src/trained/samples.ts';
import { anomaliesAmong, normalLabels, type Scores } from '../../src/trained/score.ts';

it('what has no label is neither normal nor found', () => {
  const labels = ['good', 'odd', '', 'good', ''];
  const samples = { count: labels.length, what: 'images', labelOf: (sample: number) => labels[sample]! } as Samples;
  const scores = { elbo: Float64Array.of(-1, -3, -9, -5, 0) } as Scores;
  expect(anomaliesAmong(scores, samples, new Set(['good']))).toEqual({ others: 1, unlabelled: 2, auroc: 0.5 });
  expect(() => normalLabels(samples, ['good', 'odd'])).toThrow('nothing is left to be found. Labels: good, odd.');
});
