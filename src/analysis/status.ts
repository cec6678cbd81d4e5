import { architecture } from '../model/parameters.ts';
import { valueOf } from '../model/parameter.ts';
import type { Goal } from '../metrics/metric.ts';
import type { SweepSnapshot, SweepState, TrialRecord } from '../store/read-model.ts';
import { isFinished, type TrialState } from '../trial/state.ts';
import { countStates } from './count-states.ts';
import type { Params } from './parameters.ts';
import { rankConfigurations, valuesOf } from './ranking.ts';
import { estimate, type Estimate } from './statistics.ts';
import { trainedOn, type TrainedOn } from './trained-on.ts';

/** One line of `sweep status`. */
export interface SweepStatus {
  readonly sweep: string;
  readonly state: SweepState;
  readonly trials: Readonly<Record<'total' | TrialState, number>>;
  readonly metric: string;
  readonly goal: Goal | null;
  /** The leading configuration; null before the first completed trial. */
  readonly best: { readonly params: Params; readonly estimate: Estimate } | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Only while running, once an epoch shows the speed. */
  readonly etaSeconds: number | null;
  /** Trials that earlier plans named; not among `trials`. */
  readonly outside: number;
  /** Null for a sweep without trials. */
  readonly trainedOn: TrainedOn | null;
  /** So many training images were asked for; null where all are used. */
  readonly trainImages: number | null;
}

export function sweepStatus(snapshot: SweepSnapshot): SweepStatus {
  const { sweep, trials } = snapshot;
  const { metric, goal, ranked } = rankConfigurations(snapshot);
  const [leader] = ranked;
  return {
    sweep: sweep.name,
    state: sweep.state,
    trials: countStates(trials),
    metric,
    goal,
    best: leader === undefined ? null : { params: leader.params, estimate: estimate(valuesOf(leader, metric)) },
    startedAt: sweep.startedAt,
    endedAt: sweep.endedAt,
    etaSeconds: sweep.state === 'running' ? remainingSeconds(trials) : null,
    outside: snapshot.outside.length,
    trainedOn: trials[0] === undefined ? null : trainedOn(trials[0]),
    trainImages: trials[0]?.config.dataset.train == null ? null : (trials[0].images?.train ?? null),
  };
}

/**
 * Epochs left times the mean seconds per epoch of trials of the same architecture (of all trials, where it has none),
 * shared by as many trials as run now.
 */
function remainingSeconds(trials: readonly TrialRecord[]): number | null {
  const speedOf = (some: readonly TrialRecord[]): number | undefined => {
    const epochs = some.reduce((sum, trial) => sum + trial.epochs, 0);
    return epochs === 0 ? undefined : some.reduce((sum, trial) => sum + trial.seconds, 0) / epochs;
  };
  const overall = speedOf(trials);
  const running = trials.filter(({ state }) => state === 'running').length;
  if (overall === undefined || running === 0) return null;
  let seconds = 0;
  for (const group of Map.groupBy(trials, ({ config }) => valueOf(config.parameters, architecture)).values()) {
    const open = group.filter(({ state }) => !isFinished(state));
    const epochsLeft = open.reduce((sum, { config, epochs }) => sum + Math.max(0, config.train.epochs - epochs), 0);
    seconds += epochsLeft * (speedOf(group) ?? overall);
  }
  return seconds / running;
}
