/** Likelihoods that modules of the user's define: what is on record of them, and those whose module this process has loaded. */
import type { Likelihood } from '../likelihood.ts';

/** All that is asked of a likelihood where nothing is computed with it, as it is of the trial's data. Readers need no more. */
export interface OwnLikelihood {
  readonly name: string;
  /** Absolute: where the module was. No part of a trial's identity. */
  readonly path: string;
  /** Of the module's text (src/own/load.ts). */
  readonly hash: string;
  readonly description: string;
  /** What its values share a scale with: by itself a changed module is another likelihood. */
  readonly family: string;
  readonly mass?: 'bytes' | 'bits';
  readonly isOfReals?: true;
  readonly isOfCounts?: true;
  /** Of a pixel. */
  readonly outputChannels: number;
  readonly weights?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly isObserved?: true;
  }[];
}

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
