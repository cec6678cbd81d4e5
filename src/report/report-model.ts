import type { SweepState } from '../store/read-model.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';
import type { Goal } from './metric.ts';
import type { Params } from './parameters.ts';
import type { Estimate, Interval } from './statistics.ts';
import type { TrainedOn } from './trained-on.ts';

/**
 * How a configuration's mean differs from the best one's, in the metric's own units. The intervals of all configurations
 * hold together in 95 % of cases.
 */
export interface DifferenceToBest extends Interval {
  /**
   * `paired`: Student t over the differences at shared seeds, two or more. `unpaired`: otherwise, Welch's interval.
   * The ends are null where both have a single seed.
   */
  readonly method: 'paired' | 'unpaired';
}

/** One configuration with its seeds folded. */
export interface ConfigurationSummary {
  /** 1-based; null if no completed trial has the ranked metric. */
  readonly rank: number | null;
  readonly configId: ConfigId;
  readonly params: Params;
  readonly trainedOn: TrainedOn;
  /** Completed seeds that have the ranked metric. */
  readonly n: number;
  /** Seeds in the plan. */
  readonly planned: number;
  /** Can't be told from the best (see `summarize`); of the best itself: another can't be told from it. */
  readonly tied: boolean;
  /** Null for the best itself and for what has no rank. */
  readonly vsBest: DifferenceToBest | null;
  /** Every metric of its completed trials at their best epochs, and `seconds` and `trainable_weights`. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Completed trials by seed; the order of every `values`. */
  readonly trials: readonly TrialId[];
}

export const WARNING_KINDS = [
  'diverged',
  'failed',
  'collapsed',
  'unfinished',
  'few_seeds',
  'seeds_missing',
  'weighted_objective',
] as const;

export interface Warning {
  readonly kind: (typeof WARNING_KINDS)[number];
  /** One plain sentence, without the ids of many trials. */
  readonly message: string;
  readonly trials: readonly TrialId[];
}

/** All that `sweep report` says, whatever the format. */
export interface ReportModel {
  readonly sweep: string;
  /** The filter that chose the trials, as text. */
  readonly where: string | null;
  readonly state: SweepState;
  readonly metric: string;
  readonly goal: Goal;
  /** `best`, or `last` where nothing was held out to choose an epoch by. */
  readonly epoch: 'best' | 'last';
  readonly trials: Readonly<Record<'total' | TrialState, number>>;
  /** Null for a sweep without trials. */
  readonly trainedOn: TrainedOn | null;
  /** Every parameter, those of the spec first. */
  readonly parameters: readonly string[];
  /** Parameters that differ, in the same order: the columns of a table. */
  readonly differing: readonly string[];
  /** What is the same everywhere, with `epochs` and `batch_size`; parameters of one architecture only among them. */
  readonly constants: readonly { readonly name: string; readonly value: unknown; readonly isPartial: boolean }[];
  /** Best first; then, unless only the best were asked for, those without a rank. */
  readonly configurations: readonly ConfigurationSummary[];
  /** Ranked configurations that were left out because only the best were asked for. */
  readonly omitted: number;
  readonly warnings: readonly Warning[];
  /** Commands that lead on. */
  readonly next: readonly string[];
}
