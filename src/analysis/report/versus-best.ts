/**
 * How far each configuration is from the best one, and whether the seeds can tell. One method, whatever the number of
 * seeds and configurations: a moderated paired t with Tukey's correction.
 *
 * - *Paired.* Trials that share a seed share their noise, so the differences at shared seeds are what counts.
 * - *Moderated* (Smyth 2004, "Linear models and empirical Bayes methods"): the variance of a difference is estimated from
 *   its own seeds and from the noise of all configurations together, which counts as `PRIOR_FREEDOM` more degrees of
 *   freedom. Two seeds alone know next to nothing of their noise; all seeds of the sweep together know much. Where the
 *   configurations are not equally noisy, each keeps a part of its own, and more of it with every seed.
 * - *Tukey's*, for the difference of any two: the best was picked by these same figures, so it could be any of them.
 *   All intervals hold together with 95 %.
 *
 * test/long/statistics-simulation.ts measures coverage, false alarms and power; docs/design/intervals.md has the reasons.
 */
import { mean, median } from 'simple-statistics';
import { CONFIDENCE, includesZero, type Interval } from '../statistics/statistics.ts';
import { criticalRange } from '../statistics/studentized-range.ts';

/**
 * Degrees of freedom that the common noise counts for beside a configuration's own. With 3, noise that differs between
 * configurations up to four times is covered from two seeds on (see the simulation); with more it is not.
 */
const PRIOR_FREEDOM = 3;

/**
 * A configuration whose own variance is so many times the usual one is wild, most often close to divergence: it has no
 * part in the common noise, which would drown the differences of all others.
 */
const WILD_VARIANCES = 400;

/** An interval that reaches no farther than the noise of a single seed's difference does (95 %) is worth calling a tie. */
const SHARP_DEVIATIONS = 2;

/** One configuration's values of the ranked metric, by seed. */
export type SeedValues = ReadonlyMap<number, number>;

/**
 * What the seeds say of a configuration beside the best. `worse`: told from it. `tied`: not told from it, by seeds that
 * tell another, or that are many. `unclear`: they can't tell yet: they are few and nothing in the sweep stands out from
 * their noise, or this one is so noisy that one further up can be told from the best and it can't.
 */
export type StandingToBest = 'worse' | 'tied' | 'unclear';

export interface DifferenceToBest extends Interval {
  /** `paired` over shared seeds; `unpaired` where there are none. The ends are null where no configuration has two seeds. */
  readonly method: 'paired' | 'unpaired';
  readonly standing: StandingToBest;
}

/** Differences to the first, in order of rank (best first, two or more). `sign` is 1 where more is better, else -1. */
export function differencesToBest(ranked: readonly SeedValues[], sign: 1 | -1): DifferenceToBest[] {
  const difference = differencesOf(ranked);
  const intervals = ranked.slice(1).map((values, i) => ({ values, ...toBest(difference(0, i + 1), ranked.length) }));
  const isAnyWorse = intervals.some((one) => isWorse(one, sign));
  let fewestSeedsOfWorse = Infinity;
  return intervals.map(({ values, isSharp, ...one }) => {
    if (isWorse(one, sign)) {
      fewestSeedsOfWorse = Math.min(fewestSeedsOfWorse, values.size);
      return { ...one, standing: 'worse' };
    }
    const isKnown = one.low !== null && (isAnyWorse || isSharp);
    return { ...one, standing: isKnown && values.size < fewestSeedsOfWorse ? 'tied' : 'unclear' };
  });
}

function isWorse(difference: Interval, sign: 1 | -1): boolean {
  return !includesZero(difference) && difference.mean * sign < 0;
}

/** The noise of single trials that all configurations share. */
interface Noise {
  readonly variance: number;
  /** Degrees of freedom it rests on; 0 where no configuration has two seeds. */
  readonly freedom: number;
}

/** Of trials by themselves, what their seeds share with other configurations included. */
function noiseOf(centred: readonly SeedValues[]): Noise {
  const freedom = sum(centred.map(({ size }) => size - 1));
  return { variance: freedom === 0 ? 0 : sum(centred.map(squares)) / freedom, freedom };
}

/** Of trials beside those of the same seed: without what these have in common. */
function pairedNoiseOf(centred: readonly SeedValues[]): Noise {
  const bySeed = valuesBySeed(centred);
  // A seed that a single configuration has would be its own effect, and leave no noise.
  const shared = centred
    .map((values) => new Map([...values].filter(([seed]) => bySeed.get(seed)!.length > 1)))
    .filter(({ size }) => size > 1)
    .map(centre);
  if (shared.length < 2) return noiseOf(centred);
  const effects = new Map([...valuesBySeed(shared)].map(([seed, values]) => [seed, mean(values)]));
  const residuals = shared.map(
    (values) => new Map([...values].map(([seed, value]) => [seed, value - effects.get(seed)!])),
  );
  const freedoms = shared.map(({ size }) => size - 1);
  const total = sum(freedoms);
  // As many degrees of freedom as there are seed effects went into the residuals.
  const variance = ((sum(residuals.map(squares)) / total) * shared.length) / (shared.length - 1);
  return { variance, freedom: total - Math.max(...freedoms) };
}

function valuesBySeed(centred: readonly SeedValues[]): Map<number, number[]> {
  const bySeed = new Map<number, number[]>();
  for (const values of centred) {
    for (const [seed, value] of values) {
      const others = bySeed.get(seed);
      if (others) others.push(value);
      else bySeed.set(seed, [value]);
    }
  }
  return bySeed;
}

