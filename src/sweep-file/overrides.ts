/** `key=value` arguments after the spec file, applied to the YAML before it is validated. */
import { isMap, isScalar, parseDocument, YAMLMap, type Document, type Node, type Scalar } from 'yaml';
import { READING_KEYS } from '../data/own/reading.ts';
import { isPath } from './dataset.ts';
import { suggestKey } from './findings.ts';
import type { Finding, IssueCode, SpecIssue } from './issue.ts';
import { metricsCalled } from '../metrics/short-names.ts';
import { PARAMETER_NAMES } from '../model/parameters.ts';
import { SECTION_KEYS, TOP_KEYS, TRAIN_KEYS } from './spec-keys.ts';
import { refusedNodes, YAML_OPTIONS } from './source.ts';
import { nearest } from './suggest.ts';

type OverridePath = readonly [string, string?];

export interface AppliedOverrides {
  /** Overrides that can't be read. */
  readonly issues: readonly SpecIssue[];
  /** The issue of a finding that lies in a value an override gave; undefined when it lies in the file. */
  locate(finding: Finding): SpecIssue | undefined;
  /** Whether an override changes which configurations there are. */
  readonly changesSpace: boolean;
}

/**
 * Changes `document` in place, one `key=value` after the other:
 * - a key of the spec (`seeds=3`), a parameter (`beta=4`), a setting of `train` (`epochs=3`), or any of them in full
 *   (`dataset.train=1000`, `train.epochs=3`);
 * - a value in YAML, where a list may go without brackets (`beta=1,2,4`).
 * `budget=null` leaves a key out, as if the file didn't have it.
 * `dataset=mnist` or `dataset=./faces` changes the name or path alone where the file also says how much of the data to take; with a path
 * goes what only one's own data have.
 */
export function applyOverrides(document: Document, overrides: readonly string[]): AppliedOverrides {
  const issues: SpecIssue[] = [];
  const placed: { readonly path: OverridePath; readonly label: string }[] = [];
  for (const [i, override] of overrides.entries()) {
    const label = `override ${i + 1} (${override})`;
    const report = (code: IssueCode, message: string, hint?: string): void => {
      issues.push(issueIn(label, { code, message, ...(hint !== undefined && { hint }) }));
    };
    const [, key, text] = /^([^=]*)=(.*)$/s.exec(override) ?? [];
    if (key === undefined || text === undefined) {
      report('syntax', 'expected key=value', `e.g. ${meantList(overrides, i) ?? 'beta=4'}`);
      continue;
    }
    const path = pathOf(key.trim());
    if (!path) {
      report('unknown_key', ...unknownKey(key.trim()));
      continue;
    }
    const words = text.trim().split(/\s+/);
    if (words.length > 1 && takesList(path) && words.every((word) => /^[\w.+-]+$/.test(word))) {
      report('wrong_type', 'several values are separated by commas', `write ${key.trim()}=${words.join(',')}`);
      continue;
    }
    const { value, problem } = readValue(
      isMetric(path) ? text.trim().split(/, */).map(fullMetricName).join(',') : text,
    );
    if (problem !== undefined) report('syntax', problem);
    // `null` and `~` are written; an empty value is a slip.
    else if (text.trim() !== '' && isScalar(value.contents) && value.contents.value === null) {
      if (path.length === 1 && NEEDED.includes(path[0])) {
        report('missing_key', `no sweep is without \`${path[0]}\``, 'leave this out, or give it a value');
      } else placed.push({ path: remove(document, path), label });
    } else placed.push({ path: assign(document, path, value.contents), label });
  }
  const locate = ({ path, ...finding }: Finding): SpecIssue | undefined => {
    const origin = placed.findLast((override) => override.path.every((step, i) => path[i] === step));
    return origin && issueIn(origin.label, finding);
  };
  const changesSpace = placed.some(({ path: [section] }) => SPACE_SECTIONS.includes(section));
  return { issues, locate, changesSpace };
}

/** What was probably meant by values that a space parts from theirs: `beta=1 4` is `beta=1,4`. */
function meantList(overrides: readonly string[], at: number): string | undefined {
  const first = overrides.slice(0, at).findLastIndex((override) => override.includes('='));
  const next = overrides.findIndex((override, i) => i > at && override.includes('='));
  if (first === -1) return undefined;
  const words = overrides.slice(first, next === -1 ? undefined : next).map((word) => word.replace(/,$/, ''));
  return words.slice(1).every((word) => /^[\w.+-]+$/.test(word) && !OVERRIDE_KEYS.includes(word))
    ? words.join(',')
    : undefined;
}

const NEEDED: readonly string[] = ['name', 'dataset'];
const SPACE_SECTIONS = ['parameters', 'zip', 'when', 'exclude', 'where', 'try', 'search'];

function issueIn(label: string, { code, message, hint }: Pick<SpecIssue, 'code' | 'message' | 'hint'>): SpecIssue {
  return { code, message, file: label, line: null, column: null, length: 0, ...(hint !== undefined && { hint }) };
}

