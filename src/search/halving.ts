/**
 * Who goes on from a rung. All rules of pruning are this one, with other rungs, cohorts and shares (pruning.ts): whoever is
 * compared has trained for equally many epochs, so a decision depends on results alone. With a whole plan as the cohort it
 * is synchronous successive halving (Jamieson & Talwalkar 2016).
 */
import type { Goal } from '../metrics/metric.ts';

/** The epochs after which configurations are judged: all before the last epoch; each at `factor` times the one before. */
export function rungsOf(minEpochs: number, factor: number, epochs: number): number[] {
  const rungs: number[] = [];
  for (let epoch = minEpochs; epoch < epochs; epoch *= factor) rungs.push(epoch);
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

export interface RungVerdict {
  readonly verdict: (typeof VERDICTS)[number];
  /** From 1, among so many of its family; both null where it is not judged. */
  readonly place: number | null;
  readonly among: number | null;
}

/** How many of so many go on. */
export type Share = (among: number) => number;

/**
 * Who goes on from a rung: whoever is among the first `share` of its family, at least the first, and has a value.
 * `before` are compared with and not judged. Of equals the first is better, and those `before` come first. In the order of
 * the contenders.
 */
export function judgeRung(
  contenders: readonly Contender[],
  before: readonly Contender[],
  share: Share,
  goal: Goal,
): RungVerdict[] {
  const verdicts = new Map<Contender, RungVerdict>();
  const judged = [...before, ...contenders].filter(({ isAnnealing }) => !isAnnealing);
  for (const family of Map.groupBy(judged, (contender) => contender.family).values()) {
    const among = family.length;
    const promoted = Math.max(1, share(among));
    for (const [index, contender] of family.toSorted((a, b) => order(a, b, goal)).entries()) {
      const goesOn = index < promoted && contender.value !== null;
      verdicts.set(contender, { verdict: goesOn ? 'promoted' : 'pruned', place: index + 1, among });
    }
  }
  return contenders.map((contender) => verdicts.get(contender) ?? { verdict: 'not judged', place: null, among: null });
}

function order(a: Contender, b: Contender, goal: Goal): number {
  if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
  return goal === 'maximize' ? b.value - a.value : a.value - b.value;
}
