/** Rows as SQLite returns them, and the records that readers get. */
import { RESIZES } from '../data/own/pictures/resample.ts';
import { ARCHITECTURES } from '../model/architectures/index.ts';
import type { Parameters } from '../model/parameter.ts';
import { architecture, withLaterParameters } from '../model/parameters.ts';
import { fromUserConfig } from '../sweep-file/naming.ts';
import { checkTrialNumbers } from './check-numbers.ts';
import type { Objective, OwnMetric, TrialId } from '../trial/trial.ts';
import { GONE_CAUSE, LEFT_RUNNING_CAUSE } from './schema/002-every-trial.ts';
import { DamagedRow } from './store-error.ts';
import type { AttemptRecord, RunRecord, SweepRecord, TrialRecord } from './read-model.ts';

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

/** A configuration as code and as the user spells its parameters. */
export type StoredConfig = Pick<TrialRecord, 'config' | 'params'>;

export function storedConfig(json: string, trial: TrialId, sweep: string): StoredConfig {
  const config = JSON.parse(json) as unknown;
  if (!isConfig(config)) throw new DamagedRow(`trial ${trial} of sweep ${sweep} has a configuration that is none`);
  const parameters = withLaterParameters(config.parameters);
  const stored = fromUserConfig({ ...config, parameters });
  return { config: stored, params: parameters };
}

/** What readers rely on; a parameter that an older version didn't have is missing. */
function isConfig(value: unknown): value is { parameters: Parameters } {
  if (!isObject(value)) return false;
  const { parameters, train, dataset } = value;
  return (
    isObject(parameters) &&
    ARCHITECTURES.some(({ name }) => name === parameters[architecture.name]) &&
    Object.values(parameters).every(isParameter) &&
    isObject(train) &&
    Number.isSafeInteger(train['epochs']) &&
    isObject(dataset) &&
    typeof dataset['name'] === 'string' &&
    (dataset['own'] === undefined || isOwnImages(dataset['own'])) &&
    (value['own_likelihood'] === undefined || isOwnLikelihood(value['own_likelihood'])) &&
    (value['own_metrics'] === undefined ||
      (Array.isArray(value['own_metrics']) && value['own_metrics'].every(isOwnMetric)))
  );
}

/** As toUserConfig writes what is known of a likelihood of the user's own. */
function isOwnLikelihood(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { output_channels: outputs, weights = [] } = value;
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) > 0;
  return (
    ['name', 'path', 'hash', 'description', 'family'].every((name) => typeof value[name] === 'string') &&
    isSize(outputs) &&
    Array.isArray(weights) &&
    weights.every((one) => {
      return (
        isObject(one) && typeof one['name'] === 'string' && Array.isArray(one['shape']) && one['shape'].every(isSize)
      );
    })
  );
}

function isOwnMetric(value: unknown): value is OwnMetric {
  if (!isObject(value)) return false;
  const { goal, decimals } = value;
  return (
    ['name', 'path', 'hash', 'definition', 'label', 'amount', 'unit'].every(
      (name) => typeof value[name] === 'string',
    ) &&
    (goal === null || goal === 'maximize' || goal === 'minimize') &&
    Number.isSafeInteger(decimals) &&
    (decimals as number) >= 0 &&
    (decimals as number) <= 10
  );
}

/** As toUserConfig writes what is known of a user's own images. */
function isOwnImages(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['splits'])) return false;
  const { images, height, width, channels, splits } = value;
  const counts = [images, height, width, channels, splits['train'], splits['validation'], splits['test']];
  return (
    counts.every((count) => Number.isSafeInteger(count) && (count as number) > 0) &&
    ['path', 'fingerprint'].every((name) => typeof value[name] === 'string') &&
    typeof value['is_binary'] === 'boolean' &&
    (value['is_real'] === undefined || value['is_real'] === true) &&
    (value['is_counts'] === undefined || value['is_counts'] === true) &&
    (value['has_test_set'] === undefined || value['has_test_set'] === true) &&
    (value['reading'] === undefined || isReading(value['reading']))
  );
}

function isReading(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { size, resize, channels, key, label, values, header, drop } = value;
  const isSide = (side: unknown): boolean => Number.isSafeInteger(side) && (side as number) > 0;
  return (
    (size === undefined || (Array.isArray(size) && size.length === 2 && size.every(isSide))) &&
    (resize === undefined || (typeof resize === 'string' && Object.hasOwn(RESIZES, resize))) &&
    (channels === undefined || channels === 'grey' || channels === 'colour') &&
    (key === undefined || typeof key === 'string') &&
    (label === undefined || typeof label === 'string') &&
    (values === undefined || values === 'counts') &&
    (header === undefined || typeof header === 'boolean') &&
    (drop === undefined || (Array.isArray(drop) && drop.every(isText)))
  );
}

function isParameter(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string' || value === null || isNumbers(value);
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