const SHORT_KEYS = [...TOP_KEYS, ...PARAMETER_NAMES, ...TRAIN_KEYS];
const OVERRIDE_KEYS = [
  ...SHORT_KEYS,
  ...Object.entries(SECTION_KEYS).flatMap(([section, keys]) => keys.map((key) => `${section}.${key}`)),
];

/** The key of a spec, in its short form, that a word means as it is: `batch-size`, `lr`, `seed`; undefined for none. */
export function specKeyCalled(word: string): string | undefined {
  const written = word.toLowerCase().replaceAll('-', '_');
  const known = SHORT_KEYS.find((key) => key === written || key === `${written}s`);
  return known ?? OTHER_KEYS[written];
}

/** Of the keys, those that other programs have as flags of another name. */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  ...{ lr: 'learning_rate', bs: 'batch_size', epoch: 'epochs', num_epochs: 'epochs', latent: 'latent_dim' },
  ...{ z_dim: 'latent_dim', zdim: 'latent_dim', arch: 'architecture', model: 'architecture', kl_weight: 'beta' },
};

function pathOf(key: string): OverridePath | undefined {
  if (!OVERRIDE_KEYS.includes(key)) return undefined;
  if (TOP_KEYS.includes(key)) return [key];
  if (key.includes('.')) return key.split('.') as [string, string];
  return TRAIN_KEYS.includes(key) ? ['train', key] : ['parameters', key];
}

function isMetric([section, key]: OverridePath): boolean {
  return (section === 'objective' && key === 'metric') || section === 'objectives';
}

/** `kl` for `val/kl`; what is no short name stays as it is. */
function fullMetricName(written: string): string {
  return metricsCalled(written).find((name) => name.startsWith('val/')) ?? written;
}

function takesList([section]: OverridePath): boolean {
  return section === 'parameters' || section === 'seeds' || section === 'objectives' || section === 'use';
}

/** Message and hint. Of a key in full (`train.epoch`) the part after the dot is looked up in its section. */
function unknownKey(key: string): [message: string, hint: string] {
  const [, section, rest] = /^([^.]+)\.(.+)$/.exec(key) ?? [];
  const keys = section === undefined || !Object.hasOwn(SECTION_KEYS, section) ? undefined : SECTION_KEYS[section];
  if (rest === undefined || keys === undefined) {
    return [`unknown key \`${key}\``, suggestKey(key, SHORT_KEYS)];
  }
  const near = nearest(rest, keys);
  const hint = near === undefined ? suggestKey(rest, keys) : `did you mean \`${section!}.${near}\`?`;
  return [`unknown key \`${key}\``, hint];
}

/** The value in `key=value`: YAML, where a list may go without brackets. `problem` is what is wrong with it. */
export function readValue(text: string): { readonly value: Document; readonly problem: string | undefined } {
  const trimmed = text.trim();
  const isBareList = trimmed.includes(',') && !/^["'[{]|^[\w.]+\(/.test(trimmed);
  const value: Document = parseDocument(isBareList ? `[${trimmed}]` : trimmed, YAML_OPTIONS);
  const [problem] = [...value.errors, ...value.warnings, ...refusedNodes(value.contents, [])];
  return { value, problem: problem?.message };
}

const WHICH: ReadonlySet<string> = new Set(['name', 'path']);

function whichKey(value: Scalar): string {
  return isPath(value.value) ? 'path' : 'name';
}

/** As if it never stood there; a section that has nothing left goes, too. */
function remove(document: Document, [section, key]: OverridePath): OverridePath {
  const root = document.contents;
  if (!isMap(root)) return [section];
  const current = root.get(section, true);
  if (key !== undefined && isMap(current)) current.delete(key);
  if (key === undefined || (isMap(current) && current.items.length === 0)) root.delete(section);
  return key === undefined ? [section] : [section, key];
}

/** Puts the value into the document and returns the path where it went. What is wrong in the file is left as it is. */
function assign(document: Document, [section, key]: OverridePath, value: Node | null): OverridePath {
  const root = document.contents;
  if (!isMap(root)) return [section];
  const current = root.get(section, true);
  if (key === undefined) {
    if (section === 'dataset' && isMap(current) && isScalar(value)) {
      return assign(document, [section, whichKey(value)], value);
    }
    root.set(section, value);
  } else if (isMap(current)) {
    // A data set has a name or a path, and how it is read goes with the path.
    if (section === 'dataset' && WHICH.has(key)) for (const other of WHICH) current.delete(other);
    if (section === 'dataset' && key === 'name') for (const other of READING_KEYS) current.delete(other);
    current.set(key, value);
  } else if (
    !current ||
    section === 'seeds' ||
    (isScalar(current) && (section === 'dataset' || current.value === null))
  ) {
    const settings = new YAMLMap();
    if (section === 'dataset' && current && !WHICH.has(key)) settings.set(whichKey(current), current);
    // As many as all had are the screening's.
    if (section === 'seeds' && current && key !== 'screen') settings.set('screen', current);
    settings.set(key, value);
    root.set(section, settings);
  }
  return key === undefined ? [section] : [section, key];
}
