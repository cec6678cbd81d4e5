import { createHash } from 'node:crypto';
import type { ConfigId, TrialConfig, TrialId } from './trial.ts';

/** Raise when the same trial gives other bits: results of another version are then not taken over. */
export const NUMERICS_VERSION = 1;

/** Everything that decides the result of one training run. Trials with equal ids have bit-identical results. */
export function trialId(config: TrialConfig, datasetFingerprint: string, seed: number): TrialId {
  return identify({ numericsVersion: NUMERICS_VERSION, config, datasetFingerprint, seed });
}

/** What the trials of one configuration share, whatever their seed. */
export function configId(config: TrialConfig, datasetFingerprint: string): ConfigId {
  return identify({ numericsVersion: NUMERICS_VERSION, config, datasetFingerprint });
}

/** 64 bits: among 100,000 trials the chance of any collision is below 3 · 10⁻¹⁰. */
function identify(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys, so that the order in which an object was built does not matter. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}
