import { measuredNames } from '../report/metric.ts';
import { parameterNames } from '../report/parameters.ts';
import type { MetricRow, SweepSnapshot } from '../store/read-model.ts';

/** Rows of an export. `params` and `metrics` are objects in JSON, and columns of their own in a flat form. */
export interface ExportTable {
  readonly columns: readonly string[];
  readonly rows: Iterable<Readonly<Record<string, unknown>>>;
}

/** One row per trial of the current plan; `metrics` are those of the best epoch. Columns as in the view `v_trials`. */
export function trialTable({ sweep, trials }: SweepSnapshot): ExportTable {
  const metrics = measuredNames(trials).filter((name) => name !== 'seconds' && name !== 'trainable_weights');
  return {
    columns: [
      ...['sweep', 'trial', 'config_id', 'seed', 'state', 'cause'],
      ...parameterNames(trials, sweep.swept),
      ...metrics,
      ...['best_epoch', 'epochs', 'seconds', 'trainable_weights', 'device', 'attempts', 'reused_from'],
    ],
    rows: trials.map((trial) => ({
      sweep: trial.sweep,
      trial: trial.id,
      config_id: trial.configId,
      seed: trial.seed,
      state: trial.state,
      cause: trial.cause,
      params: trial.params,
      metrics: trial.metrics,
      best_epoch: trial.bestEpoch,
      epochs: trial.epochs,
      seconds: trial.seconds,
      trainable_weights: trial.trainableWeights,
      device: trial.device,
      attempts: trial.attempts,
      reused_from: trial.reusedFrom,
    })),
  };
}

/** One row per recorded metric, as in the view `v_metrics`. Read as it is written out, so it may be of any length. */
export function metricTable(sweep: string, metrics: Iterable<MetricRow>): ExportTable {
  return { columns: ['sweep', 'trial', 'attempt', 'epoch', 'step', 'name', 'value'], rows: withSweep(sweep, metrics) };
}

function* withSweep(sweep: string, metrics: Iterable<MetricRow>): Generator<Readonly<Record<string, unknown>>> {
  for (const row of metrics) yield { sweep, ...row };
}
