import type { Happening } from '../events.ts';
import type { TrialId, TrialPlan } from '../../trial/trial.ts';

/** Gives one thing after another. */
export interface Source<Thing> {
  /** How many it may still give; not 0 while another is to come, however long that takes. */
  readonly left: number;
  /** Undefined while there is none: it is asked again with each turn, while a slot is free. While
   * nothing runs there must be one. */
  next(): Thing | undefined;
}

/** What is to be said of a trial once what it comes from is durable; `isOver` where it needs no training. */
export interface Admission {
  readonly isOver: boolean;
  readonly tell: () => void;
}

/** The same; `heard` hears of it where the trial is over, of which nothing else is heard. */
export function hearingOver(admission: Admission | undefined, heard: () => void): Admission | undefined {
  if (admission?.isOver !== true) return admission;
  return {
    isOver: true,
    tell: () => {
      heard();
      admission.tell();
    },
  };
}

/**
 * What follows from results and is to be on record before anything follows from it. It is recorded within a transaction,
 * once more where that was rolled back; the returned function acts on it.
 */
export interface Decision {
  readonly record: () => () => void;
}

/**
 * Where a run's trials come from: the plan's list, a search that learns from results (learning-source.ts), or one of these
 * with pruning (pruning-source.ts).
 */
export interface TrialSource extends Source<TrialPlan | Decision> {
  /** Records what the trial comes from, within the transaction of its claim: once more where that one was rolled back. */
  admit?(trial: TrialPlan): Admission | undefined;
  /** Hears that an attempt at a trial goes on from what is on record of it now. */
  started?(trial: TrialId): void;
  /** Hears of the end of each trial, once it is recorded. */
  tell?(end: Extract<Happening, { type: 'finished' }>): void;
  /** After which epoch an attempt at the trial is to pause, if at any. */
  pauseAt?(trial: TrialPlan): number | undefined;
  /** Cohorts that are judged before the trial's, each by those of it that may yet be trained. */
  ahead?(trial: TrialPlan): readonly (readonly TrialPlan[])[];
  /** Hears that a trial waits after this epoch, once it is recorded: it is the source's to give it again. */
  paused?(trial: TrialPlan, epoch: number): void;
  /** Hears that a rung was judged: what a configuration counts as may be known now. */
  judged?(): void;
  /** Hears that a trial it gave is not trained in this run, and that none begins from now on. */
  refused?(trial: TrialPlan): void;
  /** Why it gave less than there was; undefined where it gave all. */
  readonly endedBy?: string | undefined;
  /** Of `left`, what has to do with trials that have begun and come back to the source. */
  readonly waiting?: number;
}

/** All of a list in its order. */
export function fromList<Thing>(things: readonly Thing[]): Source<Thing> {
  let given = 0;
  return {
    get left() {
      return things.length - given;
    },
    next: () => (given < things.length ? things[given++] : undefined),
  };
}
