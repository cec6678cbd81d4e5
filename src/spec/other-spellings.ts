/**
 * What other tools write for the values of a parameter, in the spelling of a spec: W&B sweeps, Optuna's and Hydra's
 * search spaces, Ray Tune, NNI. Null for what is none of theirs.
 */
export function translate(given: unknown): string | null {
  if (typeof given === 'string') return fromCall(given);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return null;
  const fields = given as Readonly<Record<string, unknown>>;
  const keys = Object.keys(fields);
  const isOurs = keys.every((key) => OUR_KEYS.includes(key));
  return isOurs || !keys.every((key) => key in KEYS || OUR_KEYS.includes(key)) ? null : fromMapping(fields);
}

/** The spelling of a range takes another kind of search; this is what to say after it. */
const WITH_RANDOM = ', with `search: random` and `trials: N`';
const OUR_KEYS = ['min', 'max', 'scale', 'step'];
const KEYS: Readonly<Record<string, true>> = {
  ...{ value: true, values: true, choices: true, grid_search: true, distribution: true, type: true, q: true },
  ...{ low: true, high: true, lower: true, upper: true, log: true, _type: true, _value: true },
};

function fromMapping(fields: Readonly<Record<string, unknown>>): string | null {
  const { value, values, choices, grid_search: grid, _value: given } = fields;
  const kind = [fields['distribution'], fields['type'], fields['_type']].find((name) => typeof name === 'string') ?? '';
  const list = values ?? choices ?? grid ?? (kind === 'choice' ? given : undefined);
  if (Array.isArray(list)) return list.length === 0 ? null : yaml(list);
  if (value !== undefined) return typeof value === 'object' && !Array.isArray(value) ? null : yaml(value);

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
function fromCall(text: string): string | null {
  const [, log, name, inside] =
    /^(tag\(log,\s*)?(?:tune\.)?(choice|interval|uniform|log_?uniform)\(([^()]*)\)\)?$/.exec(text) ?? [];
  if (name === undefined || inside === undefined) return null;
  const items = inside
    .replaceAll(/[[\]]/g, '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) return null;
  if (name === 'choice') return `[${items.join(', ')}]`;
  return range(items.map(Number), log !== undefined || name.startsWith('log'));
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
