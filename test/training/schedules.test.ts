/** Each schedule against tables computed by hand; 2 steps an epoch unless said otherwise. */
import { describe, expect, it } from 'vitest';
import type { Parameters } from '../../src/model/parameter.ts';
import { isAnnealing } from '../../src/model/annealing.ts';
import { betaShare, capacityShare, rateShare } from '../../src/training/schedules.ts';

const table = (
  share: typeof betaShare,
  parameters: Parameters,
  epochs: number,
  batches = 2,
  steps = epochs * batches,
): number[] => Array.from({ length: steps }, (_, step) => share({ parameters, epochs, batches }, step));
const annealed = (parameters: Parameters, epochs: number) =>
  Array.from({ length: epochs }, (_, i) => Number(isAnnealing({ parameters, epochs }, i + 1)));

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 10) as number);

describe('beta', () => {
  it('is constant where nothing is said', () => expect(table(betaShare, {}, 2)).toEqual([1, 1, 1, 1]));

  it('rises linearly from 0, and is full from the first step after the warm-up', () => {
    const linear = { beta_schedule: 'linear', beta_warmup: 2 };
    expect(table(betaShare, linear, 3)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
    expect(annealed(linear, 4)).toEqual([1, 1, 0, 0]);
  });

  it('rises as a sigmoid whose ends are moved to 0 and 1: σ(12·(t − ½))', () => {
    const sigmoid = { beta_schedule: 'sigmoid', beta_warmup: 2 };
    // σ(−6) = 0.0024726232, σ(−3) = 0.0474258732, σ(3) = 0.9525741268; (σ − σ(−6)) / (1 − 2σ(−6)).
    const expected = [0, 0.0451766596, 0.5, 0.9548233404, 1, 1];
    expect(table(betaShare, sigmoid, 3)).toEqual(expected.map((value) => expect.closeTo(value, 7) as number));
    expect(annealed(sigmoid, 3)).toEqual([1, 1, 0]);
  });

  it('rises again and again, over the first half of each cycle', () => {
    const cyclical = { beta_schedule: 'cyclical', beta_cycles: 2 };
    expect(table(betaShare, cyclical, 4)).toEqual([0, 0.5, 1, 1, 0, 0.5, 1, 1]);
    expect(annealed(cyclical, 4)).toEqual([1, 0, 1, 0]);
    // Cycles of 2.5 epochs: 5 steps, so that the first of the second is in the middle of epoch 3.
    expect(table(betaShare, cyclical, 5)).toEqual(near([0, 0.4, 0.8, 1, 1, 0, 0.4, 0.8, 1, 1]));
    expect(annealed(cyclical, 5)).toEqual([1, 1, 1, 1, 0]);
  });
});

it('capacity rises linearly from 0', () => {
  const parameters = { capacity: 10, capacity_warmup: 2 };
  expect(table(capacityShare, parameters, 3)).toEqual([0, 0.25, 0.5, 0.75, 1, 1]);
  expect(table(capacityShare, { capacity: 10, capacity_warmup: 0 }, 1)).toEqual([1, 1]);
  expect(annealed(parameters, 3)).toEqual([1, 1, 0]);
});

describe('the learning rate', () => {
  it('is constant where nothing is said', () => expect(table(rateShare, {}, 2)).toEqual([1, 1, 1, 1]));

  it('grows over the warm-up, in its first step, too', () => {
    expect(table(rateShare, { lr_warmup: 2 }, 3)).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  });

  it('falls as a cosine to 0 at the end, from the end of the warm-up on', () => {
    const half = Math.SQRT1_2 / 2;
    expect(table(rateShare, { lr_schedule: 'cosine' }, 2)).toEqual(near([1, 0.5 + half, 0.5, 0.5 - half]));
    expect(table(rateShare, { lr_schedule: 'cosine', lr_warmup: 1 }, 3)).toEqual(
      near([0.5, 1, 1, 0.5 + half, 0.5, 0.5 - half]),
    );
  });

  it('falls in steps', () => {
    const step = { lr_schedule: 'step', lr_step: 1, lr_decay: 0.1 };
    expect(table(rateShare, step, 3)).toEqual(near([1, 1, 0.1, 0.1, 0.01, 0.01]));
  });
});
