/** The rows of an export, and its text forms in chunks of many rows. */
import { toCsv } from './csv.ts';
import { toJsonLine } from './json-line.ts';
import { measuredNames } from '../analysis/metric.ts';
import { parameterNames } from '../analysis/parameters.ts';
import { TRAINED_ON_COLUMNS, trainedOn } from '../analysis/trained-on.ts';
import type { MetricRow, SweepSnapshot } from '../store/read-model.ts';

/** Rows of an export. `params` and `metrics` are objects in JSON, and columns of their own in a flat form. */
export interface ExportTable {
  readonly columns: readonly string[];
  readonly rows: Iterable<Readonly<Record<string, unknown>>>;
}

/** One row per trial, those of the present plan first; `metrics` are those of the best epoch. Columns as in the view `v_trials`. */
export function trialTable({ sweep, trials: planned, outside }: SweepSnapshot): ExportTable {
  const trials = [...planned, ...outside];
  const metrics = measuredNames(trials).filter((name) => name !== 'seconds' && name !== 'trainable_weights');
  return {
    columns: [
      ...['sweep', 'trial', 'config_id', 'seed', 'state', 'cause'],
      ...parameterNames(trials, sweep.swept),
      ...metrics,
      ...['best_epoch', 'epochs', 'seconds', 'trainable_weights', 'device', 'attempts', 'reused_from', 'in_plan'],
      ...TRAINED_ON_COLUMNS,
      ...['cpu_seconds', 'bit_class', 'tags', 'note'],
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
      in_plan: trial.inPlan,
      ...trainedOn(trial),
      cpu_seconds: trial.cpuSeconds,
      bit_class: trial.bitClass,
      tags: trial.tags,
      note: trial.note,
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

/** A row in a flat form: parameters and metrics beside the rest, tags with spaces between. */
export function flatRow(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { params, metrics, tags } = row;
  return { ...row, ...(params ?? {}), ...(metrics ?? {}), ...(Array.isArray(tags) && { tags: tags.join(' ') }) };
}

const CHUNK_ROWS = 1000;

export function* csvLines({ columns, rows }: ExportTable): Generator<string> {
  yield toCsv([columns]);
  for (const chunk of chunked(rows)) {
    const lines = chunk.map((row) => {
      const flat = flatRow(row);
      return columns.map((column) => flat[column]);
    });
    yield toCsv(lines);
  }
}

/** One array. */
export function* jsonLines({ rows }: ExportTable): Generator<string> {
  let separator = '[\n';
  for (const chunk of chunked(rows)) {
    yield separator + chunk.map((row) => toJsonLine(row).trimEnd()).join(',\n');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

export function* ndjsonLines({ rows }: ExportTable): Generator<string> {
  for (const chunk of chunked(rows)) yield chunk.map(toJsonLine).join('');
}

function* chunked<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < CHUNK_ROWS) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
