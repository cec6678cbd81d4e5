/** The ways to leave configurations behind: one definition each. */
import { hyperbandBrackets, shareOut, type Bracket } from './hyperband.ts';
import { rungsOf, type Share } from './halving.ts';

export const PRUNING_METHODS = ['halving', 'hyperband', 'asha', 'median'] as const;
export type PruningMethod = (typeof PRUNING_METHODS)[number];

export interface Pruning {
  readonly method: PruningMethod;
  /** The epoch of the first rung; each further one is at `eta` times as many. */
  readonly minEpochs: number;
  /** One in so many goes on from a rung. */
  readonly eta: number;
  /** How many configurations make a cohort; null where that is all there are. */
  readonly cohortSize: number | null;
}

/** Who is compared at a rung besides the cohort: nobody; earlier cohorts' that have got there; all of these cohorts. */
export type ComparedWith = 'the cohort' | 'those that got there' | 'all before';

interface Definition {
  readonly description: string;
  readonly comparedWith: ComparedWith;
  /** Its `eta` is the spec's to say. */
  readonly takesEta: boolean;
}

export const PRUNING: Readonly<Record<PruningMethod, Definition>> = {
  halving: {
    description:
      'halving: at each rung all configurations of a cohort are compared after equally many epochs, and the best one in eta goes on',
    comparedWith: 'the cohort',
    takesEta: true,
  },
  hyperband: {
    description:
      'hyperband: the same in brackets, of which each begins at a later rung and the last trains all to the end',
    comparedWith: 'the cohort',
    takesEta: true,
  },
  // In cohorts one after another (Li et al. 2020 promote as results arrive; the closed form here doesn't depend on that).
  asha: {
    description:
      'asha: halving in small cohorts, each compared with those of earlier cohorts that got as far, so that no slot waits for the whole plan',
    comparedWith: 'those that got there',
    takesEta: true,
  },
  // Who was pruned counts as worse: without that, each rung would halve again what is left, and it would be asha with eta 2.
  median: {
    description:
      'median: in small cohorts, whoever is no worse than the median of all so far goes on, where those pruned earlier count as worse; the rungs double',
    comparedWith: 'all before',
    takesEta: false,
  },
};

/** Rungs of a method without an `eta` of its own double, and half goes on. */
export const MEDIAN_ETA = 2;

export function allRungs({ minEpochs, eta }: Pruning, epochs: number): number[] {
  return rungsOf(minEpochs, eta, epochs);
}

/** Only hyperband has several. */
export function bracketsOf(pruning: Pruning, epochs: number): Bracket[] {
  const rungs = allRungs(pruning, epochs);
  return pruning.method === 'hyperband' ? hyperbandBrackets(rungs, pruning.eta) : [{ rungs, weight: 1 }];
}

export function shareOf({ method, eta }: Pruning): Share {
  return method === 'median' ? (among) => Math.ceil(among / 2) : (among) => Math.floor(among / eta);
}

/** How many of a cohort, or of all that there are, are expected to go on from each of these rungs. */
function survivorsAt(pruning: Pruning, size: number, rungs: readonly number[]): number[] {
  const share = shareOf(pruning);
  const isOnce = PRUNING[pruning.method].comparedWith === 'all before';
  let alive = size;
  return rungs.map((_, i) => (isOnce && i > 0 ? alive : (alive = Math.min(alive, Math.max(1, share(alive))))));
}

/** A bracket with so many configurations, and how many of them go on from each of its rungs. */
export interface ExpectedBracket {
  readonly rungs: readonly number[];
  readonly size: number;
  readonly survivors: readonly number[];
}

/** What becomes of `size` configurations that are compared with each other. */
export function expectedBrackets(pruning: Pruning, size: number, epochs: number): ExpectedBracket[] {
  const brackets = bracketsOf(pruning, epochs);
  return shareOut(size, brackets).map((count, i) => {
    const { rungs } = brackets[i]!;
    return { rungs, size: count, survivors: survivorsAt(pruning, count, rungs) };
  });
}

/** The epochs that each of so many configurations is expected to train, most first, whichever it will be. */
export function expectedEpochs(pruning: Pruning, size: number, epochs: number): number[] {
  const { cohortSize } = pruning;
  const isCompared = PRUNING[pruning.method].comparedWith === 'the cohort' && pruning.method !== 'hyperband';
  const whole = isCompared && cohortSize !== null ? cohortSize : size;
  const one = (count: number): number[] =>
    expectedBrackets(pruning, count, epochs).flatMap(({ rungs, size: alive, survivors }) =>
      Array.from({ length: alive }, (_, place) => {
        const leaves = survivors.findIndex((left) => place >= left);
        return leaves < 0 ? epochs : rungs[leaves]!;
      }),
    );
  const all = Array.from({ length: Math.ceil(size / Math.max(1, whole)) }, (_, i) => {
    return one(Math.min(whole, size - i * whole));
  });
  return all.flat().sort((a, b) => b - a);
}
