import type { BitClassCount } from '../bit-classes.ts';
import type { Edge } from './edges.ts';
import type { SearchAccount } from '../search/search-account.ts';
import type { SeedAdvice } from './seed-advice.ts';
import type { LostWeights } from '../trial/lost-weights.ts';
import type { SampleNoun } from '../../text/sample-noun.ts';
import type { SweepState } from '../../store/read-model.ts';
import type { TrialState } from '../../trial/state.ts';
import type { ConfigId, TrialId } from '../../trial/trial.ts';
import type { Goal } from '../../metrics/metric.ts';
import type { Filter } from '../filter.ts';
import type { Params } from '../parameters.ts';
import type { RateDistortion } from './pareto.ts';
import type { Fall, Shortfall } from '../trial/shortfall.ts';
import type { Column } from '../table.ts';
import type { TradedSet } from './traded-set.ts';
import type { Estimate } from '../statistics/statistics.ts';
import type { TrainedOn } from '../trained-on.ts';
import type { VerdictKind } from '../trial/verdict.ts';
import type { DifferenceToBest, StandingToBest } from './versus-best.ts';

/** One configuration with its seeds folded. */
export interface ConfigurationSummary {
  /** 1-based place in the order; null if no completed trial has the ranked metric. */
  readonly rank: number | null;
  readonly configId: ConfigId;
  readonly params: Params;
  readonly trainedOn: TrainedOn;
  /** Completed seeds that have the ranked metric; of a confirmed configuration those that it wasn't chosen by. */
  readonly n: number;
  /** The same in the plan. */
  readonly planned: number;
  /** What the seeds say of it beside the best; `lost`: some of its seeds diverged or failed; `pruned`: it wasn't trained to the end; `screened`: it was chosen from, and isn't confirmed. Otherwise null without a rank or a goal. */
  readonly standing: 'best' | StandingToBest | 'lost' | 'pruned' | 'screened' | null;
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
  /** That any of its trials has. */
  readonly tags: readonly string[];
}

interface Affecting<Kind> {
  readonly kind: Kind;
  readonly trials: readonly TrialId[];
}

/** Of the parameters that differ, what all of some trials have in common; their seed where there is one trial. */
export interface Region {
  readonly region: Params;
  readonly seed: number | null;
}

/** What a reader must know before believing the ranking. */
export type Warning =
  | (Affecting<'diverged' | 'failed'> & Region & { readonly cause: string | null; readonly isOneCause: boolean })
  | (Affecting<'weights_lost'> & Region & { readonly first: LostWeights })
  | (Affecting<'worse_than_constant' | 'hardly_learnt'> &
      Region & { readonly worst: Shortfall; readonly clipNorm: number | null; readonly steps: number | null })
  | (Affecting<'worse_after_best'> & Region & { readonly first: Fall })
  /** Below how many nats; whether active units could be counted. */
  | (Affecting<'collapsed'> & Region & { readonly klBelow: number; readonly areUnitsCounted: boolean })
  /** How many there are of each verdict that no other warning tells; `trials`: those that aren't healthy. */
  | (Affecting<'verdicts'> & { readonly counts: Partial<Record<VerdictKind, number>> })
  /** By the filter, with these of its keys. */
  | (Affecting<'chosen_by_result'> & { readonly keys: readonly string[] })
  | Affecting<'unfinished'>
  | (Affecting<'seeds_lost'> & { readonly configurations: number; readonly isEvery: boolean })
  /** Of the best configuration. */
  | (Affecting<'seeds_missing'> & { readonly completed: number; readonly planned: number })
  /** `least` difference that could be told from chance, where that is known; `isAtMost`: some have fewer seeds. */
  | (Affecting<'few_seeds'> & { readonly seeds: number; readonly isAtMost: boolean; readonly least: number | null })
  /** Which classes computed how many of the trials that are ranked. */
  | (Affecting<'bit_classes'> & { readonly classes: readonly BitClassCount[] });

/** All that `sweep report` says, whatever the format. */
export interface ReportModel {
  readonly sweep: string;
  /** The filter that chose the trials. */
  readonly where: Filter | null;
  /** The metric that was asked for instead of the objective. */
  readonly by: string | null;
  /** With the trials outside the present plan. */
  readonly all: boolean;
  readonly state: SweepState;
  /** The sweep's own. */
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly metric: string;
  /** Null where the metric has no better end: nothing is best, tied or behind. */
  readonly goal: Goal | null;
  /** `best`, or `last` where nothing was held out to choose an epoch by. */
  readonly epoch: 'best' | 'last';
  readonly trials: Readonly<Record<'total' | TrialState, number>>;
  /** Null for a sweep without trials. */
  readonly trainedOn: TrainedOn | null;
  readonly noun: SampleNoun;
  /** Every parameter, those of the spec first. */
  readonly parameters: readonly string[];
  /** Parameters that differ, in the same order: the columns of a table. */
  readonly differing: readonly string[];
  /** What is the same everywhere, with `epochs` and `batch_size`; parameters of one architecture only among them. */
  readonly constants: readonly { readonly name: string; readonly value: unknown; readonly isPartial: boolean }[];
  /** Best first (without a goal, largest first); then, unless only the best were asked for, those without a rank. */
  readonly configurations: readonly ConfigurationSummary[];
  /** The same as a table. */
  readonly table: readonly Column[];
  /** Evaluated on the test images alone of all, which the table doesn't tell. */
  readonly tested: ConfigurationSummary | null;
  /** Ranked configurations that were left out because only the best were asked for. */
  readonly omitted: number;
  /** How many configurations have no rank, whether or not `configurations` has them. */
  readonly unranked: number;
  /** How many of all that are ranked, those among them, have which standing. */
  readonly standings: Readonly<Partial<Record<NonNullable<ConfigurationSummary['standing']>, number>>>;
  /** How many digits of a trial's id to write; see `ReadModel.idLength`. */
  readonly idLength: number | undefined;
  /** Trials whose test images should have been looked at when the sweep ended, and were not. */
  readonly untested: readonly TrialId[];
  /** Trials of the sweep that earlier plans named; they take no part in anything above. */
  readonly outside: number;
  /** Those of them that an earlier version's arithmetic computed: the present plan trains its own. */
  readonly outdated: number;
  readonly warnings: readonly Warning[];
  /** Of all ranked configurations, also those left out of the table. Null where there is nothing to trade. */
  readonly trade: RateDistortion | null;
  /** Where the spec names several objectives; of all configurations. */
  readonly traded: TradedSet | null;
  /** Of the best: which of its values are at an end of what was tried. */
  readonly edges: readonly Edge[];
  /** What would tell #1 from #2; null where they are told, or nothing is known. */
  readonly advice: SeedAdvice | null;
  /** In a sweep that confirms its best with more seeds; null in all others. */
  readonly confirmation: {
    /** So many configurations were chosen from, and so many of them are confirmed by now. */
    readonly screened: number;
    readonly confirmed: number;
    /** The seeds that the choice was made by, and those that the confirmed ones are ranked by. */
    readonly chosenBy: readonly number[];
    readonly judgedBy: readonly number[];
  } | null;
  /** What a search, or pruning, cost and came to; null for a grid of which nothing was pruned. */
  readonly search: SearchAccount | null;
  /** A trial of the best, and what it may be compared with: the next best value of a parameter, before its own. */
  readonly winner: {
    readonly trial: TrialId;
    readonly rival: { readonly parameter: string; readonly values: readonly [unknown, unknown] } | null;
  } | null;
}
