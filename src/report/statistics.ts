/**
 * The statistics of a report. Two sources of intervals, each named where it is used:
 * Student's t over the seeds of a configuration, and the bootstrap over pairs of trials where there are enough.
 */
import { cumulativeStdNormalProbability, mean, quantileSorted, sampleVariance } from 'simple-statistics';
import { randomStream } from '../random.ts';
import type { StreamKey } from '../random.ts';
import { criticalT } from './student-t.ts';

const BOOTSTRAP_RESAMPLES = 10_000;
/** Above this, 2ⁿ⁻¹ sign patterns are too many to list, and as many as the bootstrap's resamples are drawn instead. */
const MOST_PAIRS_LISTED = 20;
const SIGNIFICANCE_LEVEL = 0.05;
const CONFIDENCE = 1 - SIGNIFICANCE_LEVEL;
/**
 * Fewest pairs whose smallest two-sided sign-flip p, 2 / 2ⁿ, is below 5 %. Of fewer, no bootstrap interval can hold 95 %
 * either: it lies between the smallest and the largest difference, and both are on one side of the truth that often.
 */
export const FEWEST_PAIRS = 6;

/** A mean with its interval, of 95 % where nothing else is said; `low` and `high` are null where fewer than two values leave the spread unknown. */
export interface Interval {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Estimate extends Interval {
  readonly values: readonly number[];
}

export interface PairedDifference extends Estimate {
  /** Two-sided sign-flip permutation p-value of "the mean difference is 0". */
  readonly p: number;
  /** Where the interval comes from: below six pairs there are too few to resample. */
  readonly method: 'student' | 'bootstrap';
}

/** Confidence of each of several intervals that are all to hold at once in 95 % of cases (Bonferroni). */
export function simultaneousConfidence(intervals: number): number {
  return 1 - SIGNIFICANCE_LEVEL / Math.max(1, intervals);
}

function studentInterval(
  center: number,
  standardError: number,
  degreesOfFreedom: number,
  confidence: number,
): Interval {
  const half = criticalT(degreesOfFreedom, confidence) * standardError;
  return { mean: center, low: center - half, high: center + half };
}

/** Mean of at least one value with its Student t interval (n − 1 degrees of freedom). */
export function estimate(values: readonly number[], confidence = CONFIDENCE): Estimate {
  const sample = [...values];
  const center = mean(sample);
  if (sample.length < 2) return { mean: center, low: null, high: null, values: sample };
  const standardError = Math.sqrt(sampleVariance(sample) / sample.length);
  return { ...studentInterval(center, standardError, sample.length - 1, confidence), values: sample };
}

/**
 * Mean of `right` minus mean of `left`, unpaired, with an interval: Welch's, whose Welch–Satterthwaite degrees of
 * freedom are rounded down, which can only widen it. Where one side has a single value, the other's variance is taken
 * for both (Student's two-sample t); where both have, the ends are null.
 */
export function unpairedDifference(
  left: readonly number[],
  right: readonly number[],
  confidence = CONFIDENCE,
): Interval {
  const center = mean([...right]) - mean([...left]);
  const [leftSpread, rightSpread] = [spreadOf(left), spreadOf(right)];
  if (leftSpread === undefined || rightSpread === undefined) {
    const { variance, freedom } = leftSpread ?? rightSpread ?? {};
    if (variance === undefined || freedom === undefined) return { mean: center, low: null, high: null };
    const standardError = Math.sqrt(variance * (1 / left.length + 1 / right.length));
    return studentInterval(center, standardError, freedom, confidence);
  }
  const leftShare = leftSpread.variance / left.length;
  const rightShare = rightSpread.variance / right.length;
  const total = leftShare + rightShare;
  if (total === 0) return { mean: center, low: center, high: center };
  const weight = leftShare / total;
  const freedom = 1 / (weight ** 2 / leftSpread.freedom + (1 - weight) ** 2 / rightSpread.freedom);
  // A whole quotient must not be lost to rounding; it is at least 1.
  return studentInterval(center, Math.sqrt(total), Math.max(1, Math.floor(freedom + 1e-9)), confidence);
}

function spreadOf(values: readonly number[]): { readonly variance: number; readonly freedom: number } | undefined {
  return values.length < 2 ? undefined : { variance: sampleVariance([...values]), freedom: values.length - 1 };
}

/**
 * Mean of at least one paired difference, with its 95 % interval and the sign-flip permutation p-value. The interval is
 * the expanded percentile bootstrap over pairs (10,000 resamples, quantiles by R's type 7), or Student's t where there
 * are fewer than six. Deterministic: the same `name` draws the same resamples.
 */
export function pairedDifference(differences: readonly number[], name: string): PairedDifference {
  const values = [...differences];
  const center = mean(values);
  const p = signFlipP(values, ['sign-flip', name]);
  if (values.length < FEWEST_PAIRS) return { ...estimate(values), p, method: 'student' };
  const means = bootstrapMeans(values, ['bootstrap', name]);
  const tail = bootstrapTail(values.length);
  const [low, high] = [quantileSorted(means, tail), quantileSorted(means, 1 - tail)];
  return { mean: center, low, high, values, p, method: 'bootstrap' };
}

/**
 * Share of the resamples to cut off at each end of a 95 % interval. Plain percentiles, 2.5 %, are too narrow for few
 * values (they hold 89 % of the time for six): resamples spread less than the mean does, by √((n − 1)/n), and know their
 * spread only roughly. Cutting off less makes up for both (Hesterberg 2015, "expanded percentile interval").
 */
function bootstrapTail(n: number): number {
  return cumulativeStdNormalProbability(-Math.sqrt(n / (n - 1)) * criticalT(n - 1, CONFIDENCE));
}

function bootstrapMeans(values: readonly number[], key: StreamKey): number[] {
  const stream = randomStream(key);
  const means = Array.from({ length: BOOTSTRAP_RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[stream.below(values.length)]!;
    return sum / values.length;
  });
  return means.sort((a, b) => a - b);
}

/**
 * Two-sided p-value of the paired permutation test: the share of all 2ⁿ sign patterns whose |sum| reaches the observed
 * one. Exact up to 20 pairs; beyond, of 10,000 random patterns, counting the observed one among them.
 */
export function signFlipP(differences: readonly number[], key: StreamKey = ['sign-flip']): number {
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  const scale = differences.reduce((sum, value) => sum + Math.abs(value), 0);
  // Patterns that tie with the observed one must not be lost to rounding.
  const reaches = (sum: number): boolean => Math.abs(sum) >= observed - 1e-9 * scale;
  return differences.length <= MOST_PAIRS_LISTED
    ? listPatterns(differences, reaches)
    : drawPatterns(differences, reaches, key);
}

/** A pattern and its mirror image have the same |sum|, so the first sign stays; a Gray code flips one sign at a time. */
function listPatterns(differences: readonly number[], reaches: (sum: number) => boolean): number {
  const signed = [...differences];
  const patterns = 2 ** (differences.length - 1);
  let sum = signed.reduce((total, value) => total + value, 0);
  let extreme = 1;
  for (let pattern = 1; pattern < patterns; pattern++) {
    const flipped = 32 - Math.clz32(pattern & -pattern);
    signed[flipped] = -signed[flipped]!;
    sum += 2 * signed[flipped];
    if (reaches(sum)) extreme++;
  }
  return extreme / patterns;
}

function drawPatterns(differences: readonly number[], reaches: (sum: number) => boolean, key: StreamKey): number {
  const stream = randomStream(key);
  let extreme = 1;
  for (let draw = 1; draw < BOOTSTRAP_RESAMPLES; draw++) {
    const sum = differences.reduce((total, value) => total + (stream.below(2) === 0 ? value : -value), 0);
    if (reaches(sum)) extreme++;
  }
  return extreme / BOOTSTRAP_RESAMPLES;
}

/** Whether the interval can't tell the value from 0; so too where there is no interval. */
export function includesZero({ low, high }: Interval): boolean {
  return low === null || high === null || (low <= 0 && high >= 0);
}

/** Whether both the bootstrap interval and the permutation test tell the difference from 0 at 5 %. */
export function isSignificant(difference: PairedDifference): boolean {
  return !includesZero(difference) && difference.p < SIGNIFICANCE_LEVEL;
}

/** Says so where `pairs` are too few for any difference to be significant at 5 %. */
export function tooFewPairsNote(pairs: number): string | undefined {
  if (pairs >= FEWEST_PAIRS) return undefined;
  const smallest = 2 / 2 ** pairs;
  return (
    `${pairs === 1 ? '1 pair' : `${pairs} pairs`}: the smallest possible p is ${smallest}, so no difference can be ` +
    `significant at 5 %; it takes ${FEWEST_PAIRS} pairs or more (8 to 10 seeds are a good number)`
  );
}
