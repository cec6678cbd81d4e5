/** Trials or configurations whose values have a common scale, and how one tells families of them apart. */
import { condition, isConditional } from '../model/condition.ts';
import { LIKELIHOODS } from '../model/likelihoods/index.ts';
import { valueOf, valueOr } from '../model/parameter.ts';
import { likelihood } from '../model/parameters.ts';
import { scaleOf } from '../model/scale.ts';
import type { TrialRecord } from '../store/read-model.ts';
import type { Params } from './parameters.ts';

type Modelled = Pick<TrialRecord, 'config'>;

/** In the order of the likelihoods' definitions, then the user's own, those that are told labels last. */
export function byFamily<Measured extends Modelled>(measured: readonly Measured[]): Measured[][] {
  const families = [...Map.groupBy(measured, ({ config }) => scaleOf(config)).values()];
  return families
    .map((family) => ({ family, place: Math.min(...family.map(placeOf)) }))
    .sort((a, b) => a.place - b.place)
    .map(({ family }) => family);
}

function placeOf({ config: { parameters } }: Modelled): number {
  const known = LIKELIHOODS.findIndex(({ name }) => name === valueOf(parameters, likelihood));
  const place = known < 0 ? LIKELIHOODS.length : known;
  return place + (isConditional(parameters) ? LIKELIHOODS.length + 1 : 0);
}

/** Names of their likelihoods, each once, in the order of their definitions, then the user's own. */
function likelihoodsOf(measured: readonly Modelled[]): string[] {
  const names = new Set(measured.map(({ config }) => valueOf(config.parameters, likelihood)));
  const ours = LIKELIHOODS.map(({ name }) => name);
  return [...ours.filter((name) => names.has(name)), ...[...names].filter((name) => !ours.includes(name))];
}

/** Which of the parameters that decide a scale these configurations differ in. */
export function scalesOf(configurations: readonly { readonly params: Params }[]): string[] {
  return [likelihood.name, condition.name].filter(
    (name) => new Set(configurations.map(({ params }) => params[name])).size > 1,
  );
}

/** By which parameters families differ in scale, and the values of each: what picks it, as `--where` takes it. */
export function tellApart(families: readonly (readonly Modelled[])[]): Readonly<Record<string, string[]>>[] {
  const told = families.map((family) => ({
    [likelihood.name]: likelihoodsOf(family),
    [condition.name]: [valueOr(family[0]!.config.parameters, condition)],
  }));
  const differ = [likelihood.name, condition.name].filter(
    (name) => new Set(told.map((values) => String(values[name]))).size > 1,
  );
  return told.map((values) => Object.fromEntries(differ.map((name) => [name, values[name]!])));
}

/** `different likelihoods (bernoulli, gaussian)`, `different conditions (none, label)`. */
export function describeApart(families: readonly (readonly Modelled[])[]): string {
  const told = tellApart(families);
  return Object.keys(told[0] ?? {})
    .map((name) => `different ${name}s (${[...new Set(told.flatMap((values) => values[name]!))].join(', ')})`)
    .join(' and ');
}
