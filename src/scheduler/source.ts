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

/** Where a run's trials come from: the plan's list today, a search that learns from results later. */
export interface TrialSource extends Source<TrialPlan> {
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
