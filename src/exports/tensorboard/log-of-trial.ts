/** The TensorBoard logs of a sweep: one of the experiment, and one of each trial. */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { distinctValues, parameterNames } from '../../analysis/parameters.ts';
import type { AttemptRecord, MetricRow, SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import type { TrialState } from '../../trial/state.ts';
import type { HParamInfoSchema } from './event_pb.ts';
import {
  DATA_TYPE_FLOAT64,
  DATA_TYPE_STRING,
  hparamsEvent,
  hparamValue,
  scalarEvent,
  STATUS_FAILURE,
  STATUS_RUNNING,
  STATUS_SUCCESS,
  STATUS_UNKNOWN,
  versionEvent,
} from './events.ts';
import { record } from './records.ts';

/** The HParams table shows a metric's last value; the result is that of the best epoch, which stands under its own tag. */
const atBest = (metric: string): string => `best_epoch/${metric}`;

/** Which parameters and metrics the HParams table has. */
export function logOfExperiment({ sweep, trials }: SweepSnapshot): Buffer {
  const time = seconds(sweep.startedAt);
  const metrics = [...new Set(trials.flatMap((trial) => Object.keys(trial.metrics)))];
  const { metric: objective } = sweep.objective;
  const experiment = {
    name: sweep.name,
    description: `Sweep ${sweep.name}, objective ${objective}. Metrics are those of each trial's best epoch.`,
    timeCreatedSecs: seconds(sweep.createdAt),
    hparamInfos: parameterNames(trials, sweep.swept).map((name) => hparamInfo(name, distinctValues(trials, name))),
    metricInfos: [objective, ...metrics.filter((name) => name !== objective)].map((name) => {
      return { name: { group: '', tag: atBest(name) }, displayName: name };
    }),
  };
  const event = hparamsEvent(time, '_hparams_/experiment', { case: 'experiment', value: experiment });
  return Buffer.concat([versionEvent(time), event].map(record));
}

function hparamInfo(name: string, values: readonly unknown[]): MessageInitShape<typeof HParamInfoSchema> {
  if (values.every((value) => typeof value === 'number')) {
    const ends = { minValue: Math.min(...values), maxValue: Math.max(...values) };
    return { name, type: DATA_TYPE_FLOAT64, domain: { case: 'domainInterval', value: ends } };
  }
  const domain = { case: 'domainDiscrete', value: { values: values.map(hparamValue) } } as const;
  return { name, type: DATA_TYPE_STRING, domain };
}

const STATUS_OF: Readonly<Record<TrialState, number>> = {
  queued: STATUS_UNKNOWN,
  running: STATUS_RUNNING,
  completed: STATUS_SUCCESS,
  pruned: STATUS_SUCCESS,
  diverged: STATUS_FAILURE,
  failed: STATUS_FAILURE,
  cancelled: STATUS_FAILURE,
};

/**
 * Scalars of each epoch, where steps are the optimiser's. An epoch's own time is not on record: those of an attempt lie
 * evenly within it. Seeds of a configuration are one session group.
 */
export function logOfTrial(
  trial: TrialRecord,
  metrics: readonly MetricRow[],
  attempts: readonly AttemptRecord[],
  sweepStart: Date,
): Buffer {
  const start = seconds(attempts[0]?.startedAt ?? sweepStart);
  const end = seconds(attempts.at(-1)?.endedAt ?? null) || start + trial.seconds;
  const timeOf = clockOf(metrics, attempts, { start, end });
  const hparams = Object.fromEntries(Object.entries(trial.params).map(([name, value]) => [name, hparamValue(value)]));
  const best = metrics.filter(({ epoch }) => epoch === trial.bestEpoch);
  const session = { hparams, groupName: trial.configId, startTimeSecs: start };
  const status = STATUS_OF[trial.state];
  const hasEnded = status === STATUS_SUCCESS || status === STATUS_FAILURE;
  const events = [
    versionEvent(start),
    hparamsEvent(start, '_hparams_/session_start_info', { case: 'sessionStartInfo', value: session }),
    ...metrics.map((row) => scalarEvent(timeOf(row), row.step, row.name, row.value)),
    ...best.map((row) => scalarEvent(timeOf(row), row.step, atBest(row.name), row.value)),
    ...(status === STATUS_UNKNOWN
      ? []
      : [
          hparamsEvent(hasEnded ? end : start, '_hparams_/session_end_info', {
            case: 'sessionEndInfo',
            value: { status, endTimeSecs: hasEnded ? end : 0 },
          }),
        ]),
  ];
  return Buffer.concat(events.map(record));
}

function clockOf(
  metrics: readonly MetricRow[],
  attempts: readonly AttemptRecord[],
  whole: { readonly start: number; readonly end: number },
): (row: MetricRow) => number {
  const epochs = new Map<number, Set<number>>();
  for (const { attempt, epoch } of metrics) epochs.set(attempt, (epochs.get(attempt) ?? new Set()).add(epoch));
  return ({ attempt, epoch }) => {
    const found = attempts.find((one) => one.attempt === attempt);
    const start = found ? seconds(found.startedAt) : whole.start;
    const end = Math.max(start, seconds(found?.endedAt ?? null) || whole.end);
    const own = [...(epochs.get(attempt) ?? [])];
    return start + ((end - start) * (own.indexOf(epoch) + 1)) / own.length;
  };
}

function seconds(date: Date | null): number {
  return date === null ? 0 : date.getTime() / 1000;
}
