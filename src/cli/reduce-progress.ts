/** Folds a run's events into what it looks like. Pure: time comes with the events. */
import { valueOf } from '../model/parameter.ts';
import { architecture } from '../model/parameters.ts';
import { countStates } from '../analysis/count-states.ts';
import { failureOf } from '../analysis/shortfall.ts';
import { describeShortfall } from '../render/shortfall-text.ts';
import { describeWait } from '../scheduler/describe-wait.ts';
import type { SchedulerEvent } from '../scheduler/events.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { isFinished, type TrialState } from '../trial/state.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';
import { epochsOf, type ProgressState, type RunningTrial, type Score } from './progress-state.ts';

const KEPT_FAILURES = 2;

/** The state after `event`. An event about a trial that isn't running changes nothing but the time. */
export function reduceProgress(before: ProgressState, event: SchedulerEvent): ProgressState {
  const state = { ...before, nowMs: event.at.getTime() };
  switch (event.type) {
    case 'downloading':
      return { ...state, download: event };
    case 'planned':
      return planned(state, event);
    case 'devices':
      return { ...state, slots: event.capacity };
    case 'dispatched':
      return dispatched(state, event.trial, event.device);
    case 'started':
      return withEpochs(state, event.trial, event.resumedEpochs, {});
    case 'epoch':
      return epochDone(state, event);
    case 'progress':
      return epochProgress(state, event);
    case 'finished':
      return finished(state, event);
    case 'waiting':
      return { ...state, wait: describeWait(event) ?? null };
    case 'storage':
      return { ...state, wait: event.trouble === null ? null : `paused: ${event.trouble}` };
    case 'requeued':
      return requeued(state, event.trial);
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

function planned(state: ProgressState, { snapshot }: EventOf<'planned'>): ProgressState {
  const { sweep, trials } = snapshot;
  const pendingEpochs: Record<string, number> = {};
  const scores = new Map<ConfigId, Score>();
  for (const trial of trials) {
    const left = isFinished(trial.state) ? 0 : epochsOf(trial) - trial.epochs;
    const name = valueOf(trial.config.parameters, architecture);
    pendingEpochs[name] = (pendingEpochs[name] ?? 0) + left;
    addScore(scores, trial, trial.state, trial.metrics[sweep.objective.metric]);
  }
  return {
    ...state,
    name: sweep.name,
    objective: sweep.objective,
    swept: sweep.swept,
    trials: new Map(trials.map((trial) => [trial.id, trial])),
    counts: countStates(trials),
    totalEpochs: trials.reduce((sum, trial) => sum + epochsOf(trial), 0),
    pendingEpochs,
    scores,
    download: null,
  };
}

function dispatched(state: ProgressState, id: TrialId, device: string): ProgressState {
  const trial = state.trials.get(id);
  if (trial === undefined) return state;
  const entry: RunningTrial = {
    trial,
    device,
    epochsDone: state.paused.get(id) ?? trial.epochs,
    fraction: 0,
    imagesPerSecond: null,
    metric: null,
  };
  return {
    ...state,
    counts: moved(state.counts, 'queued', 'running'),
    running: new Map(state.running).set(id, entry),
    paused: without(state.paused, id),
  };
}

/** The next epoch may be under way before the last one is safe and reported. */
function epochProgress(state: ProgressState, event: EventOf<'progress'>): ProgressState {
  const running = state.running.get(event.trial);
  if (running === undefined) return state;
  const fraction = event.epoch - 1 - running.epochsDone + event.fraction;
  return updated(state, event.trial, { fraction, imagesPerSecond: event.imagesPerSecond });
}

function epochDone(state: ProgressState, { trial: id, record }: EventOf<'epoch'>): ProgressState {
  const running = state.running.get(id);
  if (running === undefined) return state;
  const name = valueOf(running.trial.config.parameters, architecture);
  const { epochs, seconds } = state.costs[name] ?? { epochs: 0, seconds: 0 };
  const costs = { ...state.costs, [name]: { epochs: epochs + 1, seconds: seconds + record.seconds } };
  const metric = record.metrics[state.objective.metric] ?? null;
  const fraction = Math.max(0, running.fraction - (record.epoch - running.epochsDone));
  return withEpochs({ ...state, costs }, id, record.epoch, { fraction, metric });
}

/** Sets how many epochs a running trial has behind it, and its other facts. */
function withEpochs(
  state: ProgressState,
  id: TrialId,
  epochsDone: number,
  facts: Partial<RunningTrial>,
): ProgressState {
  const running = state.running.get(id);
  if (running === undefined) return state;
  const pendingEpochs = lessPending(state, running.trial, epochsDone - running.epochsDone);
  return updated({ ...state, pendingEpochs }, id, { ...facts, epochsDone });
}

function updated(state: ProgressState, id: TrialId, facts: Partial<RunningTrial>): ProgressState {
  const running = state.running.get(id);
  if (running === undefined) return state;
  return { ...state, running: new Map(state.running).set(id, { ...running, ...facts }) };
}

/** What was taken over from another sweep never ran here, or no longer: what was left of it is done at once. */
function finished(state: ProgressState, event: EventOf<'finished'>): ProgressState {
  const running = state.running.get(event.trial);
  const trial = running?.trial ?? (event.reusedFrom === undefined ? undefined : state.trials.get(event.trial));
  if (trial === undefined) return state;
  const epochsDone = running?.epochsDone ?? state.paused.get(trial.id) ?? trial.epochs;
  const trouble = troubleOf(event);
  const scores = new Map(state.scores);
  addScore(scores, trial, event.state, event.summary?.metrics[state.objective.metric]);
  return {
    ...state,
    counts: moved(state.counts, running === undefined ? 'queued' : 'running', event.state),
    running: without(state.running, trial.id),
    paused: without(state.paused, trial.id),
    pendingEpochs: lessPending(state, trial, epochsOf(trial) - epochsDone),
    scores,
    failures:
      trouble === undefined
        ? state.failures
        : [{ trial, state: event.state, cause: trouble }, ...state.failures].slice(0, KEPT_FAILURES),
  };
}

/** Why the trial is no success. */
function troubleOf({ state, cause, summary }: EventOf<'finished'>): string | undefined {
  if (state === 'failed' || state === 'diverged') return cause ?? '';
  const shortfall = summary && failureOf(summary.metrics);
  return shortfall && describeShortfall(shortfall);
}

function requeued(state: ProgressState, id: TrialId): ProgressState {
  const running = state.running.get(id);
  if (running === undefined) return state;
  return {
    ...state,
    counts: moved(state.counts, 'running', 'queued'),
    running: without(state.running, id),
    paused: new Map(state.paused).set(id, running.epochsDone),
  };
}

function lessPending(state: ProgressState, trial: TrialRecord, epochs: number): ProgressState['pendingEpochs'] {
  const name = valueOf(trial.config.parameters, architecture);
  return { ...state.pendingEpochs, [name]: (state.pendingEpochs[name] ?? 0) - epochs };
}

function addScore(
  scores: Map<ConfigId, Score>,
  trial: TrialRecord,
  state: TrialState,
  metric: number | undefined,
): void {
  const before = scores.get(trial.configId) ?? { trial, seeds: 0, sum: 0, hasLost: false };
  if (state === 'diverged' || state === 'failed') scores.set(trial.configId, { ...before, hasLost: true });
  if (state !== 'completed' || metric === undefined) return;
  scores.set(trial.configId, { ...before, trial, seeds: before.seeds + 1, sum: before.sum + metric });
}

function moved(counts: ProgressState['counts'], from: TrialState, to: TrialState): ProgressState['counts'] {
  return { ...counts, [from]: counts[from] - 1, [to]: counts[to] + 1 };
}

function without<Value>(map: ReadonlyMap<TrialId, Value>, id: TrialId): ReadonlyMap<TrialId, Value> {
  const rest = new Map(map);
  rest.delete(id);
  return rest;
}
