import type { TrialRecord } from '../store/read-model.ts';
import { TRIAL_STATES, type TrialState } from '../trial/state.ts';

export function countStates(trials: readonly TrialRecord[]): Readonly<Record<'total' | TrialState, number>> {
  const counts = {
    total: trials.length,
    ...(Object.fromEntries(TRIAL_STATES.map((state) => [state, 0])) as Record<TrialState, number>),
  };
  for (const { state } of trials) counts[state]++;
  return counts;
}

/** Trials that ended well. */
export function doneCount({ completed, pruned }: Readonly<Record<TrialState, number>>): number {
  return completed + pruned;
}
