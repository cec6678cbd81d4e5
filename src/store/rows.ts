/** Rows as SQLite returns them, and the records that readers get. */
import { ARCHITECTURES } from '../model/architectures/index.ts';
import type { Parameters } from '../model/parameter.ts';
import { architecture, withLaterParameters } from '../model/parameters.ts';
import type { TrialState } from '../trial/state.ts';
import { fromUserConfig } from '../sweep-file/naming.ts';
import { checkTrialNumbers } from './check-numbers.ts';
import type { ConfigId, Objective, TrialId } from '../trial/trial.ts';
import { GONE_CAUSE, LEFT_RUNNING_CAUSE } from './schema/002-every-trial.ts';
import { DamagedRow } from './store-error.ts';
import type { AttemptRecord, SweepRecord, SweepState, TrialRecord } from './read-model.ts';

/** Orders completed trials `o`: the sweep that trained it, whose folder has the files, before one that took it over. */
export const SOURCE_FIRST = 'o.reused_from IS NOT NULL, o.key';

export interface SweepRow {
  readonly key: number;
  readonly name: string;
  readonly state: SweepState;
  readonly metric: string;
  readonly goal: Objective['goal'];
  readonly evaluate_test: 'selected' | 'all';
  readonly spec_text: string;
  readonly overrides: string;
  readonly swept: string;
  readonly dataset_fingerprint: string;
  readonly created_at: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly host: string | null;
  readonly pid: number | null;
  readonly heartbeat_at: string | null;
}

export interface TrialRow {
  readonly sweep: string;
  readonly key: number;
  readonly trial_id: TrialId;
  readonly config_id: ConfigId;
  readonly seed: number;
  readonly state: TrialState;
  readonly cause: string | null;
  readonly config: string;
  readonly best_epoch: number | null;
  readonly epochs: number;
  readonly last_elbo: number | null;
  readonly seconds: number;
  readonly device: string | null;
  readonly attempts: number;
  readonly kl_per_dimension: string | null;
  readonly trainable_weights: number | null;
  readonly reused_from: string | null;
  readonly in_plan: 0 | 1;
  readonly train_images: number | null;
  readonly validation_images: number | null;
  readonly numerics_version: number;
}

export interface AttemptRow {
  readonly attempt: number;
  readonly device: string | null;
  readonly engine: string | null;
  readonly provider: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly outcome: string | null;
  readonly cause: string | null;
}

export type Coordinator = NonNullable<SweepRecord['coordinator']>;

/** `isAlive` judges whether a coordinator that claims to be running still is. */
export function sweepRecord(row: SweepRow, isAlive: (coordinator: Coordinator) => boolean): SweepRecord {
  const { host, pid, heartbeat_at } = row;
  const coordinator =
    host === null || pid === null || heartbeat_at === null
      ? null
      : { host, pid, heartbeatAt: storedDate(heartbeat_at) };
  return {
    name: row.name,
    state: coordinator && !isAlive(coordinator) ? 'interrupted' : row.state,
    objective: { metric: row.metric, goal: row.goal },
    evaluateTest: row.evaluate_test,
    specText: row.spec_text,
    overrides: storedList(row.overrides, isText, `the list of overrides of sweep ${row.name}`),
    swept: storedList(row.swept, isText, `the list of swept parameters of sweep ${row.name}`),
    datasetFingerprint: row.dataset_fingerprint,
    createdAt: storedDate(row.created_at),
    startedAt: storedDate(row.started_at),
    endedAt: dateOrNull(row.ended_at),
    coordinator,
  };
}

/** A configuration as code and as the user spells its parameters. */
export type StoredConfig = Pick<TrialRecord, 'config' | 'params'>;

export function storedConfig(json: string, trial: TrialId, sweep: string): StoredConfig {
  const config = JSON.parse(json) as unknown;
  if (!isConfig(config)) throw new DamagedRow(`trial ${trial} of sweep ${sweep} has a configuration that is none`);
  const parameters = withLaterParameters(config.parameters);
  return { config: fromUserConfig({ ...config, parameters }), params: parameters };
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
    typeof dataset['name'] === 'string'
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
  checkTrialNumbers(row, config, metrics);
  const isLeft = row.state === 'running' && !isRunning;
  const klPerDimension =
    row.kl_per_dimension === null
      ? null
      : storedList(
          row.kl_per_dimension,
          isNumber,
          `the KL per dimension of trial ${row.trial_id} of sweep ${row.sweep}`,
        );
  const facts = {
    sweep: row.sweep,
    id: row.trial_id,
    configId: row.config_id,
    seed: row.seed,
    state: isLeft ? 'queued' : row.state,
    cause: isLeft ? LEFT_RUNNING_CAUSE : row.cause,
    config,
    params,
    device: row.device,
    attempts: row.attempts,
    reusedFrom: row.reused_from,
    inPlan: row.in_plan === 1,
    images:
      row.train_images === null || row.validation_images === null
        ? null
        : { train: row.train_images, validation: row.validation_images },
    numericsVersion: row.numerics_version,
  };
  // The result from before is not what the state tells of.
  if (row.state !== 'completed' && row.kl_per_dimension !== null) return { ...facts, ...NOTHING_YET };
  return {
    ...facts,
    metrics,
    bestEpoch: row.best_epoch,
    epochs: row.epochs,
    lastElbo: row.last_elbo,
    seconds: row.seconds,
    klPerDimension,
    trainableWeights: row.trainable_weights,
  };
}

/** Of a trial that is trained again on demand, as the view has it (schema/005-trained-again.ts). */
const NOTHING_YET = {
  metrics: {},
  bestEpoch: null,
  epochs: 0,
  lastElbo: null,
  seconds: 0,
  klPerDimension: null,
  trainableWeights: null,
} as const;

/** `isRunning` says whether its sweep is: an attempt that a coordinator which is gone left open is lost. */
export function attemptRecord(row: AttemptRow, isRunning: boolean): AttemptRecord {
  const isLeft = row.outcome === null && !isRunning;
  return {
    attempt: row.attempt,
    device: row.device,
    engine: row.engine === null ? null : `${row.engine}/${row.provider ?? '?'}`,
    startedAt: storedDate(row.started_at),
    endedAt: dateOrNull(row.ended_at),
    outcome: isLeft ? 'lost' : row.outcome,
    cause: isLeft ? GONE_CAUSE : row.cause,
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
