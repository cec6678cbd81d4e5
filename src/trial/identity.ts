import { hash as digest } from 'node:crypto';
import { hashName } from '../model/hash-name.ts';
import type { Parameter, Parameters, ParameterValue } from '../model/parameter.ts';
import { PARAMETERS } from '../model/parameters.ts';
import type { ConfigId, DatasetSettings, TrialConfig, TrialId } from './trial.ts';

/** Raise when the same trial gives other bits: results of another version are then not taken over. */
export const NUMERICS_VERSION = 4;

/** Everything that decides the result of one training run. Trials with equal ids have bit-identical results. */
export function trialId(config: TrialConfig, datasetFingerprint: string, seed: number): TrialId {
  return hash(`${configText(config, datasetFingerprint)},"seed":${seed}}`);
}

/** What the trials of one configuration share, whatever their seed. */
export function configId(config: TrialConfig, datasetFingerprint: string): ConfigId {
  return hash(`${configText(config, datasetFingerprint)}}`);
}

/** People get by with so many digits of an id, unless two begin alike. */
const FEWEST_DIGITS = 6;

/** How many digits, six or more, tell these ids apart. */
export function distinctDigits(ids: readonly TrialId[]): number {
  // In order, an id shares most with its neighbours.
  const sorted = [...new Set(ids)].sort();
  return sorted.reduce((digits, id, i) => Math.max(digits, 1 + sharedDigits(id, sorted[i + 1] ?? '')), FEWEST_DIGITS);
}

function sharedDigits(a: string, b: string): number {
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared++;
  return shared;
}

/** 64 bits: among 100,000 trials the chance of any collision is below 3 · 10⁻¹⁰. */
function hash(text: string): string {
  return digest('sha256', text).slice(0, 16);
}

/** The canonical JSON of `{ config, datasetFingerprint, numericsVersion }`, left open for the seed, which sorts last. */
function configText(config: TrialConfig, datasetFingerprint: string): string {
  let text = canonical.get(config);
  if (text === undefined) {
    canonical.set(
      config,
      (text = canonicalJson({ ...hashedConfig(config), parameters: hashedParameters(config.parameters) })),
    );
  }
  return `{"config":${text},"datasetFingerprint":${JSON.stringify(datasetFingerprint)},"numericsVersion":${NUMERICS_VERSION}`;
}

/** What of a configuration an id stands for, but for its parameters: of a user's own, content and not place. */
export function hashedConfig({ dataset, ownLikelihood, ownMetrics, ...config }: TrialConfig): object {
  return {
    ...config,
    dataset: hashedDataset(dataset),
    ...(ownLikelihood && { ownLikelihood: ownLikelihood.hash }),
    ...(ownMetrics && { ownMetrics: Object.fromEntries(ownMetrics.map(({ name, hash }) => [name, hash])) }),
  };
}

/** What of a data set's settings decides a trial's identity: of a user's own images, not what they are called and where they lie. */
export function hashedDataset({ own, name, ...settings }: DatasetSettings): object {
  return { ...settings, name: own === undefined ? name : OWN };
}

/** No data set is called like that: its name would be a path. */
const OWN = './';

/** What of a configuration's parameters decides its identity. */
export function hashedParameters(parameters: Parameters, definitions: readonly Parameter[] = PARAMETERS): Parameters {
  const isNeutral = (name: string, value: ParameterValue): boolean =>
    definitions.some(
      (one) => one.name === name && one.neutral !== undefined && canonicalJson(one.neutral) === canonicalJson(value),
    );
  const entries = Object.entries(parameters).filter(([name, value]) => !isNeutral(name, value));
  return Object.fromEntries(entries.map(([name, value]) => [hashName(name), value]));
}

/** Every seed of a configuration asks for the same text. */
const canonical = new WeakMap<TrialConfig, string>();

/** JSON with sorted keys, so that the order in which an object was built does not matter. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
