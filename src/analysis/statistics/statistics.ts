/** Intervals and tests for one sample of values; versus-best.ts compares the configurations of a sweep. */
import { mean, sampleVariance } from 'simple-statistics';
import { criticalT, studentP } from './student-t.ts';

const SIGNIFICANCE_LEVEL = 0.05;
export const CONFIDENCE = 1 - SIGNIFICANCE_LEVEL;

/** A mean with its interval, of 95 % where nothing else is said; `low` and `high` are null where fewer than two values leave the spread unknown. */
export interface Interval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Half the width of an interval, for `mean ± half`; undefined where it is unknown. */
export function halfWidth({ low, high }: Interval): number | undefined {
  return low === null || high === null ? undefined : (high - low) / 2;
}

export interface Estimate extends Interval {
  readonly values: readonly number[];
}

export interface PairedDifference extends Estimate {
  /** Two-sided p of "the mean difference is 0": below 0.05 exactly where the interval leaves out 0. Null where it is unknown. */
  readonly p: number | null;
}

/** Mean of at least one value with its Student t interval (n − 1 degrees of freedom). */
export function estimate(values: readonly number[]): Estimate {
  const sample = [...values];
  const center = mean(sample);
  if (sample.length < 2) return { mean: center, low: null, high: null, values: sample };
  const half = criticalT(sample.length - 1, CONFIDENCE) * standardError(sample);
  return { mean: center, low: center - half, high: center + half, values: sample };
}

/**
 * Mean of at least one paired difference with Student's t interval and the p of the same t. Both come from one
 * statistic, so they never contradict each other; heavy tails make them wider than need be, not wrong.
 */
export function pairedDifference(differences: readonly number[]): PairedDifference {
  const interval = estimate(differences);
  if (differences.length < 2) return { ...interval, p: null };
  const error = standardError(differences);
  const p = error === 0 ? Number(interval.mean === 0) : studentP(interval.mean / error, differences.length - 1);
  return { ...interval, p };
}

function standardError(values: readonly number[]): number {
  return Math.sqrt(sampleVariance([...values]) / values.length);
}

/**
 * Two-sided exact p that two settings fail alike, of the pairs in which just one of them failed (McNemar's test): the
 * chance of a split at least as uneven among that many tosses of a coin.
 */
export function failureP(onlyLeft: number, onlyRight: number): number {
  const tosses = onlyLeft + onlyRight;
  let tail = 0;
  // In logarithms: 2⁻ⁿ is no number any more for a thousand tosses.
  let logChance = -tosses * Math.LN2;
  for (let heads = 0; heads <= Math.min(onlyLeft, onlyRight); heads++) {
    tail += Math.exp(logChance);
    logChance += Math.log((tosses - heads) / (heads + 1));
  }
  return Math.min(1, 2 * tail);
}

/** Whether the interval can't tell the value from 0; so too where there is no interval. */
export function includesZero({ low, high }: Interval): boolean {
  return low === null || high === null || (low <= 0 && high >= 0);
}

export function isSignificant(p: number | null): boolean {
  return p !== null && p < SIGNIFICANCE_LEVEL;
}
