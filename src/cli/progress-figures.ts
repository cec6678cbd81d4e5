/** Figures that follow from a run's progress. */
import type { TrialRecord } from '../store/read-model.ts';
import type { Architecture } from '../trial/trial.ts';
import { epochsOf, type ProgressState } from './progress-state.ts';

export interface Leader {
  /** One of its trials. */
  readonly trial: TrialRecord;
  readonly seeds: number;
  readonly mean: number;
}

/** The configuration that leads by the mean over its completed seeds. */
export function bestSoFar(state: ProgressState): Leader | undefined {
  const sign = state.objective.goal === 'maximize' ? 1 : -1;
  let best: Leader | undefined;
  for (const { trial, seeds, sum } of state.scores.values()) {
    const mean = sum / seeds;
    if (best === undefined || sign * mean > sign * best.mean) best = { trial, seeds, mean };
  }
  return best;
}

/** Share of all epochs that is done, 0 to 1; finished trials count whole. */
export function progressFraction(state: ProgressState): number {
  if (state.totalEpochs === 0) return 0;
  const pending = state.pendingEpochs.mlp + state.pendingEpochs.conv;
  const underWay = [...state.running.values()].reduce((sum, { fraction }) => sum + fraction, 0);
  return (state.totalEpochs - pending + underWay) / state.totalEpochs;
}

/**
 * Seconds until all training is done: the epochs left, at what one of their architecture cost in this run (the dearest
 * known where there is none yet), over all slots; no less than the longest running trial alone. Null before the first epoch.
 */
export function etaSeconds(state: ProgressState): number | null {
  const means = Object.values(state.costs).flatMap(({ epochs, seconds }) => (epochs === 0 ? [] : [seconds / epochs]));
  if (means.length === 0 || state.slots === 0) return null;
  const secondsPerEpoch = (architecture: Architecture): number => {
    const { epochs, seconds } = state.costs[architecture];
    return epochs === 0 ? Math.max(...means) : seconds / epochs;
  };
  let work = state.pendingEpochs.mlp * secondsPerEpoch('mlp') + state.pendingEpochs.conv * secondsPerEpoch('conv');
  let longest = 0;
  for (const { trial, epochsDone, fraction } of state.running.values()) {
    const cost = secondsPerEpoch(trial.config.parameters.architecture);
    work -= fraction * cost;
    longest = Math.max(longest, (epochsOf(trial) - epochsDone - fraction) * cost);
  }
  return Math.max(work / state.slots, longest);
}
