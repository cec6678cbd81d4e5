/** The configuration that a row holds as JSON: what readers rely on is looked at, and later parameters get their neutral values. */
import { RESIZES } from '../data/own/pictures/resample.ts';
import { ARCHITECTURES } from '../model/architectures/index.ts';
import type { Parameters } from '../model/parameter.ts';
import { architecture, withLaterParameters } from '../model/parameters.ts';
import { fromUserConfig } from '../sweep-file/naming.ts';
import type { OwnMetric, TrialId } from '../trial/trial.ts';
import { DamagedRow } from './store-error.ts';
import type { TrialRecord } from './read-model.ts';

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
    (drop === undefined || (Array.isArray(drop) && drop.every((name) => typeof name === 'string')))
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
