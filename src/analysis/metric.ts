import { FACTS, metricName, METRICS } from '../metrics/index.ts';
import { ALL_SPLITS } from '../metrics/metric.ts';
import type { TrialRecord } from '../store/read-model.ts';

/** Names that a report may rank by. */
export const RANKABLE: readonly string[] = [
  ...ALL_SPLITS.flatMap((split) =>
    METRICS.filter(({ splits }) => splits.includes(split)).map((metric) => metricName(split, metric)),
  ),
  ...FACTS.map(({ name }) => name),
];

/** A trial's metric at its best epoch, or one of the two facts that are ranked like metrics: seconds, trainable_weights. */
export function measure(trial: TrialRecord, name: string): number | undefined {
  if (name === 'seconds') return trial.seconds;
  if (name === 'trainable_weights') return trial.trainableWeights ?? undefined;
  return Object.hasOwn(trial.metrics, name) ? trial.metrics[name] : undefined;
}

/** Names of everything `measure` knows about at least one of the trials: metrics in order of appearance, then facts. */
export function measuredNames(trials: readonly TrialRecord[]): string[] {
  const names = new Set(trials.flatMap((trial) => Object.keys(trial.metrics)));
  if (trials.length > 0) names.add('seconds');
  if (trials.some((trial) => trial.trainableWeights !== null)) names.add('trainable_weights');
  return [...names];
}
