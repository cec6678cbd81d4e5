/** Rows as SQLite returns them, and the records that readers get. */
import { checkTrialNumbers } from './check-numbers.ts';
import type { Objective } from '../trial/trial.ts';
import { GONE_CAUSE, LEFT_RUNNING_CAUSE } from './schema/002-every-trial.ts';
import { DamagedRow } from './store-error.ts';
import type { AttemptRecord, RunRecord, SweepRecord, TrialRecord } from './read-model.ts';
import type { StoredConfig } from './stored-config.ts';

/** Orders completed trials `o`: the sweep that trained it, whose folder has the files, before one that took it over. */
export const SOURCE_FIRST = 'o.reused_from IS NOT NULL, o.key';

/** Records as the statements return them: dates and lists as text. */
export interface SweepRow
  extends
    Omit<
      SweepRecord,
      'objective' | 'overrides' | 'swept' | 'createdAt' | 'startedAt' | 'endedAt' | 'coordinator' | 'tags'
    >,
    Objective {
  readonly tags: string;
  readonly key: number;
  readonly overrides: string;
  readonly swept: string;
  readonly createdAt: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  readonly heartbeatAt: string | null;
}

/** Without its metrics. */
export interface TrialRow extends Omit<
  TrialRecord,
  'config' | 'params' | 'metrics' | 'klPerDimension' | 'inPlan' | 'isRevived' | 'images' | 'tags'
> {
  readonly tags: string;
  readonly config: string;
  readonly klPerDimension: string | null;
  readonly inPlan: 0 | 1;
  readonly isRevived: 0 | 1;
  readonly trainImages: number | null;
  readonly validationImages: number | null;
}

export interface AttemptRow extends Omit<AttemptRecord, 'startedAt' | 'endedAt'> {
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export type Coordinator = NonNullable<SweepRecord['coordinator']>;

/** `isAlive` judges whether a coordinator that claims to be running still is. */
export function sweepRecord(row: SweepRow, isAlive: (coordinator: Coordinator) => boolean): SweepRecord {
  const { name, state, metric, goal, evaluateTest, specText, datasetFingerprint, host, pid, heartbeatAt, note } = row;
  const coordinator =
    host === null || pid === null || heartbeatAt === null ? null : { host, pid, heartbeatAt: storedDate(heartbeatAt) };
  checkFolderName(name);
  return {
    name,
    state: coordinator && !isAlive(coordinator) ? 'interrupted' : state,
    objective: { metric, goal },
    evaluateTest,
    specText,
    overrides: storedList(row.overrides, isText, `the list of overrides of sweep ${name}`),
    swept: storedList(row.swept, isText, `the list of swept parameters of sweep ${name}`),
    datasetFingerprint,
    plannedTrials: row.plannedTrials,
    createdAt: storedDate(row.createdAt),
    startedAt: storedDate(row.startedAt),
    endedAt: dateOrNull(row.endedAt),
    coordinator,
    tags: storedList(row.tags, isText, `the list of tags of sweep ${name}`),
    note,
  };
}

/** What sweeps and trials are called are folders, too: none of them leads out of the results. @throws DamagedRow */
function checkFolderName(name: string): void {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) throw new DamagedRow(`${JSON.stringify(name)} names no sweep and no trial`);
}

/** A list that a column holds as JSON. */
function storedList<Item>(json: string, isItem: (item: unknown) => item is Item, what: string): Item[] {
  const list = JSON.parse(json) as unknown;
  if (!Array.isArray(list) || !list.every(isItem)) throw new DamagedRow(`${what} is none`);
  return list;
}
const isText = (item: unknown): item is string => typeof item === 'string';
const isNumber = (item: unknown): item is number => typeof item === 'number';

/** `isRunning` says whether its sweep is: what a coordinator that is gone left running waits for the next run. */
export function trialRecord(
  row: TrialRow,
  metrics: Readonly<Record<string, number>>,
  { config, params }: StoredConfig,
  isRunning: boolean,
): TrialRecord {
  for (const name of [row.id, row.reusedFrom]) if (name !== null) checkFolderName(name);
  checkTrialNumbers(row, config, metrics);
  const { trainImages: train, validationImages: validation, klPerDimension: kl, tags, ...facts } = row;
  const what = `the KL per dimension of trial ${row.id} of sweep ${row.sweep}`;
  return {
    ...facts,
    ...(row.state === 'running' && !isRunning && { state: 'queued', cause: LEFT_RUNNING_CAUSE }),
    config,
    params,
    metrics,
    klPerDimension: kl === null ? null : storedList(kl, isNumber, what),
    tags: storedList(tags, isText, `the list of tags of trial ${row.id}`),
    inPlan: row.inPlan === 1,
    isRevived: row.isRevived === 1,
    images: train === null || validation === null ? null : { train, validation },
    // The result from before is not what the state tells of.
    ...(row.state !== 'completed' && kl !== null && NOTHING_YET),
  };
}

/** Of a trial that is trained again on demand, as the view has it (schema/005-trained-again.ts). */
const NOTHING_YET = {
  metrics: {},
  bestEpoch: null,
  epochs: 0,
  lastElbo: null,
  seconds: 0,
  cpuSeconds: 0,
  klPerDimension: null,
  trainableWeights: null,
} as const;

/** `isRunning` says whether its sweep is: an attempt that a coordinator which is gone left open is lost. */
export function attemptRecord(row: AttemptRow, isRunning: boolean): AttemptRecord {
  return {
    ...row,
    startedAt: storedDate(row.startedAt),
    endedAt: dateOrNull(row.endedAt),
    ...(row.outcome === null && !isRunning && { outcome: 'lost', cause: GONE_CAUSE }),
  };
}

export interface RunRow extends Omit<RunRecord, 'startedAt' | 'endedAt' | 'seenAt' | 'versions' | 'overrides' | 'git'> {
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly seenAt: string;
  readonly versions: string;
  readonly overrides: string;
  readonly gitCommit: string | null;
  readonly gitChanges: string | null;
}

export function runRecord({ gitCommit, gitChanges, ...row }: RunRow): RunRecord {
  return {
    ...row,
    startedAt: storedDate(row.startedAt),
    endedAt: dateOrNull(row.endedAt),
    seenAt: storedDate(row.seenAt),
    versions: JSON.parse(row.versions) as RunRecord['versions'],
    overrides: JSON.parse(row.overrides) as string[],
    git: gitCommit === null ? null : { commit: gitCommit, changes: gitChanges },
  };
}

function dateOrNull(text: string | null): Date | null {
  return text === null ? null : storedDate(text);
}

function storedDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new DamagedRow(`the time ${JSON.stringify(text)} is none`);
  return date;
}
