/** What a run looks like to someone watching it, and the figures that follow from that. */
import { countStates } from '../analysis/count-states.ts';
import type { TrialRecord } from '../store/read-model.ts';
import type { TrialState } from '../trial/state.ts';
import { valueOf } from '../model/parameter.ts';
import { architecture } from '../model/parameters.ts';
import type { ConfigId, Objective, TrialId } from '../trial/trial.ts';

export interface RunningTrial {
  readonly trial: TrialRecord;
  readonly device: string;
  readonly epochsDone: number;
  /** How much is done after these, in epochs: more than 1 while a finished one waits for its checkpoint. */
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
  /** Other seeds of it diverged or failed. */
  readonly hasLost: boolean;
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
  readonly pendingEpochs: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, Cost>>;
  readonly scores: ReadonlyMap<ConfigId, Score>;
  /** The latest trials that diverged, failed, or completed worse than a constant image, newest first. */
  readonly failures: readonly { readonly trial: TrialRecord; readonly state: TrialState; readonly cause: string }[];
  readonly testing: { readonly done: number; readonly total: number } | null;
  readonly download: {
    readonly file: string;
    readonly receivedBytes: number;
    readonly totalBytes: number | null;
  } | null;
  readonly isStopping: boolean;
  /** What idle slots wait for. */
  readonly wait: string | null;
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
    pendingEpochs: {},
    costs: {},
    scores: new Map(),
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

export interface Leader {
  /** One of its trials. */
  readonly trial: TrialRecord;
  readonly seeds: number;
  readonly mean: number;
  readonly hasLost: boolean;
}

/**
 * The configuration that leads by the mean over its completed seeds. As in the report, one that lost seeds leads only
 * where all have lost some.
 */
export function bestSoFar(state: ProgressState): Leader | undefined {
  const sign = state.objective.goal === 'maximize' ? 1 : -1;
  let best: Leader | undefined;
  for (const { trial, seeds, sum, hasLost } of state.scores.values()) {
    if (seeds === 0) continue;
    const mean = sum / seeds;
    const isBetter = best === undefined || (hasLost === best.hasLost ? sign * mean > sign * best.mean : !hasLost);
    if (isBetter) best = { trial, seeds, mean, hasLost };
  }
  return best;
}

/** Share of all epochs that is done, 0 to 1; finished trials count whole. */
export function progressFraction(state: ProgressState): number {
  if (state.totalEpochs === 0) return 0;
  const pending = Object.values(state.pendingEpochs).reduce((sum, epochs) => sum + epochs, 0);
  const underWay = [...state.running.values()].reduce((sum, { fraction }) => sum + fraction, 0);
  return (state.totalEpochs - pending + underWay) / state.totalEpochs;
}

/**
 * Seconds until all training is done: the epochs left, at what one of their architecture cost in this run (the dearest
 * known where there is none yet), over all slots; no less than the longest running trial alone. Null before the first epoch,
 * and while all that is left is with other sweeps, whose pace is not known here.
 */
export function etaSeconds(state: ProgressState): number | null {
  const means = Object.values(state.costs).map(({ epochs, seconds }) => seconds / epochs);
  if (means.length === 0 || state.slots === 0 || (state.wait !== null && state.running.size === 0)) return null;
  const secondsPerEpoch = (name: string): number => {
    const cost = state.costs[name];
    return cost === undefined ? Math.max(...means) : cost.seconds / cost.epochs;
  };
  let work = Object.entries(state.pendingEpochs).reduce(
    (sum, [name, epochs]) => sum + epochs * secondsPerEpoch(name),
    0,
  );
  let longest = 0;
  for (const { trial, epochsDone, fraction } of state.running.values()) {
    const cost = secondsPerEpoch(valueOf(trial.config.parameters, architecture));
    work -= fraction * cost;
    longest = Math.max(longest, (epochsOf(trial) - epochsDone - fraction) * cost);
  }
  return Math.max(work / state.slots, longest);
}
