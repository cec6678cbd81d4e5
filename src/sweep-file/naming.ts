/**
 * The one mapping between camelCase in code and snake_case in everything a user reads or writes. Parameters are called by
 * their users' names everywhere.
 */
import type { TrialConfig } from '../trial/trial.ts';
import { possibleValues } from './expansion/space.ts';
import type { SweepSpec } from './spec.ts';

/** `batchSize` → `batch_size`. */
function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `batch_size` → `batchSize`. */
function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/** A whole configuration in the user's spelling. */
export function toUserConfig(config: TrialConfig): Record<string, unknown> {
  return toUserSpelling(config) as Record<string, unknown>;
}

/** Any of our objects, its keys at every depth in snake_case; but names of metrics and of parameters are data. */
export function toUserSpelling(value: unknown): unknown {
  return renameKeys(value, toSnakeCase);
}

/** The inverse of `toUserConfig`. */
export function fromUserConfig(config: Readonly<Record<string, unknown>>): TrialConfig {
  return renameKeys(config, toCamelCase) as TrialConfig;
}

/** Parameters that can take more than one value in this sweep, as the user spells them, in the order of the spec. */
export function sweptParameters(spec: SweepSpec): string[] {
  return spec.axes
    .filter((axis) => {
      const possible = possibleValues(spec, axis);
      if (possible === undefined) return true;
      const tried = spec.tried.flatMap((parameters) => parameters[axis.parameter] ?? []);
      return new Set([...possible, ...tried].map((value) => JSON.stringify(value))).size > 1;
    })
    .map(({ parameter }) => parameter);
}

/** The names of our objects are few, and a sweep of 10,000 trials has 150,000 of them to rename at every reading. */
function remembering(rename: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    let renamed = known.get(name);
    if (renamed === undefined) known.set(name, (renamed = rename(name)));
    return renamed;
  };
}
const toSnakeCase = remembering(snakeCase);
const toCamelCase = remembering(camelCase);

/** What these hold is keyed by names that a user reads or chose: a metric called `val/MIG` stays that. */
const KEYED_BY_DATA = new Set(['metrics', 'parameters', 'params']);

function renameKeys(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renameKeys(item, rename));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const renamed: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    renamed[rename(key)] = KEYED_BY_DATA.has(key) ? item : renameKeys(item, rename);
  }
  return renamed;
}
