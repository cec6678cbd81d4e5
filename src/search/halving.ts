/**
 * Synchronous successive halving (Jamieson & Talwalkar 2016) in closed cohorts: whoever is compared has trained for equally
 * many epochs, and nobody is judged before all of a cohort are there. So a decision depends on results alone.
 */
import type { Goal } from '../metrics/metric.ts';

export interface Halving {
  /** The epoch of the first rung; each further one is at `eta` times as many. */
  readonly minEpochs: number;
  /** One in so many goes on from a rung. */
  readonly eta: number;
}

/** The epochs after which configurations are judged: all before the last epoch. */
export function rungsOf({ minEpochs, eta }: Halving, epochs: number): number[] {
  const rungs: number[] = [];
  for (let epoch = minEpochs; epoch < epochs; epoch *= eta) rungs.push(epoch);
  return rungs;
}

/** A configuration at a rung. */
export interface Contender {
  /** Values of two families have no common scale. */
  readonly family: string;
  /** Mean over its seeds at the rung's epoch; null where a seed failed or diverged: that counts as the worst there is. */
  readonly value: number | null;
  /** Its objective isn't yet what it is to be: it goes on, and takes nobody's place. */
  readonly isAnnealing: boolean;
}

export const VERDICTS = ['promoted', 'pruned', 'not judged'] as const;

export interface Verdict {
  readonly verdict: (typeof VERDICTS)[number];
  /** From 1, among so many of its family; both null where it is not judged. */
  readonly place: number | null;
  readonly among: number | null;
}

/**
 * Who goes on from a rung: of each family one in `eta` (rounded down), and at least one that has a value. Of equals the
 * first does. In the order of the contenders.
 */
export function judgeRung(contenders: readonly Contender[], { eta }: Pick<Halving, 'eta'>, goal: Goal): Verdict[] {
  const verdicts = new Map<Contender, Verdict>();
  const judged = contenders.filter(({ isAnnealing }) => !isAnnealing);
  for (const family of Map.groupBy(judged, (contender) => contender.family).values()) {
    const among = family.length;
    const promoted = Math.max(1, Math.floor(among / eta));
    for (const [index, contender] of family.toSorted((a, b) => order(a, b, goal)).entries()) {
      const goesOn = index < promoted && contender.value !== null;
      verdicts.set(contender, { verdict: goesOn ? 'promoted' : 'pruned', place: index + 1, among });
    }
  }
  return contenders.map((contender) => verdicts.get(contender) ?? { verdict: 'not judged', place: null, among: null });
}

/** How many of a cohort of `size`, all of one family, go on from each rung. */
export function survivorsOf(size: number, halving: Halving, epochs: number): number[] {
  let alive = size;
  return rungsOf(halving, epochs).map(() => (alive = Math.min(alive, Math.max(1, Math.floor(alive / halving.eta)))));
}

/** The epochs that each of such a cohort trains, in the order of their places at the end. */
export function expectedEpochs(size: number, halving: Halving, epochs: number): number[] {
  const rungs = rungsOf(halving, epochs);
  const survivors = survivorsOf(size, halving, epochs);
  return Array.from({ length: size }, (_, place) => {
    const leaves = survivors.findIndex((alive) => place >= alive);
    return leaves < 0 ? epochs : rungs[leaves]!;
  });
}

function order(a: Contender, b: Contender, goal: Goal): number {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  return goal === 'maximize' ? b.value - a.value : a.value - b.value;
}
