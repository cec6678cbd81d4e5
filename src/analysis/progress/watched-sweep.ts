/** A run as another process sees it: told from what is recorded, in place of its events. */
import type { SchedulerEvent } from '../../scheduler/events.ts';
import { NO_CURVES, type MetricCurves, type SweepSnapshot, type TrialRecord } from '../../store/read-model.ts';
import { isFinished } from '../../trial/state.ts';
import type { TrialId } from '../../trial/trial.ts';
import { speedsOf } from './cost.ts';
import { countStates } from './count-states.ts';
import {
  expectedOf,
  failureIn,
  initialProgress,
  KEPT_FAILURES,
  type ProgressState,
  type RunningTrial,
} from './progress-state.ts';

/**
 * What `reduceProgress` makes of a run's events, but for what is never recorded: how far an epoch is, and its speed.
 * `curves` has the objective of the trials that run.
 */
export function watchedProgress(
  { sweep, trials }: SweepSnapshot,
  curves: ReadonlyMap<TrialId, MetricCurves>,
  now: Date,
): ProgressState {
  const running = trials.filter(({ state }) => state === 'running');
  const curveOf = ({ id }: TrialRecord): number[] =>
    ((curves.get(id) ?? NO_CURVES).get(sweep.objective.metric) ?? []).map(({ value }) => value);
  return {
    ...initialProgress(sweep.startedAt),
    nowMs: now.getTime(),
    ...{ name: sweep.name, objective: sweep.objective, swept: sweep.swept, ...expectedOf(sweep, trials) },
    trials: new Map(trials.map((trial) => [trial.id, trial])),
    running: new Map(running.map((trial) => [trial.id, watchedTrial(trial, curveOf(trial))])),
    counts: countStates(trials, sweep.plannedTrials),
    // It has as many as run, and one at least.
    slots: Math.max(1, running.length),
    speeds: speedsOf(trials),
    // Trials are trained in the plan's order, near enough.
    failures: trials
      .flatMap((trial) => failureIn(trial) ?? [])
      .slice(-KEPT_FAILURES)
      .reverse(),
  };
}

function watchedTrial(trial: TrialRecord, curve: readonly number[]): RunningTrial {
  const nothing = { fraction: 0, imagesPerSecond: null, phaseAtMs: 0 };
  return { trial, device: trial.device ?? '', curve, phase: 'training', ...nothing };
}

/** Trials that began or ended between two looks at a sweep, as the events that a run tells of it. */
export function changesBetween(before: SweepSnapshot, after: SweepSnapshot, at: Date): SchedulerEvent[] {
  const known = new Map(before.trials.map(({ id, state }) => [id, state]));
  return after.trials.flatMap((trial): SchedulerEvent[] => {
    const { id, state, attempts: attempt, device } = trial;
    if (state === known.get(id)) return [];
    if (state === 'running') return [{ at, type: 'dispatched', trial: id, attempt, device: device ?? '' }];
    return isFinished(state) ? [endOf(trial, at)] : [];
  });
}

function endOf(trial: TrialRecord, at: Date): SchedulerEvent {
  const { id, state, cause, attempts: attempt, reusedFrom, metrics, epochs, bestEpoch } = trial;
  const summary = {
    ...{ metrics, epochs, bestEpoch: bestEpoch ?? epochs },
    ...{ klPerDimension: trial.klPerDimension ?? [], trainableWeights: trial.trainableWeights ?? 0 },
  };
  return {
    ...{ at, type: 'finished', trial: id, attempt, cause },
    state: state as Extract<SchedulerEvent, { type: 'finished' }>['state'],
    ...(state === 'completed' && { summary }),
    ...(reusedFrom !== null && { reusedFrom }),
  };
}
