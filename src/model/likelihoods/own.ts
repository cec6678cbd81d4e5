/** Likelihoods that modules of the user's define: those whose module this process has loaded. */
import type { Likelihood } from '../likelihood.ts';
import type { OwnLikelihood } from '../own-likelihood.ts';

/** By hash and name. A process may have several of one name, each in other models. */
const loaded = new Map<string, Likelihood>();

/** From now on models of what is on record so compute with it. */
export function keepLoaded(hash: string, likelihood: Likelihood): void {
  loaded.set(keyOf(hash, likelihood.name), likelihood);
}

/** The loaded definition of what is on record, or else what says all but how to compute. */
export function ownLikelihood(own: Omit<OwnLikelihood, 'path'>): Likelihood {
  return loaded.get(keyOf(own.hash, own.name)) ?? standIn(own);
}

/** Its module is nowhere, or was not asked for: whoever computes loads it first. */
function standIn({ name, outputChannels, weights = [], ...told }: Omit<OwnLikelihood, 'path' | 'hash'>): Likelihood {
  const missing = (): never => {
    throw new UnloadedLikelihood(`the likelihood ${name} is defined by a module of its own, which is not loaded here`);
  };
  return {
    ...{ name, ...told },
    outputChannels: () => outputChannels,
    weights: weights.map((weight) => ({ ...weight, initial: missing })),
    ...{ nats: missing, mean: missing, outputBias: missing, constantElbo: missing },
  };
}

/** Something was to be computed with a likelihood whose module isn't here. */
class UnloadedLikelihood extends Error {}

function keyOf(hash: string, name: string): string {
  return `${hash} ${name}`;
}
