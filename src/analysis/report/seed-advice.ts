import { errorFunction, mean } from 'simple-statistics';
import { foldSeeds, hasLost, type Configuration } from '../ranking.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { ConfigurationSummary } from './report-model.ts';
import { noiseOfFirstTwo, plannedInterval, type SeedValues } from './versus-best.ts';

/** The chance that is wanted of telling #1 from #2, should they differ by as much as they do now. */
export const WANTED_POWER = 0.8;

/** More seeds than that in all are not worth what they tell. */
export const MOST_SEEDS = 50;

/** What it would take to tell #1 from #2, where the seeds can't yet. */
export interface SeedAdvice {
  /** How far they are apart now, in the metric's unit; not negative. */
  readonly gap: number;
  /** Seeds that both have. */
  readonly seeds: number;
  /** In all; null where `MOST_SEEDS` would not do. */
  readonly needed: number | null;
  /** The seeds that a run must ask for to have as many, those of today among them; null as above. */
  readonly list: readonly number[] | null;
  /** Trials that it would add to the sweep, and how long they took so far, on average; null as above. */
  readonly cost: { readonly trials: number; readonly secondsEach: number } | null;
  /** The seeds are of those that are confirmed, and `list` has those they were chosen by. */
  readonly isOfConfirmed: boolean;
}

/**
 * The power of the report's own test (see versus-best.ts) for #1 and #2, should their true difference be today's and
 * the noise today's pooled one. Null where they are told apart, or nothing is known of the noise, or trials are open.
 * @param ranked the configurations that can be told apart by their seeds
 * @param trials of the present plan, all of which another seed would train
 */
export function adviseSeeds(
  ranked: readonly Configuration[],
  configurations: readonly ConfigurationSummary[],
  valuesBySeed: readonly SeedValues[],
  trials: readonly TrialRecord[],
  isOfConfirmed = false,
): SeedAdvice | null {
  const [first, second] = configurations;
  if (first?.standing !== 'best' || (second?.standing !== 'tied' && second?.standing !== 'unclear')) return null;
  if (trials.length === 0 || second.vsBest?.method !== 'paired') return null;
  const noise = noiseOfFirstTwo(valuesBySeed);
  if (noise === null || !(noise.variance > 0)) return null;
  const gap = Math.abs(second.vsBest.mean);
  const { seeds, variance } = noise;
  const whole = ranked.filter((one) => !hasLost(one)).length;
  const found = seedsToTell(gap / Math.sqrt(variance), whole);
  const needed = found === null ? null : Math.max(found, seeds + 1);
  if (needed === null) return { gap, seeds, needed: null, list: null, cost: null, isOfConfirmed };
  const list = withMoreSeeds([...new Set(trials.map(({ seed }) => seed))], needed - seeds);
  const configured = foldSeeds(trials);
  const added = configured.reduce((sum, one) => sum + list.length - one.trials.length, 0);
  const cost = { trials: added, secondsEach: mean(trials.map(({ seconds }) => seconds)) };
  return { gap, seeds, needed, list, cost, isOfConfirmed };
}

/**
 * How many seeds each of so many configurations needs for a difference of two of them to be told with `WANTED_POWER`.
 * @param effect the true difference, in standard deviations of a single seed's difference
 * @returns at least 2; null where it is more than `MOST_SEEDS`
 */
export function seedsToTell(effect: number, configurations: number): number | null {
  if (powerToTell(effect, configurations, MOST_SEEDS) < WANTED_POWER) return null;
  let [low, high] = [1, MOST_SEEDS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (powerToTell(effect, configurations, middle) < WANTED_POWER) low = middle;
    else high = middle;
  }
  return high;
}

/** Width of the steps of the integral below, in standard deviations of log s, which is about 1 / √2ν. */
const STEP = 0.1;

/**
 * The chance that the interval of a paired difference leaves out 0 on the right side. Its estimate of the difference is
 * normal; that of the variance is a part of χ² with the difference's own freedom, and a part that is the common noise,
 * taken as known: E Φ(√n · effect − critical · √(V / σ²)) over V.
 * @param effect as above @param seeds 2 or more
 */
export function powerToTell(effect: number, configurations: number, seeds: number): number {
  const { own, prior, freedom, critical } = plannedInterval(configurations, seeds);
  const step = STEP / Math.sqrt(2 * own);
  let [total, weight] = [0, 0];
  for (let u = -100 * step; u < 50 * step; u += step) {
    const s2 = Math.exp(2 * u);
    const density = Math.exp(own * (u - (s2 - 1) / 2));
    const error = Math.sqrt((own * s2 + prior) / freedom);
    weight += density;
    total += density * normalProbability(Math.sqrt(seeds) * effect - critical * error);
  }
  return total / weight;
}

function normalProbability(z: number): number {
  return (1 + errorFunction(z / Math.SQRT2)) / 2;
}

/** The seeds there are, and the smallest numbers that aren't among them. */
function withMoreSeeds(seeds: readonly number[], more: number): number[] {
  const all = new Set(seeds);
  for (let seed = 0; all.size < seeds.length + more; seed++) all.add(seed);
  return [...all].sort((a, b) => a - b);
}
