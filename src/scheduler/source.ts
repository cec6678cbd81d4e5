import type { Happening } from './events.ts';
import type { EpochRecord, TrialId, TrialPlan } from '../trial/trial.ts';

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

/** Where a run's trials come from: the plan's list, or a search that learns from results (learning-source.ts). */
export interface TrialSource extends Source<TrialPlan> {
  /** Records what the trial comes from, within the transaction of its claim: once more where that one was rolled back. */
  admit?(trial: TrialPlan): Admission;
  /** Hears of the end of each trial, once it is recorded. */
  tell?(end: Extract<Happening, { type: 'finished' }>): void;
  /** Asked after each epoch, once it is recorded, whether the trial ends here. */
  prunes?(trial: TrialId, record: EpochRecord): boolean;
}

/** All of a list in its order. */
export function listed<Thing>(things: readonly Thing[]): Source<Thing> {
  let given = 0;
  return {
    get left() {
      return things.length - given;
    },
    next: () => (given < things.length ? things[given++] : undefined),
  };
}
