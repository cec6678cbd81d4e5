import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/random.ts';
import {
  estimate,
  includesZero,
  isSignificant,
  pairedDifference,
  signFlipP,
  simultaneousConfidence,
  tooFewPairsNote,
  unpairedDifference,
} from '../../src/report/statistics.ts';

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

describe('unpairedDifference', () => {
  const left = [1, 2, 3, 4, 5];

  test("is Welch's interval with the degrees of freedom rounded down", () => {
    // SciPy: 5.88 degrees of freedom, here 5; wider than its -0.888 … 6.888.
    const { mean, low, high } = unpairedDifference(left, [2, 4, 6, 8, 10]);
    expect(mean).toBe(3);
    expect(low).toBeCloseTo(-1.0644467562336715, 9);
    expect(high).toBeCloseTo(7.0644467562336715, 9);
  });

  test("takes the other side's variance for a single value (scipy.stats.ttest_ind, equal_var)", () => {
    const { mean, low, high } = unpairedDifference(left, [7]);
    expect(mean).toBe(4);
    expect(low).toBeCloseTo(-0.8089439866284946, 9);
    expect(high).toBeCloseTo(8.808943986628496, 9);
  });

  test('knows no interval between two single values', () => {
    expect(unpairedDifference([1], [2])).toEqual({ mean: 1, low: null, high: null });
  });

  test('survives variances at the edge of what a number can hold', () => {
    const { low, high } = unpairedDifference([0, 0], [-4.7e-162, 0, 0]);
    expect([low, high]).toEqual([expect.closeTo(0, 9), expect.closeTo(0, 9)]);
  });

  test('changes sign when the sides change places', () => {
    fc.assert(
      fc.property(sample(2), sample(2), (ours, theirs) => {
        const [there, back] = [unpairedDifference(ours, theirs), unpairedDifference(theirs, ours)];
        expect(there.mean).toBeCloseTo(-back.mean, 9);
        expect(there.low).toBeCloseTo(-back.high!, 6);
      }),
    );
  });
});

describe('signFlipP', () => {
  test('is the exact p of SciPy (stats.permutation_test, samples)', () => {
    expect(signFlipP([0.3, -0.1, 0.5, 0.2, 0.7, -0.2, 0.4])).toBe(0.109375);
  });

  test.each([
    [1, 1],
    [5, 0.0625],
    [6, 0.03125],
    [8, 0.0078125],
  ])('cannot fall below 2 / 2ⁿ: %i pairs of one sign give %f', (pairs, expected) => {
    expect(signFlipP(Array.from({ length: pairs }, (_, i) => 1 + i))).toBe(expected);
  });

  test('is 1 when nothing differs', () => {
    expect(signFlipP([0, 0, 0, 0, 0, 0])).toBe(1);
  });

  test('agrees with the list of all patterns', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 9 }), (differences) => {
        const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
        const patterns = Array.from({ length: 2 ** differences.length }, (_, pattern) =>
          differences.reduce((sum, value, i) => sum + ((pattern >> i) & 1 ? value : -value), 0),
        );
        const extreme = patterns.filter((sum) => Math.abs(sum) >= observed).length;
        expect(signFlipP(differences)).toBe(extreme / patterns.length);
      }),
    );
  });

  test('draws patterns where they are too many to list, the same on every call', () => {
    const differences = Array.from({ length: 30 }, (_, i) => Math.sin(i) + 0.2);
    const p = signFlipP(differences);
    expect(p).toBe(signFlipP(differences));
    // Counted over all 2³⁰ patterns with NumPy: 0.0712. Four standard errors of 10,000 draws are 0.0103.
    expect(Math.abs(p - 0.0712)).toBeLessThan(0.0103);
  });
});

describe('pairedDifference', () => {
  const differences = [0.3, -0.1, 0.5, 0.2, 0.7, -0.2, 0.4];

  test('gives the expanded percentile interval of all 7⁷ resamples, up to resampling noise', () => {
    const { mean, low, high, p, method } = pairedDifference(differences, 'val/elbo');
    expect(mean).toBeCloseTo(1.8 / 7, 12);
    // Their quantiles at Φ(−√(7/6) · 2.447) = 0.0041 and 0.9959; plain percentiles would be 0.0286 and 0.4714.
    expect(Math.abs(low! - -0.0429)).toBeLessThan(0.03);
    expect(Math.abs(high! - 0.5429)).toBeLessThan(0.03);
    expect({ p, method }).toEqual({ p: 0.109375, method: 'bootstrap' });
  });

  test.each([3, 6, 12])('holds the truth in about 95 of 100 cases, with %i pairs', (pairs) => {
    const noise = randomStream(['coverage', pairs]);
    const holds = Array.from({ length: 400 }, (_, i) =>
      includesZero(pairedDifference([...noise.fillNormal(new Float32Array(pairs))], `case ${i}`)),
    );
    // Three standard errors of 400 cases are 3.3 %.
    expect(holds.filter(Boolean).length / 400).toBeGreaterThan(0.91);
  });

  test('draws the same resamples on every call', () => {
    expect(pairedDifference(differences, 'val/elbo')).toEqual(pairedDifference(differences, 'val/elbo'));
  });

  test('keeps the interval within the differences, around their mean', () => {
    fc.assert(
      fc.property(sample(2), (values) => {
        const { mean, low, high, method } = pairedDifference(values, 'x');
        expect(method).toBe(values.length < 6 ? 'student' : 'bootstrap');
        if (method === 'student') return;
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        expect(low).toBeLessThanOrEqual(mean + 1e-9);
        expect(high).toBeGreaterThanOrEqual(mean - 1e-9);
      }),
      { numRuns: 20 },
    );
  });

  test('is never significant with five pairs, however large, and says why', () => {
    expect(isSignificant(pairedDifference([10, 10, 10, 10, 10], 'x'))).toBe(false);
    expect(isSignificant(pairedDifference([10, 10, 10, 10, 10, 10], 'x'))).toBe(true);
    expect(tooFewPairsNote(5)).toContain('0.0625');
    expect(tooFewPairsNote(6)).toBeUndefined();
  });
});

test('several intervals that hold at once are each wider: 99 % for five of 95 %', () => {
  expect(simultaneousConfidence(5)).toBeCloseTo(0.99, 12);
  expect(simultaneousConfidence(1)).toBe(0.95);
  expect(simultaneousConfidence(0)).toBe(0.95);
});

test('an unknown interval includes zero', () => {
  expect(includesZero({ mean: 3, low: null, high: null })).toBe(true);
  expect(includesZero({ mean: 3, low: 0, high: 6 })).toBe(true);
  expect(includesZero({ mean: 3, low: 1, high: 5 })).toBe(false);
});
