/** Folds a run's events into what it looks like. Pure: time comes with the events. */
import type { SchedulerEvent } from '../../scheduler/events.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { TrialState } from '../../trial/state.ts';
import type { TrialId } from '../../trial/trial.ts';
import { describeBudget } from '../../text/describe-budget.ts';
import { withTrained } from './cost.ts';
import { countStates } from './count-states.ts';
import { expectedOf, failureIn, KEPT_FAILURES, type ProgressState, type RunningTrial } from './progress-state.ts';

/** The state after `event`. An event about a trial that isn't running changes nothing but the time. */
export function reduceProgress(before: ProgressState, event: SchedulerEvent): ProgressState {
  const state = { ...before, nowMs: event.at.getTime() };
  switch (event.type) {
    case 'downloading':
      return { ...state, download: event };
    case 'planned':
      return planned(state, event);
    case 'proposed':
      return {
        ...state,
        trials: new Map([...state.trials, ...event.trials.map((trial) => [trial.id, trial] as const)]),
        // They were counted among those that wait.
        counts: event.trials.reduce((counts, trial) => moved(counts, 'queued', trial.state), state.counts),
      };
    case 'chosen': {
      const counts = event.trials.reduce((counts, trial) => moved(counts, 'queued', trial.state), state.counts);
      const fewer = event.foreseen - event.trials.length;
      return {
        ...state,
        trials: new Map([...state.trials, ...event.trials.map((trial) => [trial.id, trial] as const)]),
        confirming: 0,
        counts: { ...counts, queued: counts.queued - fewer, total: counts.total - fewer },
      };
    }
    case 'preparing':
      return { ...state, preparing: { step: event.step, sinceMs: state.nowMs } };
    case 'devices':
      return { ...state, slots: event.capacity, preparing: null };
    case 'dispatched':
      return dispatched(state, event);
    case 'started':
      return updated(state, event.trial, ({ trial }) => ({
        ...{ trial: { ...trial, epochs: event.resumedEpochs } },
        ...{ phase: 'compiling', phaseAtMs: state.nowMs },
      }));
    case 'epoch':
      return epochDone(state, event);
    case 'progress':
      // The next epoch may be under way before the last one is safe and reported.
      return updated(state, event.trial, ({ trial }) => {
        const fraction = event.epoch - 1 - trial.epochs + event.fraction;
        return { fraction, imagesPerSecond: event.imagesPerSecond, phase: 'training' };
      });
    case 'finished':
      return finished(state, event);
    case 'paused': {
      const running = state.running.get(event.trial);
      if (running === undefined) return state;
      return ended(state, { ...running.trial, pausedAt: event.epoch }, 'queued');
    }
    case 'budget':
      return { ...state, budgetLeft: describeBudget(event.left) };
    case 'judged':
      return state;
    case 'waiting':
      return { ...state, wait: event.trials === 0 ? null : event };
    case 'storage':
      return { ...state, wait: event.trouble === null ? null : { trouble: event.trouble } };
    case 'requeued': {
      const running = state.running.get(event.trial);
      return running === undefined ? state : ended(state, running.trial, 'queued');
    }
    case 'test_phase':
      return { ...state, testing: { done: 0, total: event.trials } };
    case 'tested':
    case 'test_failed':
      return { ...state, testing: state.testing && { ...state.testing, done: state.testing.done + 1 } };
    case 'stopping':
      return { ...state, isStopping: true, wait: null };
    case 'test_dispatched':
    case 'log':
      return state;
  }
}

type EventOf<Type extends SchedulerEvent['type']> = Extract<SchedulerEvent, { type: Type }>;

function planned(state: ProgressState, { snapshot: { sweep, trials } }: EventOf<'planned'>): ProgressState {
  return {
    ...state,
    ...{ name: sweep.name, objective: sweep.objective, swept: sweep.swept, ...expectedOf(sweep, trials) },
    trials: new Map(trials.map((trial) => [trial.id, trial])),
    counts: countStates(trials, sweep.plannedTrials),
    download: null,
  };
}

function dispatched(state: ProgressState, { trial: id, device }: EventOf<'dispatched'>): ProgressState {
  const trial = state.trials.get(id);
  if (trial === undefined) return state;
  const nothing = { fraction: 0, imagesPerSecond: null, curve: [] };
  const entry: RunningTrial = {
    trial: { ...trial, pausedAt: null },
    device,
    ...nothing,
    phase: 'loading',
    phaseAtMs: state.nowMs,
  };
  const running = new Map(state.running).set(id, entry);
  return { ...state, running, counts: moved(state.counts, 'queued', 'running') };
}

function epochDone(state: ProgressState, { trial: id, record }: EventOf<'epoch'>): ProgressState {
  const running = state.running.get(id);
  if (running === undefined) return state;
  const { config } = running.trial;
  const speeds = withTrained(state.speeds, { config, epochs: 1, seconds: record.seconds });
  const value = record.metrics[state.objective.metric];
  return updated({ ...state, speeds }, id, ({ trial, fraction, curve }) => ({
    trial: { ...trial, epochs: record.epoch },
    fraction: Math.max(0, fraction - (record.epoch - trial.epochs)),
    curve: value === undefined ? curve : [...curve, value],
    phase: 'training',
  }));
}

function updated(
  state: ProgressState,
  id: TrialId,
  change: (running: RunningTrial) => Partial<RunningTrial>,
): ProgressState {
  const running = state.running.get(id);
  if (running === undefined) return state;
  return { ...state, running: new Map(state.running).set(id, { ...running, ...change(running) }) };
}

/** What was taken over from another sweep never ran here, or no longer: what was left of it is done at once. */
function finished(state: ProgressState, event: EventOf<'finished'>): ProgressState {
  const { trial: id, state: end, cause, reusedFrom, summary } = event;
  const isQueued = reusedFrom !== undefined || end === 'pruned';
  const trial = state.running.get(id)?.trial ?? (isQueued ? state.trials.get(id) : undefined);
  if (trial === undefined) return state;
  const done = { ...trial, state: end, cause, metrics: summary?.metrics ?? trial.metrics };
  const failure = failureIn(done);
  return {
    ...ended(state, done, end),
    failures: [...(failure === undefined ? [] : [failure]), ...state.failures].slice(0, KEPT_FAILURES),
  };
}

/** The trial runs no longer, if it did. */
function ended(state: ProgressState, trial: TrialRecord, end: TrialState): ProgressState {
  const running = new Map(state.running);
  const counts = moved(state.counts, running.delete(trial.id) ? 'running' : 'queued', end);
  return { ...state, running, counts, trials: new Map(state.trials).set(trial.id, { ...trial, state: end }) };
}

function moved(counts: ProgressState['counts'], from: TrialState, to: TrialState): ProgressState['counts'] {
  if (from === to) return counts;
  return { ...counts, [from]: counts[from] - 1, [to]: counts[to] + 1 };
}
