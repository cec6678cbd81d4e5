import type { Objective } from '../trial/trial.ts';
import type { Named } from '../model/named.ts';
import type { EvaluationSums } from './evaluation-sums.ts';

export type Goal = Objective['goal'];
export type Split = 'train' | 'val' | 'test';

/** How a number that trials are compared by is named, without its split, and judged. */
export interface Quantity extends Named {
  /** Column header beside the ranked metric. */
  readonly label: string;
  /** What one unit of a difference is, in a sentence: "3.1 nats of ELBO". */
  readonly amount: string;
  readonly unit: string;
  /**
   * The one place that knows which end is better. Null where neither is by itself: a low KL may be a good code or a
   * collapsed one. A spec's objective may set a goal of its own for it.
   */
  readonly goal: Goal | null;
  readonly decimals: number;
}

/** What was measured on the images of a split, in nats per image. */
export interface Measured {
  /** D, as the trial's likelihood has it. */
  readonly reconstruction: number;
  /** R. */
  readonly kl: number;
  /** What the trial adds to D, at the full β: β·R, or what free bits and capacity make of it; undefined where it can't be told. */
  readonly penalty: number | undefined;
  /** Of an epoch of training in which the objective was not yet what it is to be. */
  readonly isAnnealing?: boolean;
  /** P, where the likelihood is a probability of such images. */
  readonly numbers?: number;
  /** Of an evaluation; training has none, as each batch meets other weights. */
  readonly sums?: EvaluationSums;
}

/** A metric of a split, recorded as `val/elbo`. */
export interface Metric extends Quantity {
  /** What it is, as a clause, with its source. */
  readonly definition: string;
  readonly splits: readonly Split[];
  /** Whether a sweep may optimise it. */
  readonly ranks: boolean;
  /** Undefined where what was measured doesn't tell it. */
  of(measured: Measured): number | undefined;
}

export const ALL_SPLITS: readonly Split[] = ['train', 'val', 'test'];
export const HELD_OUT: readonly Split[] = ['val', 'test'];

/** Of `what`, in nats per image. */
export function nats(label: string, what: string): Pick<Quantity, 'label' | 'amount' | 'unit' | 'decimals'> {
  return { label, amount: `nats of ${what}`, unit: 'nats per image', decimals: 2 };
}
