import { describe, expect, it } from 'vitest';
import { activeUnits } from '../../src/metrics/active-units.ts';
import { elbo } from '../../src/metrics/elbo.ts';
import { emptySums, type EvaluationSums } from '../../src/metrics/evaluation-sums.ts';
import { klPerDimension } from '../../src/metrics/kl-per-dimension.ts';
import { randomStream } from '../../src/random.ts';

const TERMS = { reconstruction: 80, kl: 20, penalty: 20 };

/** Sums over images whose posterior means have the given standard deviation in each dimension. */
function sumsWithSpread(spread: readonly number[], images = 5000): EvaluationSums {
  const sums = { ...emptySums(spread.length), images };
  const draws = randomStream(['spread']).fillNormal(new Float32Array(images * spread.length));
  for (let i = 0; i < images; i++)
    spread.forEach((deviation, j) => {
      const mean = 2 + deviation * draws[i * spread.length + j]!;
      sums.mean[j]! += mean;
      sums.meanSquare[j]! += mean ** 2;
      sums.kl[j]! += j;
    });
  return sums;
}

describe('active units (Burda et al. 2016)', () => {
  it('are the dimensions whose mean varies over images by more than 0.01 in variance, wherever it is centred', () => {
    expect(activeUnits.of({ ...TERMS, sums: sumsWithSpread([1, 0, 0.11, 0.09, 0.3]) })).toBe(3);
  });

  it('are not told from one image, which would make them 0 by construction (issue 10, line 3)', () => {
    const sums = { images: 1, reconstruction: 1, kl: Float64Array.of(3), mean: Float64Array.of(2) };
    expect(activeUnits.of({ ...TERMS, sums: { ...sums, meanSquare: Float64Array.of(4) } })).toBeUndefined();
  });
});

describe('KL per dimension', () => {
  it('is the mean over images', () => {
    expect(klPerDimension(sumsWithSpread([1, 1, 1]))).toEqual([0, 1, 2]);
  });
});

describe('the ELBO', () => {
  it('is −(D + R) exactly', () => {
    const [reconstruction, kl] = [80.09104028453827, 25.097651729741692];
    expect(elbo.of({ reconstruction, kl, penalty: 4 * kl })! + (reconstruction + kl)).toBe(0);
  });
});
