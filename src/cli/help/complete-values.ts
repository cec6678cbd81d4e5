/** What may stand in a flag's or an argument's place, from the definitions and from the results. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { filterColumns, columnValues } from '../../analysis/columns.ts';
import { wholeSweep } from '../../analysis/whole-sweep.ts';
import { DATASETS } from '../../data/datasets/index.ts';
import { ResultsLayout } from '../../files/paths.ts';
import { rankable } from '../../metrics/short-names.ts';
import { PARAMETERS } from '../../model/parameters.ts';
import type { ReadModel } from '../../store/read-model.ts';
import { readResults } from '../../store/read-results.ts';
import { SAMPLER_NAMES } from '../../sweep-file/expansion/samplers.ts';
import { SECTION_KEYS, TOP_KEYS } from '../../sweep-file/spec-keys.ts';
import { formatValue } from '../../text/format-value.ts';
import type { CommandEntry } from '../commands.ts';
import { specsHere } from '../flags/find-spec.ts';
import { resultsIn } from '../flags/flags.ts';

export type Candidate = readonly [value: string, meaning?: string];

export interface Flag {
  readonly names: readonly string[];
  readonly meaning: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

const BEST_TRIAL: Candidate = ['best', 'the best trial'];

export function valuesOfFlag(
  { names: [name], choices }: Flag,
  written: string,
  before: readonly string[],
): Candidate[] {
  if (choices.length > 0) return choices.map((choice): Candidate => [choice]);
  if (name === 'where') return conditions(written, before);
  if (name === 'by') return rankable().map((metric): Candidate => [metric]);
  if (name === 'device') return ['auto', 'cpu', 'gpu'].map((device): Candidate => [device]);
  if (name === 'again' || name === 'revive') return fromResults(before, trials);
  return [];
}

export function valuesOfArgument(
  { name, usage }: CommandEntry,
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
      if (name === 'reproduce') return fromResults(before, trials);
      return fromResults(before, (model) => [BEST_TRIAL, ...sweeps(model), ...trials(model)]);
    case 'filters':
      return [...fromResults(before, sweeps), ...conditions(written, before)];
    case 'tags':
      return fromResults(before, tags);
    case 'what':
    case 'name':
    case 'names':
      return fromResults(before, (model) => [
        ...sweeps(model),
        ...(/^(show|logs|rm|tag|note|export)$/.test(name) ? trials(model) : []),
        ...(name === 'show' || name === 'export' ? [BEST_TRIAL] : []),
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
          ? ['grid', ...SAMPLER_NAMES]
          : key === 'evaluate_test'
            ? ['selected', 'all']
            : key === 'objective.metric' || key === 'objectives'
              ? rankable().filter((metric) => metric.startsWith('val/'))
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
    const values = snapshot.trials.flatMap((trial) => columnValues(column, trial));
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
  return readResults(layout, (model) => [...use(model)]);
}
