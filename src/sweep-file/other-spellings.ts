import { parse } from 'yaml';
import { YAML_OPTIONS } from './source.ts';

/** What one value of a parameter is. */
export type ValueKind = 'number' | 'word' | 'list';

/**
 * What other tools write for the values of a parameter, in the spelling of a spec: W&B sweeps, Optuna's and Hydra's
 * search spaces, Ray Tune, NNI. Null for what is none of theirs, and for what such a parameter can't be.
 */
export function translate(given: unknown, kind: ValueKind): string | null {
  if (typeof given === 'string') return fromCall(given, kind);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const fields = given as Readonly<Record<string, unknown>>;
  const keys = Object.keys(fields);
  const isOurs = keys.every((key) => OUR_KEYS.includes(key));
  return isOurs || !keys.every((key) => key in KEYS || OUR_KEYS.includes(key)) ? null : fromMapping(fields, kind);
}

/** The spelling of a range takes another kind of search; this is what to say after it. */
const WITH_RANDOM = ', with `search: random` and `trials: N`';
const OUR_KEYS = ['min', 'max', 'scale', 'step'];
const KEYS: Readonly<Record<string, true>> = {
  ...{ value: true, values: true, choices: true, grid_search: true, distribution: true, type: true, q: true },
  ...{ low: true, high: true, lower: true, upper: true, log: true, _type: true, _value: true },
};

function fromMapping(fields: Readonly<Record<string, unknown>>, valueKind: ValueKind): string | null {
  const { value, values, choices, grid_search: grid, _value: given } = fields;
  const kind = [fields['distribution'], fields['type'], fields['_type']].find((name) => typeof name === 'string') ?? '';
  const list = values ?? choices ?? grid ?? (kind === 'choice' ? given : undefined);
  if (Array.isArray(list)) return choicesOf(list, valueKind);
  if (Array.isArray(value)) return yaml(value);
  if (value !== undefined) return typeof value === 'object' ? null : yaml(valueKind === 'list' ? [value] : value);
  if (valueKind !== 'number') return null;

  const [first, second] = Array.isArray(given) ? (given as unknown[]) : [];
  const ends = [
    fields['min'] ?? fields['low'] ?? fields['lower'] ?? first,
    fields['max'] ?? fields['high'] ?? fields['upper'] ?? second,
  ];
  // W&B's log_uniform (and not log_uniform_values) gives the ends as natural logarithms.
  const areExponents = fields['distribution'] !== undefined && /^(q_)?log_uniform$/.test(kind);
  const isLog = fields['log'] === true || fields['scale'] === 'log' || /log/.test(kind);
  return range(
    areExponents ? ends.map((end) => (typeof end === 'number' ? rounded(Math.exp(end)) : end)) : ends,
    isLog,
    fields['step'] ?? fields['q'],
  );
}

/** Hydra's and Ray's calls: `choice(1, 2, 4)`, `interval(0, 1)`, `tag(log, interval(1e-5, 1e-2))`, `loguniform(1e-5, 1e-2)`. */
function fromCall(text: string, kind: ValueKind): string | null {
  const [, log, name, inside] =
    /^(tag\(log,\s*)?(?:tune\.)?(choice|interval|uniform|log_?uniform)\(([^()]*)\)\)?$/.exec(text) ?? [];
  if (name === undefined || inside === undefined) return null;
  const given = argumentsOf(inside);
  // Hydra takes the choices one by one, Ray a single list of them.
  const items = given.length === 1 && Array.isArray(given[0]) ? (given[0] as unknown[]) : given;
  if (name === 'choice') return choicesOf(items, kind);
  return kind === 'number' ? range(items, log !== undefined || name.startsWith('log')) : null;
}

/** None where they can't be read. */
function argumentsOf(inside: string): readonly unknown[] {
  try {
    return parse(`[${inside}]`, YAML_OPTIONS) as unknown[];
  } catch {
    return [];
  }
}

/** Of a parameter whose values are lists, a plain list would be a single choice. */
function choicesOf(items: readonly unknown[], kind: ValueKind): string | null {
  const isPlain = items.every((item) => typeof item !== 'object' || (kind === 'list' && Array.isArray(item)));
  if (items.length === 0 || !isPlain) return null;
  return yaml(kind === 'list' ? items.map((item) => (Array.isArray(item) ? (item as unknown[]) : [item])) : items);
}

function range([min, max]: readonly unknown[], isLog: boolean, step?: unknown): string | null {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return null;
  const spacing = isLog ? ', scale: log' : typeof step === 'number' ? `, step: ${step}` : '';
  return `{ min: ${String(min)}, max: ${String(max)}${spacing} }${WITH_RANDOM}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function yaml(value: unknown): string {
  return Array.isArray(value)
    ? `[${value.map(yaml).join(', ')}]`
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}
