import type { TrialId } from './trial.ts';

/** How an attempt ended at its agent after it had been given up: kept beside the results, and never one of them. */
export interface LateEnd {
  readonly trial: TrialId;
  /** As it was numbered when it was sent; one that is not known to have begun leaves its number to the next. */
  readonly attempt: number;
  /** Never used again. */
  readonly execution: string;
  readonly device: string;
  /** Kind of its outcome. */
  readonly outcome: string;
  readonly cause: string | null;
  /** The last epoch that it told of; 0 where it told of none since it was given up. */
  readonly epoch: number;
  /** Of its best epoch where it completed, else of the last one that it told of. */
  readonly metrics: Readonly<Record<string, number>>;
}
