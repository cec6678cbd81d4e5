import { expect, test } from 'vitest';
import { criticalRange, rangeProbability } from '../../../src/analysis/statistics/studentized-range.ts';
import { criticalT } from '../../../src/analysis/statistics/student-t.ts';

test.each([
  // SciPy: stats.studentized_range.ppf(0.95, k, ν)
  [3, 2, 8.330782645637044],
  [4, 3, 6.824526451073047],
  [10, 9, 5.738385930264428],
  [40, 4, 10.528255321428173],
  [200, 199, 6.633406193484219],
  [1000, 20, 9.010894598259446],
  [5000, 4, 17.52300850496985],
])("is SciPy's quantile for %i means and %i degrees of freedom", (means, freedom, expected) => {
  expect(criticalRange(means, freedom, 0.95) * Math.SQRT2).toBeCloseTo(expected, expected < 10 ? 4 : 3);
  expect(rangeProbability(expected, means, freedom)).toBeCloseTo(0.95, 5);
});

test("between two means is Student's t", () => {
  expect(criticalRange(2, 5, 0.95)).toBe(criticalT(5, 0.95));
  expect(rangeProbability(criticalT(5, 0.95) * Math.SQRT2, 2, 5)).toBeCloseTo(0.95, 6);
});
