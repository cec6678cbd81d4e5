/** What zod reports, in the words of this program. */
import type { z } from 'zod';
import { READING_KEYS } from '../data/own/reading.ts';
import type { Finding, IssueCode } from './issue.ts';
import { PARAMETERS } from '../model/parameters.ts';
import { PRUNING_METHODS } from '../search/pruning.ts';
import { otherKeyHint } from './other-keys.ts';
import { allowedKeys, SECTION_KEYS, TOP_KEYS } from './spec-keys.ts';
import { specWord } from '../text/spec-word.ts';
import { isOtherThing, nearest, suggest } from './suggest.ts';

type ZodIssue = z.core.$ZodIssue;
type Path = Finding['path'];

/** `input` is the whole spec that was validated. */
export function toFindings(issue: ZodIssue, input: unknown): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(path, key, valueAt(input, [...path, key])));
  const given = valueAt(input, path);
  if (given === undefined && issue.code !== 'custom') return [missingKey(path)];
  const label = labelOf(path);
  const finding = (code: IssueCode, expected: string, hint?: string): Finding => {
    const message = `${label}expected ${expected}, got ${show(given)}`;
    return { code, path, at: 'value', message, ...(hint !== undefined && { hint }) };
  };
  switch (issue.code) {
    case 'invalid_type':
      return [finding('wrong_type', describeType(issue.expected), typeHint(issue.expected, given, path))];
    case 'invalid_value': {
      const values = issue.values.map(String);
      const heldOut =
        typeof given === 'string' ? values.find((name) => name === given.replace('test/', 'val/')) : undefined;
      if (heldOut !== undefined) {
        const message = `${label}test images choose nothing: they are looked at once, for what was chosen without them`;
        return [{ code: 'not_allowed', path, at: 'value', message, hint: `write ${heldOut}` }];
      }
      return typeof given === 'string'
        ? [finding('not_allowed', `one of ${values.join(', ')}`, closest(given, values) ?? ownImagesHint(given, path))]
        : [finding('wrong_type', `one of ${values.join(', ')}`)];
    }
    case 'too_small':
      return [
        finding(
          'out_of_range',
          bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum),
        ),
      ];
    case 'too_big':
      if (Array.isArray(given)) return [tooLong(path, given, Number(issue.maximum))];
      return [
        finding(
          'out_of_range',
          bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum),
        ),
      ];
    case 'custom': {
      const { code = 'not_allowed', hint } = (issue.params ?? {}) as { code?: IssueCode; hint?: string };
      return [{ code, path, at: 'value', message: issue.message, ...(hint !== undefined && { hint }) }];
    }
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_union':
      return [{ code: 'not_allowed', path, at: 'value', message: label + issue.message }];
  }
}

function unknownKey(path: Path, key: string, value: unknown): Finding {
  if (path.join() === 'dataset' && READING_KEYS.some((one) => one === key)) {
    const message = `\`${key}\` is of data of your own, which \`path\` names`;
    return { code: 'conflict', path: [...path, key], at: 'key', message, hint: 'leave it out' };
  }
  const place = path.length === 0 ? '' : ` in ${pathText(path)}`;
  // A key that is right elsewhere: say where, rather than what it looks like here.
  const section = Object.keys(SECTION_KEYS).find((name) => SECTION_KEYS[name]?.includes(key));
  const home = TOP_KEYS.includes(key) ? 'at the top level' : section && `in \`${section}\``;
  const other =
    path.length === 0
      ? otherKeyHint(key, value)
      : path.join() === 'dataset' && key === 'name'
        ? '`path` says which images: leave one of the two out'
        : undefined;
  const hint = other ?? (home === undefined ? suggestKey(key, allowedKeys(path)) : `it belongs ${home}`);
  return {
    code: 'unknown_key',
    path: [...path, key],
    at: 'key',
    message: `unknown key \`${key.slice(0, 64)}\`${place}`,
    hint,
  };
}

/** What was probably meant by a key that may not stand beside `allowed` ones, or where else it may. */
export function suggestKey(key: string, allowed: readonly string[]): string {
  if (/^optimi[sz]er$/.test(key)) {
    const others = allowed === SECTION_KEYS['train'] ? `; ${suggest(key, allowed)}` : '';
    return `every trial is trained by Adam${others}`;
  }
  if (nearest(key, allowed) === undefined) {
    const elsewhere = Object.entries(SECTION_KEYS).find(([, keys]) => nearest(key, keys) !== undefined);
    if (elsewhere) return `did you mean \`${nearest(key, elsewhere[1])!}\` in \`${elsewhere[0]}\`?`;
  }
  return suggest(key, allowed);
}

/** More layers than a model may have, or more values than a list may hold. */
function tooLong(path: Path, given: readonly unknown[], maximum: number): Finding {
  const name = path.findLast((step) => typeof step === 'string');
  const definition = PARAMETERS.find((parameter) => parameter.name === name);
  const base = { code: 'out_of_range', path, at: 'value' } as const;
  if (definition === undefined) {
    return { ...base, message: `${labelOf(path)}expected a list of at most ${maximum} values, got ${given.length}` };
  }
  const reason = definition.limit === undefined ? '' : `: ${definition.limit}`;
  const message = `${labelOf(path)}${given.length} layers, and at most ${maximum} are possible${reason}`;
  // A list of numbers is one value; whoever gives many may have meant choices.
  const isAlone = path.at(-1) === name;
  return {
    ...base,
    message,
    ...(isAlone && { hint: `choices are written [[${String(given[0])}], [${String(given[1])}], …]` }),
  };
}

