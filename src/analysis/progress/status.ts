import { sampleNoun, type SampleNoun } from '../../text/sample-noun.ts';
import type { Goal } from '../../metrics/metric.ts';
import type { SweepSnapshot, SweepState } from '../../store/read-model.ts';
import { isFinished, type TrialState } from '../../trial/state.ts';
import { speedsOf, timeLeft, type TimeLeft } from './cost.ts';
import { countPaused, countStates } from './count-states.ts';
import { finalEpochs, stagesOf } from './final-epochs.ts';
import type { Params } from '../parameters.ts';
import { byFamily } from '../families.ts';
import { rankConfigurations, valuesOf } from '../ranking.ts';
import { estimate, type Estimate } from '../statistics/statistics.ts';
import { trainedOn, type TrainedOn } from '../trained-on.ts';

/** One line of `sweep status`. */
export interface SweepStatus {
  readonly sweep: string;
  readonly state: SweepState;
  /** The sweep's own. */
  readonly tags: readonly string[];
  readonly note: string | null;
  readonly trials: Readonly<Record<'total' | TrialState, number>>;
  /** Of the queued ones: those that wait for their cohort to be judged. */
  readonly paused: number;
  readonly metric: string;
  readonly goal: Goal | null;
  /** The leading configuration; null before the first completed trial, and of families that can't be compared. */
  readonly best: { readonly params: Params; readonly estimate: Estimate } | null;
  /** How many families of trials there are: more than one have no common scale, and no best. */
  readonly families: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Only while running, once an epoch shows the speed. */
  readonly eta: TimeLeft | null;
  /** Trials that earlier plans named; not among `trials`. */
  readonly outside: number;
  /** Null for a sweep without trials. */
  readonly trainedOn: TrainedOn | null;
  readonly noun: SampleNoun;
  /** So many training images were asked for; null where all are used. */
  readonly trainImages: number | null;
}

export function sweepStatus(snapshot: SweepSnapshot): SweepStatus {
  const { sweep, trials } = snapshot;
  const families = byFamily(trials);
  const { metric, goal, ranked } = rankConfigurations(snapshot, families.length > 1 ? [] : trials);
  const [leader] = ranked;
  return {
    sweep: sweep.name,
    state: sweep.state,
    tags: sweep.tags,
    note: sweep.note,
    trials: countStates(trials, sweep.plannedTrials),
    paused: countPaused(trials),
    metric,
    goal,
    best: leader === undefined ? null : { params: leader.params, estimate: estimate(valuesOf(leader, metric)) },
    families: families.length,
    startedAt: sweep.startedAt,
    endedAt: sweep.endedAt,
    eta: sweep.state === 'running' ? timeLeftOf(snapshot) : null,
    outside: snapshot.outside.length,
    trainedOn: trials[0] === undefined ? null : trainedOn(trials[0]),
    noun: sampleNoun(trials[0]?.config.dataset.own),
    trainImages: trials[0]?.config.dataset.train == null ? null : (trials[0].images?.train ?? null),
  };
}

/** At the speed of all that the sweep has trained, as many trials at a time as run now. */
function timeLeftOf({ sweep, trials }: SweepSnapshot): TimeLeft | null {
  const configurations = new Set(trials.map(({ configId }) => configId)).size;
  const finals = finalEpochs(trials, stagesOf(sweep).prune, configurations);
  const open = trials.flatMap((trial) => {
    const { state, config, epochs } = trial;
    const epochsLeft = Math.max(0, finals.of(trial) - epochs);
    return isFinished(state) ? [] : [{ config, epochsLeft, isRunning: state === 'running' }];
  });
  return timeLeft(open, speedsOf(trials), trials.filter(({ state }) => state === 'running').length);
}
