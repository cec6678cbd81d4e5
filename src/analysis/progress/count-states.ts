import type { TrialRecord } from '../../store/read-model.ts';
import { TRIAL_STATES, type TrialState } from '../../trial/state.ts';

/** `planned`: how many there are to be, where some are not known yet; these count as queued. */
export function countStates(
  trials: readonly TrialRecord[],
  planned: number | null = null,
): Readonly<Record<'total' | TrialState, number>> {
  const total = Math.max(trials.length, planned ?? 0);
  const counts = {
    total,
    ...(Object.fromEntries(TRIAL_STATES.map((state) => [state, 0])) as Record<TrialState, number>),
  };
  counts.queued = total - trials.length;
  for (const { state } of trials) counts[state]++;
  return counts;
}

/** Queued trials that wait, with what they have, for their cohort to be judged. */
export function countPaused(trials: Iterable<TrialRecord>): number {
  let paused = 0;
  for (const { state, pausedAt } of trials) if (state === 'queued' && pausedAt != null) paused++;
  return paused;
}

/** Trials that ended well. */
export function doneCount({ completed, pruned }: Readonly<Record<TrialState, number>>): number {
  return completed + pruned;
}