function withoutWild(centred: readonly SeedValues[]): readonly SeedValues[] {
  if (centred.length === 0) return [];
  // The median of a variance with ν degrees of freedom is (1 − 2/9ν)³ of its mean (Wilson & Hilferty 1931).
  const variances = centred.map(
    (values) => squares(values) / (values.size - 1) / (1 - 2 / (9 * (values.size - 1))) ** 3,
  );
  const usual = median(variances);
  return centred.filter((_, i) => variances[i]! <= WILD_VARIANCES * usual);
}

function centre(values: SeedValues): SeedValues {
  const center = meanOf(values);
  return new Map([...values].map(([seed, value]) => [seed, value - center]));
}

function squares(values: SeedValues): number {
  return [...values.values()].reduce((total, value) => total + value ** 2, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

type Noises = Readonly<Record<'paired' | 'unpaired', Noise>>;

function noisesOf(all: readonly SeedValues[]): Noises {
  const centred = withoutWild(all.filter(({ size }) => size > 1).map(centre));
  return { paired: pairedNoiseOf(centred), unpaired: noiseOf(centred) };
}

/** Of two configurations the second less the first, by the seeds. */
export interface SeedDifference {
  readonly method: DifferenceToBest['method'];
  readonly mean: number;
  /** Standard error of the mean, and the degrees of freedom that it rests on: a whole number, 0 where nothing is known. */
  readonly error: number;
  readonly freedom: number;
  /** Standard deviation of the difference at a single seed. */
  readonly deviation: number;
}

/** The difference of any two of these configurations, by their place: paired and moderated, corrected for nothing. */
export function differencesOf(all: readonly SeedValues[]): (from: number, to: number) => SeedDifference {
  const noises = noisesOf(all);
  return (from, to) => seedDifference(all[from]!, all[to]!, noises);
}

function seedDifference(from: SeedValues, to: SeedValues, noise: Noises): SeedDifference {
  const differences = [...to].flatMap(([seed, value]) => (from.has(seed) ? [value - from.get(seed)!] : []));
  const method = differences.length > 0 ? 'paired' : 'unpaired';
  const parts =
    method === 'paired'
      ? [{ values: differences, common: 2 * noise.paired.variance }]
      : [from, to].map((values) => ({ values: [...values.values()], common: noise.unpaired.variance }));
  const moderated = parts.map(({ values, common }) => moderate(values, common, noise[method].freedom));
  return {
    method,
    mean: differences.length > 0 ? mean(differences) : meanOf(to) - meanOf(from),
    error: Math.sqrt(sum(moderated.map(({ variance }, i) => variance / parts[i]!.values.length))),
    freedom: Math.min(...moderated.map((part) => part.freedom)),
    deviation: Math.sqrt(sum(moderated.map(({ variance }) => variance))),
  };
}

function toBest(
  { method, mean, error, freedom, deviation }: SeedDifference,
  configurations: number,
): Omit<DifferenceToBest, 'standing'> & { readonly isSharp: boolean } {
  if (freedom === 0) return { method, mean, low: null, high: null, isSharp: false };
  const half = criticalRange(configurations, freedom, CONFIDENCE) * error;
  return { method, mean, low: mean - half, high: mean + half, isSharp: half <= SHARP_DEVIATIONS * deviation };
}

/** The noise of a single seed's difference of the first two, its own and the common one together. Null where it is unknown. */
export function noiseOfFirstTwo(
  ranked: readonly SeedValues[],
): { readonly seeds: number; readonly variance: number } | null {
  const [best, other] = ranked as [SeedValues, SeedValues];
  const centred = withoutWild(ranked.filter(({ size }) => size > 1).map(centre));
  const common = pairedNoiseOf(centred);
  const differences = [...other].flatMap(([seed, value]) => (best.has(seed) ? [value - best.get(seed)!] : []));
  const own = differences.length - 1;
  const prior = Math.min(PRIOR_FREEDOM, Math.max(0, common.freedom - own));
  if (own < 1 || own + prior === 0) return null;
  const variance = (squares(centre(new Map(differences.entries()))) + prior * 2 * common.variance) / (own + prior);
  return { seeds: differences.length, variance };
}

/**
 * What the interval of a paired difference is made of where each of `configurations` has so many `seeds`, two or more: the
 * variance of one seed's difference is estimated as (own · s² + `prior` · σ²) / `freedom`, σ² being the common noise.
 */
export function plannedInterval(configurations: number, seeds: number) {
  const own = seeds - 1;
  const commonFreedom = (configurations - 1) * own;
  const prior = Math.min(PRIOR_FREEDOM, commonFreedom - own);
  const freedom = own + prior;
  return { own, prior: prior * (1 + 1 / own), freedom, critical: criticalRange(configurations, freedom, CONFIDENCE) };
}

/** The variance of `values`, drawn towards the common one by as many degrees of freedom as that has left, at most three. */
function moderate(
  values: readonly number[],
  common: number,
  commonFreedom: number,
): { readonly variance: number; readonly freedom: number } {
  const own = values.length - 1;
  const prior = Math.min(PRIOR_FREEDOM, Math.max(0, commonFreedom - own));
  const freedom = own + prior;
  if (freedom === 0) return { variance: 0, freedom };
  const center = mean([...values]);
  const ownSquares = sum(values.map((value) => (value - center) ** 2));
  // With few seeds the common noise is itself known only roughly, and too little is worse than too much.
  const caution = 1 + 1 / Math.max(1, own);
  return { variance: (ownSquares + prior * caution * common) / freedom, freedom };
}

function meanOf(values: SeedValues): number {
  return mean([...values.values()]);
}
