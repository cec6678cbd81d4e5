import { isFinished, isSettled, type TrialState } from './state.ts';

/**
 * What a run does with a trial of its plan: leaves a result that stands (`keep`), gives it the one that another sweep
 * has (`take_over`), trains it (`train`), or trains it again because it failed or was cancelled before (`retry`).
 */
export type NextStep = 'keep' | 'take_over' | 'train' | 'retry';

/**
 * The one decision behind what `sweep run` does and what `sweep plan` says. `state` is the trial's in its own sweep,
 * where no coordinator lives; undefined for a trial that the sweep never had.
 */
export function nextStep(state: TrialState | undefined, isCompletedElsewhere: boolean): NextStep {
  if (state !== undefined && isSettled(state)) return 'keep';
  if (isCompletedElsewhere) return 'take_over';
  return state !== undefined && isFinished(state) ? 'retry' : 'train';
}
