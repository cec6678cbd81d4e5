/** The only table of a trial's states; the scheduler alone moves a trial along it, the store refuses anything else. */
export const TRIAL_STATES = ['queued', 'running', 'completed', 'pruned', 'diverged', 'failed', 'cancelled'] as const;
export type TrialState = (typeof TRIAL_STATES)[number];

const NEXT: Readonly<Record<TrialState, readonly TrialState[]>> = {
  // Completed at once: another sweep's result of the same trial is taken over. Pruned: it waited for its cohort.
  queued: ['running', 'completed', 'pruned', 'cancelled'],
  // Back to queued: the attempt was lost or stopped, and the trial goes on from its last checkpoint.
  running: ['completed', 'pruned', 'diverged', 'failed', 'cancelled', 'queued'],
  completed: [],
  pruned: [],
  // Divergence is the configuration's own result: the same seed would diverge again.
  diverged: [],
  // Running the sweep again gives a failed or cancelled trial another chance.
  failed: ['queued'],
  cancelled: ['queued'],
};

/** What a user may ask for by a trial's name; a completed trial never moves by itself. */
const ON_DEMAND: Readonly<Partial<Record<TrialState, readonly TrialState[]>>> = {
  // Its weights are gone, and are to be trained again.
  completed: ['queued'],
  // It is revived.
  pruned: ['queued'],
};

export function canMoveOnDemand(from: TrialState, to: TrialState): boolean {
  return ON_DEMAND[from]?.includes(to) === true;
}

export function canMove(from: TrialState, to: TrialState): boolean {
  return NEXT[from].includes(to);
}

/** No run takes it up again by itself: it has its result, or the same seed would come to the same end. */
export function isSettled(state: TrialState): boolean {
  return isFinished(state) && !canMove(state, 'queued');
}

/** A finished trial is not dispatched again by the same run. */
export function isFinished(state: TrialState): boolean {
  return state !== 'queued' && state !== 'running';
}
