import type { TrialRecord } from '../store/read-model.ts';
import { formatValue } from '../text/format-value.ts';

export type Params = TrialRecord['params'];

/** Two parameter values are the same if they are written the same: 1e-3 and 0.001, [512] and [512]. */
export function isSameValue(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The distinct values of a parameter, in order of appearance; trials that lack it (`hidden` of a conv) don't count. */
export function distinctValues(trials: readonly { readonly params: Params }[], name: string): unknown[] {
  const values = new Map<string, unknown>();
  for (const { params } of trials) {
    if (Object.hasOwn(params, name)) values.set(JSON.stringify(params[name]), params[name]);
  }
  return [...values.values()];
}

/** Of these parameters those that all trials have, of one value, with it. Of at least one trial. */
export function sharedParams(trials: readonly { readonly params: Params }[], names: readonly string[]): Params {
  const isShared = (name: string): boolean =>
    trials.every(({ params }) => Object.hasOwn(params, name)) && distinctValues(trials, name).length === 1;
  return Object.fromEntries(names.filter(isShared).map((name) => [name, trials[0]!.params[name]]));
}

/** Names of all parameters that any of the trials has, those of `first` leading. */
export function parameterNames(
  trials: readonly { readonly params: Params }[],
  first: readonly string[] = [],
): string[] {
  const names = new Set(trials.flatMap(({ params }) => Object.keys(params)));
  return [...new Set([...first.filter((name) => names.has(name)), ...names])];
}

/** `architecture=mlp beta=8`, of the parameters named. */
export function describeParams(params: Params, names: readonly string[] = Object.keys(params)): string {
  return names
    .filter((name) => Object.hasOwn(params, name))
    .map((name) => `${name}=${formatValue(params[name])}`)
    .join(' ');
}