const MISSING_KEY_HINTS: Readonly<Record<string, string>> = {
  'dataset.name': 'or `path`, where it is of images of your own',
  'prune.method': 'e.g. method: halving',
  'seeds.confirm': 'say how many the best ones have at the end, e.g. confirm: 5, or write `seeds` as a number',
};

function missingKey(path: Path): Finding {
  const parent = path.slice(0, -1);
  const place = parent.length === 0 ? 'the spec' : pathText(parent);
  const message = `${place} has no \`${String(path.at(-1))}\``;
  const hint = MISSING_KEY_HINTS[path.join('.')];
  return { code: 'missing_key', path: parent, at: 'key', message, ...(hint !== undefined && { hint }) };
}

/** A data set that nobody knows may be a file or folder. */
function ownImagesHint(given: string, path: Path): string | undefined {
  if (path[0] !== 'dataset' || path.at(-1) === 'binarization') return undefined;
  const shown = given.slice(0, 64);
  return `images of your own are named by a path: ${path.length === 1 ? `./${shown}` : `\`path: ${shown}\``}`;
}

function closest(given: string, values: readonly string[]): string | undefined {
  const words = given.trim().split(/\s+/);
  if (words.length > 1 && words.every((word) => values.includes(word))) return `write [${words.join(', ')}]`;
  if (isOtherThing(given)) return `\`${given}\` is something else, which is not available here`;
  const near = nearest(given, values);
  return near === undefined ? undefined : `did you mean \`${near}\`?`;
}

function typeHint(expected: string, given: unknown, path: Path): string | undefined {
  if (path.length === 0 && given === null) return 'the spec is empty: `sweep init` writes one to begin with';
  if (path[0] === 'where') return 'e.g. latent_dim <= last(hidden)';
  if (path.length === 1 && path[0] === 'objective' && Array.isArray(given)) return 'several are named by `objectives`';
  if (path.length === 1 && path[0] === 'objective') return 'e.g. { metric: val/elbo, goal: maximize }';
  if (path.join() === 'prune') {
    const method = typeof given === 'string' ? nearest(given, PRUNING_METHODS) : undefined;
    return method === undefined ? 'e.g. { method: halving }' : `write { method: ${method} }`;
  }
  if (path.join() === 'until' && typeof given === 'number') {
    return Number.isInteger(given) && given > 0 ? `write { patience: ${given} }` : `write { reached: ${given} }`;
  }
  if (['dataset,drop', 'use', 'learn_from'].includes(path.join()) && typeof given === 'string')
    return `write [${specWord(given)}]`;
  if (path.join() === 'objectives') return 'e.g. [val/kl, val/reconstruction]';
  if (expected === 'array' && typeof given === 'number') return `write [${given}]`;
  const word = expected === 'string' ? wordTakenFor(given) : undefined;
  if (word !== undefined) return `write it in quotes: ${JSON.stringify(word)}`;
  if (given === null) return 'leave the key out, or give it a value';
  if ((expected !== 'number' && expected !== 'int') || typeof given !== 'string') return undefined;
  const words = given.trim().split(/\s+/);
  if (words.length > 1) return words.every(isNumber) ? `write [${words.join(', ')}]` : undefined;
  const plain = given.trim().replaceAll('_', '');
  if (!isNumber(plain)) return undefined;
  return `write ${plain}, without ${plain === given ? 'quotes' : '`_`'}`;
}

/** The text that YAML took for something else: `0`, `true`, `a: b` in a list. */
function wordTakenFor(given: unknown): string | undefined {
  if (typeof given === 'number' || typeof given === 'boolean') return String(given);
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const [pair, ...others] = Object.entries(given);
  return pair === undefined || others.length > 0 || typeof pair[1] === 'object' ? undefined : pair.join(': ');
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a word',
  array: 'a list',
  object: 'a mapping',
  boolean: 'true or false',
};
const describeType = (expected: string): string => TYPE_NAMES[expected] ?? expected;

function bound(origin: string, relation: string, limit: number | bigint): string {
  const list = `a list of ${relation} ${limit} ${limit === 1 ? 'value' : 'values'}`;
  return origin === 'array' ? list : `${relation} ${limit}`;
}

/** A value as it would stand in the file. */
function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (value === Infinity || value === -Infinity) return `${value < 0 ? '-' : ''}.inf`;
  return Number.isNaN(value) ? '.nan' : JSON.stringify(value);
}

/** `beta: ` for what stands under a key, nothing for the spec itself. */
function labelOf(path: Path): string {
  const key = path.findLast((step) => typeof step === 'string');
  return key === undefined ? '' : `\`${key}\`: `;
}

/** `when[0].then.beta`. */
function pathText(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
