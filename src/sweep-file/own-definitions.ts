/** What modules of the user's define, as a spec that names them knows it. */
import type { OwnModule } from '../own/load.ts';
import type { Likelihood } from '../model/likelihood.ts';
import type { OwnLikelihood } from '../model/own-likelihood.ts';
import { LIKELIHOODS } from '../model/likelihoods/index.ts';
import { valueOf, type Parameters } from '../model/parameter.ts';
import { likelihood } from '../model/parameters.ts';
import type { OwnMetric } from '../trial/trial.ts';
import type { OwnNames } from './schema.ts';

export interface OwnDefinitions {
  readonly likelihoods: readonly DefinedLikelihood[];
  /** In the order of their names. */
  readonly metrics: readonly OwnMetric[];
}

export interface DefinedLikelihood {
  readonly path: string;
  readonly hash: string;
  readonly likelihood: Likelihood;
}

export const NOTHING_OWN: OwnDefinitions = { likelihoods: [], metrics: [] };

export function namesOf({ likelihoods, metrics }: OwnDefinitions): Exclude<OwnNames, 'any'> {
  return {
    likelihoods: likelihoods.map(({ likelihood: { name } }) => name),
    metrics: metrics.map(({ name }) => name),
  };
}

/** Ours and those that a spec's modules define. */
export function allLikelihoods({ likelihoods }: OwnDefinitions): readonly Likelihood[] {
  return [...LIKELIHOODS, ...likelihoods.map(({ likelihood }) => likelihood)];
}

export function definitionsIn(modules: readonly OwnModule[]): OwnDefinitions {
  const metrics = modules.flatMap(({ path, hash, metrics }) =>
    metrics.map(({ name, definition, label, amount, unit, goal, decimals }): OwnMetric => {
      return { name, path, hash, definition, label, amount, unit, goal, decimals };
    }),
  );
  return {
    likelihoods: modules.flatMap(({ path, hash, likelihoods }) =>
      likelihoods.map((likelihood) => ({ path, hash, likelihood })),
    ),
    metrics: metrics.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

type Sizes = Readonly<Record<'height' | 'width' | 'channels', number>>;

/** What is put on record of a configuration's likelihood, on images of these sizes; undefined where that is one of ours. */
export function ownLikelihoodOf(
  { likelihoods }: OwnDefinitions,
  images: Sizes,
): (parameters: Parameters) => OwnLikelihood | undefined {
  // What is not asked for was not tried either.
  const records = new Map<string, OwnLikelihood>();
  return (parameters) => {
    const name = valueOf(parameters, likelihood);
    const defined = likelihoods.find((one) => one.likelihood.name === name);
    if (defined !== undefined && !records.has(name)) records.set(name, recordOf(defined, images));
    return records.get(name);
  };
}

/** What is put on record of it with trials on images of these sizes. */
export function recordOf(
  { path, hash, likelihood }: DefinedLikelihood,
  { height, width, channels }: Sizes,
): OwnLikelihood {
  const { name, description, family = name, mass, isOfReals, isOfCounts, weights = [] } = likelihood;
  const shaped = weights.map(({ name, shape, isObserved }) => {
    const dimensions = typeof shape === 'function' ? shape(height * width * channels) : shape;
    return { name, shape: dimensions, ...(isObserved && { isObserved }) };
  });
  return {
    ...{ name, path, hash, description, family },
    ...(mass && { mass }),
    ...(isOfReals && { isOfReals }),
    ...(isOfCounts && { isOfCounts }),
    outputChannels: likelihood.outputChannels?.(channels) ?? channels,
    ...(shaped.length > 0 && { weights: shaped }),
  };
}
