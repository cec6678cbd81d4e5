import { randomStream } from '../random.ts';
import type { SamplerChoice } from './auto.ts';
import type { Observation } from './history.ts';
import { hypervolume } from './hypervolume.ts';
import { nonDominated, type LossVector } from './non-dominated.ts';
import type { Point } from './space.ts';
import { MAX_GOOD } from './tpe.ts';

/** What a finished configuration came to in several objectives. */
export interface TradedObservation {
  readonly point: Point;
  /** Null where it failed or diverged. */
  readonly losses: LossVector | null;
  /** Standard errors of these; null where one isn't known. */
  readonly errors: readonly (number | null)[];
}

/**
 * Several losses as one, for samplers of one, at the proposal of this index. `tpe` reads but the order of losses: it gets places
 * in an order of all. `bayes` reads values: it gets a weighted one, with other weights at each proposal.
 */
export function asOneLoss(
  sampler: SamplerChoice,
  observations: readonly TradedObservation[],
  seed: number,
  index: number,
): Observation[] {
  return sampler === 'tpe' ? ranked(observations) : scalarised(observations, seed, index);
}

/** How much the sum of all counts beside the worst: of two that are as bad in that, the better in the others wins. */
const AUGMENTATION = 0.05;

/**
 * The augmented Tchebycheff function max wᵢfᵢ + ρ Σ wᵢfᵢ, whose minima under all weights w are the whole Pareto set, whatever
 * its shape, with weights from a keyed stream, even over all ways to share one (ParEGO: Knowles 2006). Losses fᵢ are
 * measured in the extent of the Pareto set so far: no collapsed trial sets the scale.
 */
export function scalarised(observations: readonly TradedObservation[], seed: number, index: number): Observation[] {
  const known = lossesIn(observations);
  const [first] = known;
  if (first === undefined) return observations.map(({ point }) => ({ point, loss: null, error: null }));
  const front = nonDominated(known, (losses) => losses);
  const shares = sharesOf(first.length, seed, index);
  const weights = shares.map((share, i) => share / (extent(front, i) || extent(known, i) || 1));
  const least = weights.map((_, i) => Math.min(...known.map((losses) => losses[i]!)));
  return observations.map(({ point, losses, errors }) => {
    if (losses === null) return { point, loss: null, error: null };
    const terms = weights.map((weight, i) => weight * (losses[i]! - least[i]!));
    const worst = terms.indexOf(Math.max(...terms));
    const loss = terms[worst]! + AUGMENTATION * terms.reduce((sum, term) => sum + term, 0);
    const slopes = weights.map((weight, i) => weight * (AUGMENTATION + (i === worst ? 1 : 0)));
    const isKnown = errors.every((error) => error !== null);
    return { point, loss, error: isKnown ? Math.hypot(...slopes.map((slope, i) => slope * errors[i]!)) : null };
  });
}

/** Shares of one, even over all there are. */
function sharesOf(objectives: number, seed: number, index: number): number[] {
  const random = randomStream(['propose', seed, 'weights', index]);
  const parts = Array.from({ length: objectives }, () => -Math.log(1 - random.uniform()));
  const sum = parts.reduce((all, part) => all + part, 0);
  return parts.map((part) => part / sum);
}

/** Beyond the worst, by so much of the extent: the ends of a front add to its volume, too. */
const BEYOND = 0.1;

/**
 * By fronts: the Pareto set, then that of the rest, and so on; within one, each next adds the most to the hypervolume of those
 * before it (as MOTPE does: Ozaki et al. 2022). Only the first places are told apart within a front, as no more are good ones to `tpe`.
 */
export function ranked(observations: readonly TradedObservation[]): Observation[] {
  const known = lossesIn(observations);
  const reference = (known[0] ?? []).map((_, i) => {
    return Math.max(...known.map((losses) => losses[i]!)) + BEYOND * (extent(known, i) || 1);
  });
  const places = new Map<LossVector, number>();
  for (let left = known; left.length > 0; left = left.filter((one) => !places.has(one))) {
    const front = new Set(nonDominated(left, (losses) => losses));
    const chosen: LossVector[] = [];
    while (front.size > 0 && places.size < MAX_GOOD) {
      const next = largest([...front], (one) => hypervolume([...chosen, one], reference));
      front.delete(next);
      chosen.push(next);
      places.set(next, places.size);
    }
    const last = places.size;
    for (const one of front) places.set(one, last);
  }
  return observations.map(({ point, losses }) => {
    return { point, loss: losses === null ? null : places.get(losses)!, error: null };
  });
}

function lossesIn(observations: readonly TradedObservation[]): LossVector[] {
  return observations.flatMap(({ losses }) => (losses === null ? [] : [losses]));
}

function largest<Item>(items: readonly Item[], value: (item: Item) => number): Item {
  const values = items.map(value);
  return items[values.indexOf(Math.max(...values))]!;
}

function extent(losses: readonly LossVector[], objective: number): number {
  const values = losses.map((one) => one[objective]!);
  return Math.max(...values) - Math.min(...values);
}
