/** A validated spec, as plain data: what parse.ts makes of a YAML file and expand.ts turns into trials. */
import type { Parameters, ParameterValue } from '../model/parameter.ts';
import type { Pruning } from '../search/pruning.ts';
import type { Objective, TrainSettings } from '../trial/trial.ts';
import type { Constraint } from './constraint.ts';
import type { SpecDataset } from './dataset.ts';
import type { OwnDefinitions } from './own-definitions.ts';
import type { LearnerName, SamplerName } from './expansion/samplers.ts';

/** At least one value. */
export interface Choices {
  readonly kind: 'choices';
  readonly values: readonly ParameterValue[];
}

/** An interval to draw from, both ends included. */
export interface Range {
  readonly kind: 'range';
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
  /** Distance of the allowed values from `min` on; null allows all in between. */
  readonly step: number | null;
  /** Only whole numbers. */
  readonly integer: boolean;
}

export type Domain = Choices | Range;

export interface Axis {
  readonly parameter: string;
  readonly domain: Domain;
}

/** Holds for a configuration in which every parameter named has one of the values given. */
export type Condition = Readonly<Record<string, readonly ParameterValue[]>>;

/** Configurations that match `if` take these parameters from the domains in `then`. Of several rules, the last wins. */
export interface WhenRule {
  readonly if: Condition;
  readonly then: Readonly<Record<string, Domain>>;
  /** Where they are to be trained (device-class.ts). */
  readonly deviceClass?: string;
}

export type Search =
  | { readonly kind: 'grid' }
  /** `trials` counts configurations; each is trained with every seed. */
  | { readonly kind: SamplerName; readonly trials: number; readonly seed: number }
  | LearningSearch;

/** At most so much of the whole sweep; null for no limit. */
export interface Budget {
  readonly trials: number | null;
  readonly epochs: number | null;
  readonly hours: number | null;
}

/** The best `top` configurations of each family of likelihoods are trained with these seeds, too, and judged by them. */
export interface Confirm {
  readonly seeds: readonly number[];
  readonly top: number;
}

/** What ends a sweep, by the means over configurations' seeds. */
export interface Until extends Objective {
  /** One as good as this; null for none. */
  readonly reached: number | null;
  /** So many configurations in a row that bettered nothing; null for any number. */
  readonly patience: number | null;
  /** With `patience`: how many configurations may be in training at a time. */
  readonly lookahead: number;
}

/** The same, each proposed by results. So many configurations, `lookahead`, may be in training at a time. */
export interface LearningSearch {
  readonly kind: LearnerName;
  readonly trials: number;
  readonly seed: number;
  readonly lookahead: number;
  /** Sweeps whose results it starts from. */
  readonly learnFrom: readonly string[];
}

/** One of several. `reference`: what a hypervolume reaches up to; null for the worst there is. */
export interface TradedObjective extends Objective {
  readonly reference: number | null;
}

export function isLearning(search: Search): search is LearningSearch {
  return 'lookahead' in search;
}

export interface SweepSpec {
  readonly name: string;
  readonly dataset: SpecDataset;
  /** @internal What its modules define; none where these were not read. */
  readonly own: OwnDefinitions;
  /** Every parameter once: those the file names, in its order, then the others with their defaults. */
  readonly axes: readonly Axis[];
  /** Groups of parameters whose choices advance together. */
  readonly zip: readonly (readonly string[])[];
  readonly when: readonly WhenRule[];
  readonly exclude: readonly Condition[];
  /** All of them hold for each configuration. */
  readonly where: readonly Constraint[];
  /** Whole configurations that come before those of the search, all different. */
  readonly tried: readonly Parameters[];
  /** Of every configuration. */
  readonly seeds: readonly number[];
  /** More seeds for the best ones; null for none. */
  readonly confirm: Confirm | null;
  readonly train: TrainSettings;
  readonly objective: Objective;
  /** What a search goes towards in place of the objective, which ranks all the same: none, or several of different metrics. */
  readonly objectives: readonly TradedObjective[];
  readonly evaluateTest: 'selected' | 'all';
  readonly search: Search;
  /** How configurations are left behind before their last epoch; null for none. */
  readonly prune: Pruning | null;
  readonly budget: Budget;
  readonly until: Until | null;
  /** Where trials are to be trained; `when` may say otherwise. */
  readonly deviceClass?: string;
}
