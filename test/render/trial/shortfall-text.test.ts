import { describe, expect, test } from 'vitest';
import type { Shortfall } from '../../../src/analysis/trial/shortfall.ts';
import { shortfallAdvice, trainedHow } from '../../../src/render/trial/shortfall-text.ts';
import { trialRecord } from '../../analysis/support.ts';

/** Of a code that says much, so that it isn't one that has hardly learnt. */
const at = (elbo: number): Shortfall => ({ metric: 'val/elbo', elbo, kl: 80, constant: -100 });
const ADVICE = {
  rate: 'usually the learning_rate is too large: try a third of it, or clip_norm: 1',
  epochs: (steps: number) => `it has had ${steps} steps: usually more epochs help`,
};

describe('a trial worse than a constant image', () => {
  test.each([
    // Few steps, and not far off: 1,000 nats below −100 is as far as that goes.
    [199, -1100, ADVICE.epochs(199)],
    [2, -101, ADVICE.epochs(2)],
    [199, -1100.1, ADVICE.rate],
    [2, -3e10, ADVICE.rate],
    // From 200 steps on the rate is blamed, however near it is.
    [200, -101, ADVICE.rate],
    // A trial of an older version, whose images nobody counted.
    [null, -101, ADVICE.rate],
  ])('after %s steps, at an ELBO of %s', (steps, elbo, advice) => {
    expect(shortfallAdvice(at(elbo), { clipNorm: null, steps })).toContain(advice);
  });

  test.each([
    // A code of a tenth of the constant's nats at most, and not twice as far down.
    [-200, 10, 'usually more epochs, a smaller beta or another learning_rate help'],
    [-200.1, 10, ADVICE.rate],
    [-200, 10.1, ADVICE.rate],
  ])('has hardly learnt, or went wrong: at an ELBO of %s with a KL of %s', (elbo, kl, advice) => {
    expect(shortfallAdvice({ ...at(elbo), kl }, { clipNorm: null, steps: 1000 })).toContain(advice);
  });

  test('its steps are those of all its epochs', () => {
    const trial = trialRecord({ epochs: 3, train: { batchSize: 100 }, dataset: { train: 250 } });
    expect(trainedHow(trial)).toEqual({ clipNorm: null, steps: 9 });
    expect(trainedHow({ ...trial, images: null })).toEqual({ clipNorm: null, steps: null });
  });
});
