import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/random.ts';
import {
  estimate,
  failureP,
  includesZero,
  isSignificant,
  pairedDifference,
} from '../../../src/analysis/statistics/statistics.ts';

const sample = (minLength: number) =>
  fc.array(fc.double({ min: -1000, max: 1000, noNaN: true }), { minLength, maxLength: 12 });

describe('estimate', () => {
  test('gives the Student t interval that SciPy gives (stats.t.interval)', () => {
    const { mean, low, high } = estimate([-36.4, -36.9, -35.8, -36.1, -37.0]);
    expect(mean).toBeCloseTo(-36.44, 12);
    expect(low).toBeCloseTo(-37.07676907463106, 9);
    expect(high).toBeCloseTo(-35.803230925368936, 9);
  });

  test('knows no interval for a single value', () => {
    expect(estimate([-36.4])).toEqual({ mean: -36.4, low: null, high: null, values: [-36.4] });
  });

  test('moves with a shift of all values', () => {
    fc.assert(
      fc.property(sample(2), fc.integer({ min: -500, max: 500 }), (values, shift) => {
        const [still, moved] = [estimate(values), estimate(values.map((value) => value + shift))];
        expect(moved.mean).toBeCloseTo(still.mean + shift, 6);
        expect(moved.low).toBeCloseTo(still.low! + shift, 6);
        expect(moved.high).toBeCloseTo(still.high! + shift, 6);
      }),
    );
  });
});

describe('pairedDifference', () => {
  test("gives the interval and p of SciPy's paired t (stats.ttest_1samp)", () => {
    const { mean, low, high, p } = pairedDifference([0.3, -0.1, 0.5, 0.2, 0.7, -0.2, 0.4]);
    expect(mean).toBeCloseTo(0.2571428571428571, 12);
    expect(low).toBeCloseTo(-0.03946765078462894, 9);
    expect(high).toBeCloseTo(0.5537533650703443, 9);
    expect(p).toBeCloseTo(0.07814074941121583, 9);
  });

  test('never contradicts itself: p is below 0.05 exactly where the interval leaves out 0', () => {
    fc.assert(
      fc.property(sample(2), (values) => {
        const difference = pairedDifference(values);
        expect(isSignificant(difference.p)).toBe(!includesZero(difference));
      }),
    );
    // Reported as "ahead by 7373 (95 % 2.85 to 17147)" beside p = 0.051, by a bootstrap and sign flips.
    const skewed = pairedDifference([3, 2, 17_000, 1, 60_000, 4, 2, 5, 9, 3]);
    expect([includesZero(skewed), isSignificant(skewed.p)]).toEqual([true, false]);
  });

  test.each([2, 3, 6, 12])('holds the truth in about 95 of 100 cases, with %i pairs', (pairs) => {
    const noise = randomStream(['coverage', pairs]);
    const holds = Array.from({ length: 2000 }, () =>
      includesZero(pairedDifference([...noise.fillNormal(new Float32Array(pairs))])),
    );
    // Four standard errors of 2,000 cases are 2 %.
    expect(Math.abs(holds.filter(Boolean).length / 2000 - 0.95)).toBeLessThan(0.02);
  });

  test('knows nothing from a single pair', () => {
    expect(pairedDifference([3])).toEqual({ mean: 3, low: null, high: null, values: [3], p: null });
    expect(isSignificant(null)).toBe(false);
  });

  test('of equal differences is certain', () => {
    expect(pairedDifference([2, 2]).p).toBe(0);
    expect(pairedDifference([0, 0]).p).toBe(1);
  });
});

describe('failureP', () => {
  test.each([
    // SciPy: stats.binomtest(few, tosses).pvalue
    [0, 15, 0.00006103515625],
    [1, 6, 0.125],
    [3, 3, 1],
    [0, 5, 0.0625],
    [40, 80, 0.00033040001839131815],
  ])("is McNemar's exact p: %i and %i", (left, right, expected) => {
    expect(failureP(left, right)).toBeCloseTo(expected, 7);
    expect(failureP(right, left)).toBe(failureP(left, right));
  });

  test('stays a number for thousands of trials', () => {
    expect(failureP(3000, 3000)).toBeCloseTo(1, 6);
    expect(failureP(0, 3000)).toBe(0);
  });
});

test('an unknown interval includes zero', () => {
  expect(includesZero({ mean: 3, low: null, high: null })).toBe(true);
  expect(includesZero({ mean: 3, low: 0, high: 6 })).toBe(true);
  expect(includesZero({ mean: 3, low: 1, high: 5 })).toBe(false);
});
