/** What may stand where the cursor is: `value`, a tab and what it is, a line each. The shells' scripts call it. */
import yargs from 'yargs';
import { filterColumns, valuesOf } from '../analysis/columns.ts';
import { RANKABLE } from '../metrics/short-names.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import { DATASETS } from '../data/datasets/index.ts';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { PARAMETERS } from '../model/parameters.ts';
import { ResultsLayout } from '../files/paths.ts';
import type { ReadModel } from '../store/read-model.ts';
import { openReadModel } from '../store/sqlite-read-model.ts';
import { SECTION_KEYS, TOP_KEYS } from '../sweep-file/schema.ts';
import { formatValue } from '../text/format-value.ts';
import { printable } from '../text/printable.ts';
import type { Command } from './command.ts';
import { specsHere } from './find-spec.ts';
import { resultsIn, withGlobalFlags } from './flags.ts';

type Candidate = readonly [value: string, meaning?: string];

export interface CompletedCommand {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Of the words after `sweep`, the last is the one being written. Never throws: a shell has no place for a message. */
export async function complete(words: readonly string[], commands: readonly CompletedCommand[]): Promise<string> {
  const before = words.slice(0, -1);
  const written = (words.at(-1) ?? '').replace(/^['"]/, '');
  try {
    const found = await candidates(before, written, commands);
    const fitting = found.filter(([value]) => value.startsWith(written));
    return fitting.map((one) => one.map((text = '') => printable(text).replace(/\s+/g, ' ')).join('\t')).join('\n');
  } catch {
    return '';
  }
}

async function candidates(
  before: readonly string[],
  written: string,
  commands: readonly CompletedCommand[],
): Promise<readonly Candidate[]> {
  const [first, ...rest] = before;
  const names = commands.map(({ name, summary }): Candidate => [name, summary]);
  if (first === undefined) return [...names, ['help', 'What a command does']];
  if (first === 'help') return names;
  const command = commands.find(({ name }) => name === first);
  if (command === undefined) return [];
  const flags = await flagsOf(command);

  const joined = /^--([\w-]+)=/.exec(written)?.[1];
  const flag = joined ?? /^--?([\w-]+)$/.exec(before.at(-1) ?? '')?.[1];
  const known = flags.find(({ names }) => flag !== undefined && names.includes(flag));
  if (known !== undefined && known.takesValue) {
    const own = joined === undefined ? written : written.slice(joined.length + 3);
    const values = valuesOfFlag(known, own, before);
    return joined === undefined ? values : values.map(([value, meaning]) => [`--${joined}=${value}`, meaning ?? '']);
  }
  if (written.startsWith('-')) {
    return flags.flatMap(({ names, meaning }) =>
      names.map((name): Candidate => [`${name.length === 1 ? '-' : '--'}${name}`, meaning]),
    );
  }
  const isValue = (index: number): boolean =>
    flags.some(({ names, takesValue }) => takesValue && names.includes((rest[index - 1] ?? '').replace(/^--?/, '')));
  const place = rest.filter((word, index) => !word.startsWith('-') && !isValue(index)).length;
  return positionals(command, place, written, before);
}

interface Flag {
  readonly names: readonly string[];
  readonly meaning: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

interface ParserInternals {
  getOptions(): Record<'boolean' | 'hiddenOptions', string[]> &
    Record<'key' | 'alias' | 'choices', Record<string, string[]>>;
  getInternalMethods(): { getUsageInstance(): { getDescriptions(): Record<string, string | undefined> } };
  getGroups(): object;
}

/** As its own definition tells them to yargs. */
async function flagsOf({ usage, load }: CompletedCommand): Promise<Flag[]> {
  const parser = (await load()).options(withGlobalFlags(yargs())) as unknown as ParserInternals;
  const { key, alias, boolean, choices } = parser.getOptions();
  const meanings = parser.getInternalMethods().getUsageInstance().getDescriptions();
  const isPositional = (name: string): boolean => new RegExp(String.raw`[<[]${name}(\.\.)?[>\]]`).test(usage);
  return Object.keys(key)
    .filter((name) => meanings[name] !== undefined && !isPositional(name) && !/^(version)$/.test(name))
    .map((name) => ({
      names: [name, ...(alias[name] ?? [])].filter((one, index, all) => all.indexOf(one) === index),
      meaning: (meanings[name] ?? '').replace('__yargsString__:', ''),
      takesValue: !boolean.includes(name) && name !== 'help',
      choices: choices[name] ?? [],
    }));
}

function valuesOfFlag({ names: [name], choices }: Flag, written: string, before: readonly string[]): Candidate[] {
  if (choices.length > 0) return choices.map((choice): Candidate => [choice]);
  if (name === 'where') return conditions(written, before);
  if (name === 'by') return RANKABLE.map((metric): Candidate => [metric]);
  if (name === 'device') return ['auto', 'cpu', 'gpu'].map((device): Candidate => [device]);
  if (name === 'again') return fromResults(before, trials);
  return [];
}

function positionals(
  { name, usage }: CompletedCommand,
  place: number,
  written: string,
  before: readonly string[],
): Candidate[] {
  const declared = [...usage.matchAll(/[<[]([\w]+)(\.\.)?[>\]]/g)].map(([, argument]) => argument!);
  switch (declared[Math.min(place, declared.length - 1)]) {
    case 'spec':
      return specsHere().flatMap((file) => [[path.basename(file).replace(/\.ya?ml$/i, ''), file] as const, [file]]);
    case 'overrides':
      return overrides(written);
    case 'shell':
      return place > 0 ? [] : [['bash'], ['zsh'], ['fish']];
    case 'trial':
      return fromResults(before, trials);
    case 'filters':
      return [...fromResults(before, sweeps), ...conditions(written, before)];
    case 'tags':
      return fromResults(before, tags);
    case 'what':
    case 'name':
    case 'names':
      return fromResults(before, (model) => [
        ...sweeps(model),
        ...(/^(show|logs|rm|tag|note)$/.test(name) ? trials(model) : []),
        ...(name === 'show' ? ([['best', 'the best trial']] as const) : []),
        ...(name === 'effects' ? PARAMETERS.map(({ name, description }): Candidate => [name, description]) : []),
      ]);
    case undefined:
    default:
      return [];
  }
}

/** `beta=`, and behind it the values that are names. */
function overrides(written: string): Candidate[] {
  const [key] = written.split('=', 1);
  const named = PARAMETERS.find(({ name }) => name === key?.replace(/^parameters\./, ''))?.values;
  const choices =
    named?.kind === 'names'
      ? named.names
      : key === 'dataset' || key === 'dataset.name'
        ? DATASETS.map(({ name }) => name)
        : key === 'search'
          ? ['grid', 'random']
          : key === 'evaluate_test'
            ? ['selected', 'all']
            : key === 'objective.metric'
              ? RANKABLE.filter((metric) => metric.startsWith('val/'))
              : [];
  if (written.includes('=')) return lastOfList(written, choices);
  const sections = ['train', 'dataset', 'objective'].flatMap((section) =>
    (SECTION_KEYS[section] ?? []).map((one): Candidate => [`${section}.${one}=`]),
  );
  const own = TOP_KEYS.filter((one) => !['name', 'parameters', 'train', 'objective'].includes(one));
  return [
    ...PARAMETERS.map(({ name, description }): Candidate => [`${name}=`, description]),
    ...own.map((one): Candidate => [`${one}=`]),
    ...sections,
  ];
}

/** Conditions that the sweep of the command line, or the newest, has: its keys, then the values there are. */
function conditions(written: string, before: readonly string[]): Candidate[] {
  return fromResults(before, (model) => {
    const names = model.sweeps().map(({ name }) => name);
    const found = model.snapshot(before.slice(1).find((word) => names.includes(word)) ?? names[0] ?? '');
    if (found === undefined) return [];
    const snapshot = wholeSweep(found);
    const columns = filterColumns(snapshot);
    const [, key, operator] = /^([^=!<>]+)(!?=)/.exec(written) ?? [];
    if (operator === undefined) return columns.map(({ name }): Candidate => [`${name}=`]);
    const column = columns.find(({ name }) => name === key);
    if (column === undefined || (column.kind === 'result' && key !== 'state')) return [];
    const values = snapshot.trials.flatMap((trial) => valuesOf(column, trial));
    return lastOfList(written, [...new Set(values.map(formatValue))]);
  });
}

/** `beta=1,` goes on with the values that it doesn't have yet. */
function lastOfList(written: string, values: readonly string[]): Candidate[] {
  const head = written.slice(0, Math.max(written.lastIndexOf('='), written.lastIndexOf(',')) + 1);
  const given = head.slice(head.indexOf('=') + 1).split(',');
  return values.filter((value) => !given.includes(value)).map((value): Candidate => [head + value]);
}

function sweeps(model: ReadModel): Candidate[] {
  return model.sweeps().map(({ name, state }): Candidate => [name, `sweep, ${state}`]);
}

function trials(model: ReadModel): Candidate[] {
  const length = model.idLength();
  return model.sweeps().flatMap(({ name, swept }) => {
    const snapshot = model.snapshot(name, 'objective');
    return [...(snapshot?.trials ?? []), ...(snapshot?.outside ?? [])].map(({ id, state, params, seed }): Candidate => {
      const differing = swept.map((parameter) => `${parameter}=${formatValue(params[parameter])}`);
      return [id.slice(0, length), [name, ...differing, `seed=${seed}`, state].join(' ')];
    });
  });
}

/** Those in use. */
function tags(model: ReadModel): Candidate[] {
  const own = model.sweeps().flatMap((sweep) => {
    const { trials, outside } = model.snapshot(sweep.name, 'objective')!;
    return [sweep, ...trials, ...outside].flatMap((marked) => marked.tags);
  });
  return [...new Set(own)].map((tag): Candidate => [tag]);
}

function fromResults(before: readonly string[], use: (model: ReadModel) => readonly Candidate[]): Candidate[] {
  const layout = new ResultsLayout(resultsIn(before));
  if (!existsSync(layout.database)) return [];
  const model = openReadModel(layout);
  try {
    return [...use(model)];
  } finally {
    model[Symbol.dispose]();
  }
}
