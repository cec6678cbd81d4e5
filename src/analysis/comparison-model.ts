import type { TrialId } from '../trial/trial.ts';
import type { Filter } from './filter.ts';
import type { Goal } from '../metrics/metric.ts';
import type { Pair } from './pairing.ts';
import type { PairedDifference } from './statistics.ts';
import type { TrainedOn } from './trained-on.ts';

export interface ComparedSide {
  readonly filter: Filter;
  /** `conv` if architecture=conv is all that is asked for, else the filter: `beta=4`. */
  readonly label: string;
  /** Completed trials that no trial of the other side matches. */
  readonly unmatched: readonly TrialId[];
  /** Its trials that ended without a result, of those in pairs that have ended on both sides. */
  readonly lost: { readonly diverged: number; readonly failed: number; readonly of: number };
}

export interface ComparedMetric {
  readonly name: string;
  /** Means over the pairs that have the metric on both sides. */
  readonly left: number;
  readonly right: number;
  /** Right minus left. */
  readonly difference: PairedDifference;
  readonly pairs: number;
  /**
   * Of the right side; `unclear` if not significant at 5 %, null if neither direction is better by itself. Of the
   * objective also `unclear` where the side ahead diverged more often, and by the divergences alone where those are
   * significant.
   */
  readonly verdict: 'better' | 'worse' | 'unclear' | null;
}

export interface Comparison {
  readonly sweep: string;
  readonly metric: string;
  readonly goal: Goal;
  /** The answer in plain words. */
  readonly sentence: string;
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /** Completed on both sides. */
  readonly pairs: readonly Pair[];
  /** Two-sided p of "both sides diverge as often", by pairs in which one diverged and the other completed; null without any. */
  readonly divergenceP: number | null;
  /** Pairs the plan has, completed or not. */
  readonly plannedPairs: number;
  /** Parameters in which the two trials of a pair may differ. */
  readonly differs: readonly string[];
  /** What is the same within a pair and varies between pairs. */
  readonly varies: readonly string[];
  /** The objective first; none where no pair completed on both sides. */
  readonly metrics: readonly ComparedMetric[];
  /** Right over left, of the means; null where unknown. */
  readonly ratio: { readonly trainableWeights: number | null; readonly seconds: number | null };
  readonly notes: readonly string[];
  /** Trials of the sweep that earlier plans named; none of them is compared. */
  readonly outside: number;
  /** Those of them that an earlier version's arithmetic computed: the present plan trains its own. */
  readonly outdated: number;
  /** Of all pairs: what differs in it has no common scale. */
  readonly trainedOn: TrainedOn;
}
