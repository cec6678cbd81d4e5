/** What each swept parameter does to the objective, as values that a table, a page or a program can show. */
import type { Goal } from '../../metrics/metric.ts';
import type { Filter } from '../filter.ts';
import { describeParams, type Params } from '../parameters.ts';
import type { TrainedOn } from '../trained-on.ts';
import type { SampleNoun } from '../../text/sample-noun.ts';

/** A share of the variance, 0 to 1, with its 95 % interval; `low` and `high` are null where nothing tells how sure it is. */
export interface VarianceShare {
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** The configurations that have one value of a parameter, or one of a range of values. */
export interface LevelEffect {
  /** The value; of a bin its ends, both included; of parameters that advance together the value of each. */
  readonly value: unknown;
  readonly bin: { readonly from: number; readonly to: number } | null;
  /** Trials in the plan, and those that ended with and without a result. */
  readonly trials: number;
  readonly completed: number;
  readonly lost: { readonly diverged: number; readonly failed: number; readonly pruned: number };
  /** Configurations with a completed trial that has the metric; what follows is of their means over seeds, null without one. */
  readonly configurations: number;
  readonly mean: number | null;
  /** The best of them; null where the metric has no better end. */
  readonly best: number | null;
  /** Standard deviation over them; null for fewer than two. */
  readonly spread: number | null;
  /** Mean distortion D and rate R, nats per image. */
  readonly reconstruction: number | null;
  readonly kl: number | null;
}

export interface ParameterEffect {
  /** Several that always change together: their effects can't be told apart. */
  readonly parameters: readonly string[];
  /** The parameter exists only in these configurations, and its share is of the variance among them. */
  readonly within: Params | null;
  /**
   * Of the variance of one trial's metric, over the design (each value, or each part of a range, equally likely) and over
   * seeds. Null where too few trials completed to tell.
   */
  readonly share: VarianceShare | null;
  /** In ascending order where they are numbers. */
  readonly levels: readonly LevelEffect[];
  /**
   * Positions in `levels` of values whose mean can't be told from the best's at 95 %: by the noise between seeds on a full
   * grid, where each value meets the same others; else by the spread over configurations. Empty where nothing tells.
   */
  readonly tied: readonly number[];
  /** Positions in `levels` of the best and the worst mean; without a goal the largest and the smallest. Null for fewer than two means. */
  readonly extremes: { readonly best: number; readonly worst: number } | null;
}

/** `beta`, `beta + learning_rate`, `hidden (architecture=mlp)`. */
export function effectName({ parameters, within }: Pick<ParameterEffect, 'parameters' | 'within'>): string {
  const where = within === null ? '' : ` (${describeParams(within) || 'where used'})`;
  return parameters.join(' + ') + where;
}

/** How much two parameters do together beyond what each does alone. */
export interface Interaction {
  readonly parameters: readonly [string, string];
  readonly share: VarianceShare;
  /** The best value of the second, for the first's best value and for its worst, where they differ. */
  readonly turn: {
    readonly of: string;
    readonly values: readonly [unknown, unknown];
    readonly best: readonly [unknown, unknown];
  } | null;
}

export interface Effects {
  readonly sweep: string;
  readonly where: Filter | null;
  readonly all: boolean;
  /**
   * After how many epochs all trials are looked at, where some were pruned: those that were trained on were chosen for how they
   * did, so means over them alone would flatter what they have. Null where each trial is what it came to.
   */
  readonly epoch: number | null;
  readonly metric: string;
  readonly goal: Goal | null;
  readonly trainedOn: TrainedOn | null;
  readonly noun: SampleNoun;
  /**
   * `grid`: every combination of values completed, and shares are exact. Else functional ANOVA on the model that foretells
   * better: `polynomials` (Sudret 2008) or a random `forest` (Hutter et al. 2014). `none`: too few configurations completed
   * to tell shares, or no model foretells them from each other.
   */
  readonly method: 'grid' | 'polynomials' | 'forest' | 'none';
  readonly trials: { readonly total: number; readonly completed: number; readonly lost: number };
  /** Configurations that the shares rest on. */
  readonly configurations: number;
  /** Largest share first; those without one last. */
  readonly parameters: readonly ParameterEffect[];
  /** So many more differ, and were not asked for: shares are those among all. */
  readonly untold: number;
  /** The strongest; null for a single parameter, or none that is told from nothing. */
  readonly interaction: Interaction | null;
  /** Of the variance: between seeds of one configuration. Null where each has one seed: then it is part of `rest`. */
  readonly seeds: number | null;
  /** What neither parameters alone nor seeds explain: interactions, and what can't be told from them. */
  readonly rest: number | null;
  /** Standard deviation between seeds of one configuration, in the metric's unit. */
  readonly seedDeviation: number | null;
  /** R² of configurations by models that were fitted without them; null for a grid. */
  readonly foretold: number | null;
}
