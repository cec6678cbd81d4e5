/** What a run looks like to someone watching it. */
import { countStates } from '../report/summarize.ts';
import type { TrialRecord } from '../store/read-model.ts';
import type { TrialState } from '../trial/state.ts';
import type { Architecture, ConfigId, Objective, TrialId } from '../trial/trial.ts';

export interface RunningTrial {
  readonly trial: TrialRecord;
  readonly device: string;
  readonly epochsDone: number;
  /** Share of the current epoch that is done, 0 to 1. */
  readonly fraction: number;
  readonly imagesPerSecond: number | null;
  /** The sweep's metric after the latest epoch. */
  readonly metric: number | null;
}

/** A configuration's completed seeds: the objective's metric at each one's best epoch. */
export interface Score {
  readonly trial: TrialRecord;
  readonly seeds: number;
  readonly sum: number;
}

/** Epochs trained in this run and the seconds they took. */
interface Cost {
  readonly epochs: number;
  readonly seconds: number;
}

export interface ProgressState {
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly name: string;
  readonly objective: Objective;
  /** Parameters that take more than one value, in the user's spelling. */
  readonly swept: readonly string[];
  readonly trials: ReadonlyMap<TrialId, TrialRecord>;
  readonly counts: Readonly<Record<'total' | TrialState, number>>;
  readonly running: ReadonlyMap<TrialId, RunningTrial>;
  /** Epochs that trials queued again have in their checkpoints. */
  readonly paused: ReadonlyMap<TrialId, number>;
  readonly slots: number;
  readonly totalEpochs: number;
  /** Epochs that trials still have to train, those under way included. */
  readonly pendingEpochs: Readonly<Record<Architecture, number>>;
  readonly costs: Readonly<Record<Architecture, Cost>>;
  readonly scores: ReadonlyMap<ConfigId, Score>;
  /** The latest trials that diverged or failed, newest first. */
  readonly failures: readonly { readonly trial: TrialRecord; readonly state: TrialState; readonly cause: string }[];
  readonly testing: { readonly done: number; readonly total: number } | null;
  readonly download: {
    readonly file: string;
    readonly receivedBytes: number;
    readonly totalBytes: number | null;
  } | null;
  readonly isStopping: boolean;
}

export function initialProgress(at: Date): ProgressState {
  return {
    startedAtMs: at.getTime(),
    nowMs: at.getTime(),
    name: '',
    objective: { metric: 'val/elbo', goal: 'maximize' },
    swept: [],
    trials: new Map(),
    counts: countStates([]),
    running: new Map(),
    paused: new Map(),
    slots: 0,
    totalEpochs: 0,
    pendingEpochs: { mlp: 0, conv: 0 },
    costs: { mlp: { epochs: 0, seconds: 0 }, conv: { epochs: 0, seconds: 0 } },
    scores: new Map(),
    failures: [],
    testing: null,
    download: null,
    isStopping: false,
  };
}

export function epochsOf(trial: TrialRecord): number {
  return trial.config.train.epochs;
}
