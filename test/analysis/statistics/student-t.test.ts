import { expect, test } from 'vitest';
import { criticalT } from '../../../src/analysis/statistics/student-t.ts';

/** scipy.stats.t.ppf(0.975, df), SciPy 1.17.1. */
const SCIPY = [
  [1, 12.706204736174694],
  [2, 4.302652729749462],
  [3, 3.1824463052837078],
  [4, 2.7764451051977934],
  [5, 2.5705818356363146],
  [9, 2.262157162798205],
  [10, 2.228138851986274],
  [29, 2.045229642132703],
  [100, 1.9839715185235518],
  [1000, 1.9623390808264083],
] as const;

test.each(SCIPY)('the critical value at %i degrees of freedom is that of SciPy', (degreesOfFreedom, expected) => {
  expect(criticalT(degreesOfFreedom, 0.95)).toBeCloseTo(expected, 10);
});

test('the critical value of one degree of freedom is that of Cauchy at any confidence', () => {
  for (const confidence of [0.5, 0.9, 0.99, 1 - 0.05 / 9, 1 - 0.05 / 99_999]) {
    const expected = Math.tan((Math.PI / 2) * confidence);
    expect(criticalT(1, confidence) / expected).toBeCloseTo(1, 8);
  }
});
