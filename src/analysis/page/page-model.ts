/**
 * All that a report's page shows, as plain data: it becomes JSON inside the page, and both the static pictures and the
 * interactive ones are drawn from it. Configurations are in order of rank, those without one last; everything else
 * refers to them, and to trials, by place in these lists.
 */
import type { Goal } from '../../metrics/metric.ts';
import type { TrialState } from '../../trial/state.ts';
import type { ConfigurationSummary } from '../report/report-model.ts';
import type { VarianceShare } from '../effects/effects.ts';
import type { CourseStep } from '../search/search-course.ts';
import type { Interval } from '../statistics/statistics.ts';

/** A parameter in which configurations differ. */
export interface PageAxis {
  readonly name: string;
  /** `log` where the spec draws it so, or its listed values span a factor of ten; `category` for what is no number. */
  readonly scale: 'linear' | 'log' | 'category';
  /** Distinct values in order: numbers as they are, categories as they are written. */
  readonly values: readonly (number | string)[];
}

export interface PageConfiguration {
  /** Digits of its first trial's id that tell it apart: what commands and links call it. */
  readonly id: string;
  readonly rank: number | null;
  /** The parameters that differ, as a filter is written: `architecture=conv beta=1`. */
  readonly label: string;
  /** Of each axis: the number, or the place of the category; null where it has no such parameter. */
  readonly at: readonly (number | null)[];
  /** The ranked metric over seeds. */
  readonly value: Interval | null;
  readonly standing: ConfigurationSummary['standing'];
  /** Rate R and distortion D, nats per image, held out where images were. */
  readonly rate: Interval | null;
  readonly distortion: Interval | null;
  readonly activeUnits: number | null;
  readonly latentDim: number;
  /** KL of each latent dimension, largest first within each trial, then averaged over seeds; nats. */
  readonly klPerDimension: readonly number[] | null;
  /** Mean wall time of a trial's epochs. */
  readonly seconds: number | null;
  readonly trials: readonly number[];
}

export interface PageTrial {
  readonly id: string;
  readonly configuration: number;
  readonly seed: number;
  readonly state: TrialState;
  readonly device: string | null;
  readonly bestEpoch: number | null;
  /** The ranked metric at the best epoch. */
  readonly value: number | null;
  readonly rate: number | null;
  readonly distortion: number | null;
}

/** A metric by epoch, from the first on; null where an epoch has none. */
export type Curve = readonly (number | null)[];

export interface PageCurves {
  /** E.g. ELBO, reconstruction, KL, each with what is held out and, where recorded, what was trained on. */
  readonly charts: readonly {
    readonly label: string;
    readonly unit: string;
    readonly decimals: number;
    readonly heldOut: string;
    readonly trained: string;
  }[];
  /** By trial, then by metric. */
  readonly trials: readonly Readonly<Record<string, Curve>>[];
}

/** A stay of a trial on a device, in seconds since the sweep's first. */
export interface PageAttempt {
  readonly trial: number;
  readonly device: string;
  /** Which of the trials at the same time on that device it was, from 0 on. */
  readonly slot: number;
  readonly start: number;
  readonly end: number;
  /** Null while it runs. */
  readonly outcome: string | null;
}

export interface PageTimeline {
  /** When the first attempt began, ISO 8601. */
  readonly from: string | null;
  readonly attempts: readonly PageAttempt[];
  readonly devices: readonly { readonly name: string; readonly slots: number; readonly busySeconds: number }[];
  /** From the first start to the last end. */
  readonly seconds: number;
  /** After each completed trial, in order of time: the best mean of the ranked metric among trials so far. */
  readonly best: readonly { readonly at: number; readonly value: number; readonly trial: number }[];
  /** Completed trials whose result another sweep had: they took no time here. */
  readonly takenOver: number;
}

/** A configuration of a search in its turn; see analysis/search/search-course.ts. */
export interface PageStep extends Omit<CourseStep, 'configId'> {
  readonly configuration: number;
  /** Whether it was proposed before the search had learnt anything. */
  readonly isInitial: boolean;
  /** When the last of its trials ended, in seconds since the sweep's first; null where it trained nothing here. */
  readonly at: number | null;
}

/** Trials that ended without a result by one cause. */
export interface PageFailure {
  readonly state: 'diverged' | 'failed' | 'cancelled';
  /** The cause of the first; of the others, numbers may differ. */
  readonly cause: string;
  /** They don't. */
  readonly isOneCause: boolean;
  readonly trials: readonly number[];
  /** What all of them have in common, of the parameters that differ. */
  readonly shared: string;
}

/** What a parameter does to the ranked metric; see analysis/effects. */
export interface PageEffect {
  /** Of parameters that advance together all names; with what it is within, if it isn't everywhere. */
  readonly name: string;
  readonly share: VarianceShare | null;
  readonly levels: readonly {
    readonly label: string;
    readonly mean: number | null;
    /** Standard deviation over configurations. */
    readonly spread: number | null;
    readonly configurations: number;
    /** Trials without a result, of all. */
    readonly lost: number;
    readonly trials: number;
  }[];
}

export interface PageModel {
  readonly schema: 'vae-sweep.page/1';
  readonly sweep: string;
  readonly metric: {
    readonly name: string;
    readonly label: string;
    readonly unit: string;
    readonly decimals: number;
    readonly goal: Goal | null;
  };
  /** Of which images rate and distortion are. */
  readonly split: 'val' | 'train' | 'test';
  readonly axes: readonly PageAxis[];
  readonly configurations: readonly PageConfiguration[];
  readonly trials: readonly PageTrial[];
  /**
   * Configurations that no other beats in both rate and distortion, by their means, smallest rate first; of how many, and
   * how many weren't judged (see analysis/report/pareto.ts). Null where there is nothing to trade.
   */
  readonly pareto: { readonly places: readonly number[]; readonly of: number; readonly leftOut: number } | null;
  /** Largest share first. */
  readonly effects: readonly PageEffect[];
  readonly curves: PageCurves;
  readonly timeline: PageTimeline;
  /** In the order of the plan; null for a grid of which nothing was pruned. */
  readonly course: readonly PageStep[] | null;
  readonly failures: readonly PageFailure[];
}
