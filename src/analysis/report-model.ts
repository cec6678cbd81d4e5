import type { SweepState } from '../store/read-model.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';
import type { Goal } from '../metrics/metric.ts';
import type { Params } from './parameters.ts';
import type { Estimate } from './statistics.ts';
import type { TrainedOn } from './trained-on.ts';
import type { DifferenceToBest, Standing } from './versus-best.ts';

/** One configuration with its seeds folded. */
export interface ConfigurationSummary {
  /** 1-based place in the order; null if no completed trial has the ranked metric. */
  readonly rank: number | null;
  readonly configId: ConfigId;
  readonly params: Params;
  readonly trainedOn: TrainedOn;
  /** Completed seeds that have the ranked metric. */
  readonly n: number;
  /** Seeds in the plan. */
  readonly planned: number;
  /** What the seeds say of it beside the best; `lost`: some of its seeds diverged or failed. Otherwise null without a rank or a goal. */
  readonly standing: 'best' | Standing | 'lost' | null;
  /** Its standing is `tied`; of the best itself: another's is. */
  readonly tied: boolean;
  /** Null for the best itself and for what lost seeds or has no rank. */
  readonly vsBest: DifferenceToBest | null;
  /** Seeds that ended without a result. */
  readonly lost: { readonly diverged: number; readonly failed: number };
  /** Every metric of its completed trials at their best epochs, and `seconds` and `trainable_weights`. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Completed trials by seed; the order of every `values`. */
  readonly trials: readonly TrialId[];
}

export const WARNING_KINDS = [
  'diverged',
  'failed',
  'worse_than_constant',
  'worse_after_best',
  'hardly_learnt',
  'collapsed',
  'unfinished',
  'few_seeds',
  'seeds_missing',
  'seeds_lost',
  'weighted_objective',
  'weights_lost',
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
  /** Null where the metric has no better end: nothing is best, tied or behind. */
  readonly goal: Goal | null;
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
  /** Best first (without a goal, largest first); then, unless only the best were asked for, those without a rank. */
  readonly configurations: readonly ConfigurationSummary[];
  /** Ranked configurations that were left out because only the best were asked for. */
  readonly omitted: number;
  /** How many digits of a trial's id to write; see `ReadModel.idLength`. */
  readonly idLength: number | undefined;
  /** Trials whose test images should have been looked at when the sweep ended, and were not. */
  readonly untested: readonly TrialId[];
  /** Trials of the sweep that earlier plans named; they take no part in anything above. */
  readonly outside: number;
  /** Those of them that an earlier version's arithmetic computed: the present plan trains its own. */
  readonly outdated: number;
  readonly warnings: readonly Warning[];
  /** Commands that lead on. */
  readonly next: readonly string[];
}
