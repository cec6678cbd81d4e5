import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import type { Holder } from '../store/store.ts';

/** A task that was asked to begin has its result already; `tell` says so to the observers. */
export interface Over {
  readonly kind: 'over';
  readonly tell: () => void;
}

/** A task that was asked to begin would do what another sweep is doing: it is to be asked again later. */
export interface Held {
  readonly kind: 'held';
  readonly by: Holder;
  readonly askAgainInMs: number;
}

/**
 * One piece of work for the executor. Its methods are called in this order; none is called again after `end`, except
 * `begin`. `begin`, `event` and `end` record, in a transaction they share with other tasks; what must not happen before
 * it is durable (telling the observers, removing a file) they leave to the function they return.
 */
export interface Task {
  /** Devices were lost under it: it is to share one with no other job. Changes with what `event` and `end` hear. */
  readonly isSuspect: boolean;
  /** Where it was last, if it is a suspect. */
  readonly lostOn?: string | undefined;
  /** Of the devices that may run it; absent: all. Never changes. */
  readonly deviceClass?: string | undefined;
  /** A slot is free: records the attempt and says what to run, if anything. */
  begin(): TrialJob | Over | Held;
  event(event: TrialEvent): () => void;
  /** The returned function tells in how many milliseconds the task wants to be tried again; undefined when it is over. */
  end(outcome: TrialOutcome): () => number | undefined;
}

/** Makes what `write` records durable as a whole, or throws and records nothing of it. */
export type RecordTogether = (write: () => void) => void;
