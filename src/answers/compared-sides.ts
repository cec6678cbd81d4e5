/** Which trials the words after `sweep compare` mean: settings of one sweep, or of several. */
import { parseFilter, selectTrials, type Filter, type FilterInput } from '../analysis/filter.ts';
import { pairingSide } from '../analysis/comparison/compare.ts';
import type { PairingSide } from '../analysis/statistics/pairing.ts';
import { parameterNames } from '../analysis/parameters.ts';
import { assertComparable } from '../analysis/comparable.ts';
import { asSetting, parseSettings } from '../analysis/comparison/settings.ts';
import { wholeSweep } from '../analysis/whole-sweep.ts';
import { SweepError } from '../errors.ts';
import { findSweep } from './find-results.ts';
import type { ReadModel, SweepSnapshot } from '../store/read-model.ts';

/** Sides to compare, and what is said of them together. */
export interface ComparedTrials {
  readonly snapshot: SweepSnapshot;
  readonly sides: readonly PairingSide[];
  /** By what all of them were chosen. */
  readonly where: Filter | null;
}

interface Scope {
  readonly where?: FilterInput | undefined;
  readonly all?: boolean | undefined;
}

/**
 * `NAME: setting`, `NAME:setting` or two names of sweeps or more are of several sweeps; a first word that names a sweep is
 * that sweep; all else are settings (see `parseSettings`) of the sweep started last.
 * @throws SweepError as `findSweep`, `parseFilter` and `parseSettings`; USAGE for what may be read in two ways and for sweeps
 *   that can't be compared fairly
 */
export function comparedTrials(model: ReadModel, words: readonly string[], scope: Scope): ComparedTrials {
  const names = model.sweeps().map(({ name }) => name);
  const isSweep = (word: string): boolean => names.includes(word);
  if (words.length > 1 && words.every(isSweep)) {
    const [first, ...others] = words as [string, ...string[]];
    const own = findSweep(model, first);
    const parameter = others.length === 1 && parameterNames(own.trials).includes(others[0]!) ? others[0]! : undefined;
    if (parameter === undefined)
      return ofSeveral(
        model,
        words.map((word) => `${word}:`),
        scope,
      );
    if (parameter === first) return ofOne(model, first, others, scope);
    throw new SweepError(
      'USAGE',
      `${parameter} is a sweep, and a parameter of ${first}: write \`sweep compare ${first}: ${parameter}:\` for the two sweeps, ` +
        `or the values, as in \`sweep compare ${first} ${parameter}=…\`.`,
    );
  }
  if (words.length > 0 && words.every((word) => /^[\w.-]+:/.test(word))) return ofSeveral(model, words, scope);
  const [first, ...others] = words;
  if (first !== undefined && others.length > 0 && isSweep(first)) return ofOne(model, first, others, scope);
  const isParameter = (name: string | undefined): boolean =>
    parameterNames(findSweep(model, name).trials).includes(first ?? '');
  // A sweep is often called as what it sweeps: one word alone is that parameter, of the newest sweep that has it.
  if (words.length === 1 && isSweep(first!) && !isParameter(undefined)) {
    const { sweep } = findSweep(model, first);
    return ofOne(model, first, sweep.swept.length === 1 ? sweep.swept : words, scope);
  }
  if (first !== undefined && others.some((word) => /[=<>]/.test(word)) && !/[=<>]/.test(first)) {
    // As of a setting that nobody knows, but a sweep was meant.
    const known = findSweep(model, undefined).trials.some(({ params }) =>
      Object.values(params).some((value) => String(value) === first),
    );
    if (!known) findSweep(model, first);
  }
  return ofOne(model, undefined, words, scope);
}

/** Settings of one sweep, by default the one started last. */
export function ofOne(
  model: ReadModel,
  name: string | undefined,
  settings: readonly FilterInput[],
  scope: Scope,
): ComparedTrials {
  const { snapshot, where } = scoped(findSweep(model, name), scope);
  return { snapshot, sides: parseSettings(settings, snapshot).map((filter) => pairingSide(snapshot, filter)), where };
}

function scoped(found: SweepSnapshot, { where, all = false }: Scope): Pick<ComparedTrials, 'snapshot' | 'where'> {
  const whole = all ? wholeSweep(found) : found;
  const filter = where === undefined ? undefined : parseFilter(where, whole);
  return { snapshot: { ...whole, trials: selectTrials(whole.trials, filter) }, where: filter ?? null };
}

const NO_FILTER: Filter = { terms: [] };

function ofSeveral(model: ReadModel, words: readonly string[], scope: Scope): ComparedTrials {
  const asked = words.map((word) => {
    const separator = word.indexOf(':');
    return { name: word.slice(0, separator), setting: word.slice(separator + 1).trim() };
  });
  const names = [...new Set(asked.map(({ name }) => name))];
  if (names.length === 1)
    return ofOne(
      model,
      names[0],
      asked.map(({ setting }) => setting).filter((setting) => setting !== ''),
      scope,
    );
  const found = names.map((name) => findSweep(model, name));
  assertSameAim(found);
  const trials = found.flatMap((one) => [...one.trials, ...(scope.all === true ? one.outside : [])]);
  const own = found[0]!.sweep;
  // As of one sweep whose plans had several settings: those in which trials differ become parameters.
  const swept = [...new Set(found.flatMap(({ sweep }) => sweep.swept))];
  const merged = wholeSweep({ sweep: { ...own, name: names.join(', '), swept }, trials, outside: [] });
  const outside = scope.all === true ? [] : found.flatMap((one) => one.outside);
  const chosen = scoped(merged, { where: scope.where });
  const snapshot = { ...chosen.snapshot, outside };
  const sides = asked.map(({ name, setting }) => {
    const mine = {
      ...snapshot,
      sweep: { ...snapshot.sweep, name },
      trials: snapshot.trials.filter(({ sweep }) => sweep === name),
    };
    return { ...pairingSide(mine, setting === '' ? NO_FILTER : asSetting(parseFilter(setting, mine))), sweep: name };
  });
  assertComparable(
    sides.flatMap((side) => side.trials),
    'An ELBO is of the images it was measured on: compare sweeps of the same data.',
  );
  return { snapshot, sides, where: chosen.where };
}

/** What one sweep optimises says nothing of how well another did that. */
function assertSameAim(found: readonly SweepSnapshot[]): void {
  const [first, ...others] = found.map(({ sweep }) => ({ ...sweep.objective, name: sweep.name }));
  const other = others.find(({ metric, goal }) => metric !== first!.metric || goal !== first!.goal);
  if (other === undefined) return;
  throw new SweepError(
    'USAGE',
    `${first!.name} and ${other.name} can't be compared fairly: the one is to ${first!.goal} ${first!.metric}, the other to ${other.goal} ${other.metric}.`,
  );
}
