/** What a run looks like to someone watching it, and the figures that follow from that. */
import { mean } from 'simple-statistics';
import type { Holder } from '../store/store.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { isFinished, type TrialState } from '../trial/state.ts';
import type { Objective, TrialId } from '../trial/trial.ts';
import { secondsLeft, type Speeds } from './cost.ts';
import { countStates } from './count-states.ts';
import { foldSeeds, orderConfigurations, valuesOf } from './ranking.ts';
import type { Shortfall } from './shortfall.ts';

export interface RunningTrial {
  /** With the epochs that are done by now. */
  readonly trial: TrialRecord;
  readonly device: string;
  /** How much is done after these, in epochs: more than 1 while a finished one waits for its checkpoint. */
  readonly fraction: number;
  readonly imagesPerSecond: number | null;
  /** The sweep's metric after the latest epoch. */
  readonly metric: number | null;
}

/** A trial that diverged, failed, or completed worse than a constant image. */
export interface Failure {
  readonly trial: TrialRecord;
  readonly state: TrialState;
  readonly cause: string | null;
  readonly shortfall: Shortfall | null;
}

/** What idle slots wait for: trials of other sweeps, or that something can be recorded again. */
export type Wait = { readonly trials: number; readonly sweeps: readonly Holder[] } | { readonly trouble: string };

export interface ProgressState {
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly name: string;
  readonly objective: Objective;
  /** Parameters that take more than one value, in the user's spelling. */
  readonly swept: readonly string[];
  /** As they are, but for those that run. */
  readonly trials: ReadonlyMap<TrialId, TrialRecord>;
  readonly running: ReadonlyMap<TrialId, RunningTrial>;
  readonly counts: Readonly<Record<'total' | TrialState, number>>;
  readonly slots: number;
  /** Of the epochs that were trained in this run. */
  readonly speeds: Speeds;
  /** The latest, newest first. */
  readonly failures: readonly Failure[];
  readonly testing: { readonly done: number; readonly total: number } | null;
  readonly download: {
    readonly file: string;
    readonly receivedBytes: number;
    readonly totalBytes: number | null;
  } | null;
  readonly isStopping: boolean;
  readonly wait: Wait | null;
}

export function initialProgress(at: Date): ProgressState {
  return {
    startedAtMs: at.getTime(),
    nowMs: at.getTime(),
    name: '',
    objective: { metric: 'val/elbo', goal: 'maximize' },
    swept: [],
    trials: new Map(),
    running: new Map(),
    counts: countStates([]),
    slots: 0,
    speeds: new Map(),
    failures: [],
    testing: null,
    download: null,
    isStopping: false,
    wait: null,
  };
}

export function epochsOf(trial: TrialRecord): number {
  return trial.config.train.epochs;
}

/** Epochs that a trial still has to train, the one under way included. */
export function epochsLeft({ trials, running }: ProgressState, id: TrialId): number {
  const trial = running.get(id)?.trial ?? trials.get(id)!;
  return isFinished(trial.state) ? 0 : epochsOf(trial) - trial.epochs;
}

export interface Leader {
  /** One of its trials. */
  readonly trial: TrialRecord;
  /** Those that completed. */
  readonly seeds: number;
  readonly mean: number;
}

/** The configuration that the report would have first. */
export function bestSoFar({ trials, objective: { metric, goal } }: ProgressState): Leader | undefined {
  const [best] = orderConfigurations(foldSeeds([...trials.values()]), metric, goal).ranked;
  if (best === undefined) return undefined;
  const values = valuesOf(best, metric);
  return { trial: best.completed[0]!, seeds: values.length, mean: mean(values) };
}

/** Share of all epochs that is done, 0 to 1; finished trials count whole. */
export function progressFraction(state: ProgressState): number {
  let [total, left] = [0, 0];
  for (const trial of state.trials.values()) {
    total += epochsOf(trial);
    left += epochsLeft(state, trial.id);
  }
  const underWay = [...state.running.values()].reduce((sum, { fraction }) => sum + fraction, 0);
  return total === 0 ? 0 : (total - left + underWay) / total;
}

/**
 * Seconds until all training is done, by what epochs took in this run. Null before the first, and while all that is left
 * is with other sweeps, whose pace is not known here.
 */
export function etaSeconds(state: ProgressState): number | null {
  const { trials, running, speeds, slots, wait } = state;
  if (wait !== null && running.size === 0) return null;
  const open = [...trials.values()].map(({ id, config }) => {
    const current = running.get(id);
    return {
      config,
      epochsLeft: epochsLeft(state, id) - (current?.fraction ?? 0),
      isRunning: current !== undefined,
    };
  });
  return secondsLeft(open, speeds, slots);
}
