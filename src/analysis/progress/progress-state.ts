/** What a run looks like to someone watching it. */
import type { PreparationStep } from '../../scheduler/events.ts';
import type { Holder } from '../../store/store.ts';
import type { SweepRecord, TrialRecord } from '../../store/read-model.ts';
import type { TrialState } from '../../trial/state.ts';
import type { Objective, TrialId } from '../../trial/trial.ts';
import type { Pruning } from '../../search/pruning.ts';
import { stagesOf } from './final-epochs.ts';
import type { Speeds } from './cost.ts';
import { countStates } from './count-states.ts';
import { severeShortfall, type Shortfall } from '../trial/shortfall.ts';

export interface RunningTrial {
  /** With the epochs that are done by now. */
  readonly trial: TrialRecord;
  readonly device: string;
  /** How much is done after these, in epochs: more than 1 while a finished one waits for its checkpoint. */
  readonly fraction: number;
  readonly imagesPerSecond: number | null;
  /** The sweep's metric after each epoch that was seen; the latest last. */
  readonly curve: readonly number[];
  /** What it is doing, and since when: its data and checkpoint are read, its programs compiled, and then it trains. */
  readonly phase: RunningPhase;
  readonly phaseAtMs: number;
}

export type RunningPhase = 'loading' | 'compiling' | 'training';

/** A trial that diverged, failed, or completed worse than a constant image. */
export interface FailedTrial {
  readonly trial: TrialRecord;
  readonly state: TrialState;
  readonly cause: string | null;
  readonly shortfall: Shortfall | null;
}

/** So many of the latest are kept. */
export const KEPT_FAILURES = 2;

/** Why a trial is no success; undefined where it is one, or has not ended. */
export function failureIn(trial: TrialRecord): FailedTrial | undefined {
  const { state, cause, metrics } = trial;
  if (state === 'failed' || state === 'diverged') return { trial, state, cause, shortfall: null };
  const shortfall = state === 'completed' ? severeShortfall(metrics) : undefined;
  return shortfall && { trial, state, cause, shortfall };
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
  readonly prune: Pruning | null;
  /** Trials that are to confirm the best, and are not chosen yet. */
  readonly confirming: number;
  /** As they are, but for those that run. */
  readonly trials: ReadonlyMap<TrialId, TrialRecord>;
  readonly running: ReadonlyMap<TrialId, RunningTrial>;
  readonly counts: Readonly<Record<'total' | TrialState, number>>;
  readonly slots: number;
  /** Of the epochs that were trained in this run. */
  readonly speeds: Speeds;
  /** The latest, newest first. */
  readonly failures: readonly FailedTrial[];
  readonly testing: { readonly done: number; readonly total: number } | null;
  readonly download: {
    readonly file: string;
    readonly receivedBytes: number;
    readonly totalBytes: number | null;
  } | null;
  /** What is done before the first trial can train, since when. */
  readonly preparing: { readonly step: PreparationStep; readonly sinceMs: number } | null;
  /** `88 trials, 2.5 hours`; empty where there is none. */
  readonly budgetLeft: string;
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
    prune: null,
    confirming: 0,
    trials: new Map(),
    running: new Map(),
    counts: countStates([]),
    slots: 0,
    speeds: new Map(),
    failures: [],
    testing: null,
    download: null,
    preparing: null,
    budgetLeft: '',
    isStopping: false,
    wait: null,
  };
}

/** What a sweep's spec makes one expect of trials that it has, or that are yet to come. */
export function expectedOf(
  sweep: SweepRecord,
  trials: readonly TrialRecord[],
): Pick<ProgressState, 'prune' | 'confirming'> {
  const { prune, confirming } = stagesOf(sweep);
  return { prune, confirming: trials.some(({ phase }) => phase === 'confirm') ? 0 : confirming };
}
