import type { SampleNoun } from '../../text/sample-noun.ts';
import type { TrialId } from '../../trial/trial.ts';
import type { BitClassCount } from '../bit-classes.ts';
import type { Filter } from '../filter.ts';
import type { Goal } from '../../metrics/metric.ts';
import type { Pair } from '../statistics/pairing.ts';
import type { Interval, PairedDifference } from '../statistics/statistics.ts';
import type { TrainedOn } from '../trained-on.ts';

/** Of the right side; `unclear` if not significant at 5 %. */
export type ComparisonVerdict = 'better' | 'worse' | 'unclear';

export interface ComparedSide {
  /** The sweep it is of, where the sides are of several; then the filter may be without a term. */
  readonly sweep: string | null;
  readonly filter: Filter;
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
  /** Null if neither direction is better by itself; of the objective the comparison's. */
  readonly verdict: ComparisonVerdict | null;
}

export interface Comparison {
  readonly sweep: string;
  /** What all trials compared have in common, beside what the sides say; null where nothing was asked. */
  readonly where: Filter | null;
  readonly metric: string;
  readonly goal: Goal;
  /**
   * By the objective; `unclear` where the side ahead diverged more often, and by the divergences alone where those are
   * significant.
   */
  readonly verdict: ComparisonVerdict;
  /** By how much of the objective which side is ahead, over pairs that completed on both sides; null without any. */
  readonly lead: {
    /** `right` also where the sides are equal. */
    readonly ahead: 'left' | 'right';
    /** Not negative, as `low` is no more than `high`. */
    readonly by: Interval;
    readonly pairs: number;
    /** So few pairs that a difference which can't be told from chance may yet be large. */
    readonly isByFew: boolean;
  } | null;
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /** Completed on both sides. */
  readonly pairs: readonly Pair[];
  /** How many seeds these have. */
  readonly seeds: number;
  /** Trials of these that ended worse than a constant image. */
  readonly failures: readonly TrialId[];
  /** Two-sided p of "both sides diverge as often", by pairs in which one diverged and the other completed; null without any. */
  readonly divergenceP: number | null;
  readonly isDivergenceSignificant: boolean;
  /** Pairs the plan has, completed or not. */
  readonly plannedPairs: number;
  /** A trial of any of these diverged or failed. */
  readonly hasLost: boolean;
  /** What computed the trials of these pairs, where it was more than one class. */
  readonly bitClasses: readonly BitClassCount[];
  /** Parameters in which the two trials of a pair may differ. */
  readonly differs: readonly string[];
  /** What is the same within a pair and varies between pairs. */
  readonly varies: readonly string[];
  /** The objective first; none where no pair completed on both sides. */
  readonly metrics: readonly ComparedMetric[];
  /** Right over left, of the means; null where unknown. */
  readonly ratio: { readonly trainableWeights: number | null; readonly seconds: number | null };
  /** In which of the two the sides differ by more than their measurement. */
  readonly unequal: readonly (keyof Comparison['ratio'])[];
  /** Trials of the sweep that earlier plans named; none of them is compared. */
  readonly outside: number;
  /** Those of them that an earlier version's arithmetic computed: the present plan trains its own. */
  readonly outdated: number;
  /** Of all pairs: what differs in it has no common scale. */
  readonly trainedOn: TrainedOn;
  readonly noun: SampleNoun;
}
