/** What a trial may be asked for beside its parameters. */
import { SweepError } from '../errors.ts';
import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { metricsCalled, rankable } from '../metrics/short-names.ts';
import { measure, measuredNames } from './metric.ts';
import { parameterNames } from './parameters.ts';
import { TRAINED_ON_COLUMNS, trainedOn } from './trained-on.ts';

/** How a key of a filter reads a trial. */
export interface FilterColumn {
  readonly name: string;
  /** What a parameter or a setting is; what training came to; a name by its beginning; or names, of which it may have any number. */
  readonly kind: 'setting' | 'result' | 'id' | 'names';
  /** Undefined where the trial has none; of names, the list of them. */
  of(trial: TrialRecord): unknown;
}

/** What a condition on the column may ask for of this trial. */
export function columnValues(column: FilterColumn, trial: TrialRecord): readonly unknown[] {
  const value = column.of(trial);
  if (column.kind === 'names') return value as readonly string[];
  return value === undefined ? [] : [value];
}

const OWN: readonly FilterColumn[] = [
  { name: 'seed', kind: 'setting', of: ({ seed }) => seed },
  { name: 'state', kind: 'result', of: ({ state }) => state },
  { name: 'trial', kind: 'id', of: ({ id }) => id },
  { name: 'tag', kind: 'names', of: ({ tags }) => tags },
  { name: 'device', kind: 'setting', of: ({ device }) => device ?? undefined },
  { name: 'best_epoch', kind: 'result', of: ({ bestEpoch }) => bestEpoch ?? undefined },
  ...TRAINED_ON_COLUMNS.map((name): FilterColumn => {
    return { name, kind: 'setting', of: (trial) => trainedOn(trial)[name] ?? 'none' };
  }),
];

/** The columns a sweep has, parameters first. A metric goes by its full name; `elbo` alone is the held-out one. */
export function filterColumns({ sweep, trials }: SweepSnapshot): FilterColumn[] {
  const parameters = parameterNames(trials, sweep.swept).map((name): FilterColumn => {
    return { name, kind: 'setting', of: ({ params }) => (Object.hasOwn(params, name) ? params[name] : undefined) };
  });
  const metrics = measuredNames(trials).map((name): FilterColumn => {
    return { name, kind: 'result', of: (trial) => measure(trial, name) };
  });
  const known = new Set(parameters.map(({ name }) => name));
  return [...parameters, ...[...OWN, ...metrics].filter(({ name }) => !known.has(name))];
}

/** The column of this name, or of a metric whose split is left out. */
export function findColumn(columns: readonly FilterColumn[], name: string): FilterColumn | undefined {
  const meant = metricsCalled(name).filter((full) => full === name || !name.includes('/') === full.startsWith('val/'));
  return columns.find((column) => column.name === name) ?? columns.find((column) => meant.includes(column.name));
}

/** @throws SweepError NOT_FOUND for a metric that there is, but that no trial has */
export function refuseUnmeasured(name: string, columns: readonly FilterColumn[]): void {
  if (!rankable().includes(name) && !rankable().includes(`val/${name}`)) return;
  const metrics = columns.filter((column) => rankable().includes(column.name)).map((column) => column.name);
  throw new SweepError('NOT_FOUND', `No trial has ${name}. Measured here: ${metrics.join(', ')}`);
}
