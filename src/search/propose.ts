import { randomStream } from '../random.ts';
import { Draws, uniformCoordinate } from './draws.ts';
import type { History } from './history.ts';
import type { Sampler } from './sampler.ts';
import { SOBOL_DIMENSIONS, sobolCoordinate } from './sobol-sequence.ts';
import type { Point, SearchSpace } from './space.ts';

/** So many proposals are spread evenly, and those after them for which fewer than `KNOWN` results are known. */
const STARTUP = 10;
/**
 * With eight trials in flight a search that waited for ten results would spend 17 trials of a budget of 25 unlearned. Three
 * already tell better than even points do, also in six dimensions and where a space has branches.
 */
const KNOWN = 3;

/** Whether a proposal after so many others, of which so many results are known, is by what they tell. */
export function isLearnt(before: number, known: number): boolean {
  return before >= STARTUP && known >= KNOWN;
}

/** How many proposals of a search are made without any result, where each knows those of all before it but the last `lookahead` − 1. */
export function evenProposals(lookahead: number): number {
  return Math.max(STARTUP, KNOWN + lookahead - 1);
}

export interface Proposing<Configuration> {
  readonly space: SearchSpace<Configuration>;
  readonly sampler: Sampler;
  /** `search_seed`. */
  readonly seed: number;
}

/**
 * The proposal of this index, from 0: by what `history` tells, and different from all in it. A function of its arguments
 * alone: on any machine with the same `Math.exp` and `Math.log`, which Node brings along. Undefined where the space seems to hold no
 * more.
 */
export function propose<Configuration>(
  { space, sampler, seed }: Proposing<Configuration>,
  index: number,
  history: History,
): { readonly point: Point; readonly configuration: Configuration } | undefined {
  const draws = new Draws(space, [...history.observations.map(({ point }) => point), ...history.pending]);
  const random = randomStream(['propose', seed, index]);
  const known = history.observations.length;
  const point = isLearnt(known + history.pending.length, known)
    ? sampler.propose(draws, history, random)
    : (evenly(draws, seed, index) ?? draws.uniform(random));
  return point && { point, configuration: draws.configurationOf(point) };
}

/** The point of a Sobol sequence under a digital shift. */
function evenly(draws: Draws, seed: number, index: number): Point | undefined {
  if (draws.dimensions.length > SOBOL_DIMENSIONS) return undefined;
  return draws.at((d) => {
    const bits = sobolCoordinate(index, d) ^ randomStream(['propose', seed, 'shift', d]).uint32();
    const position = (bits >>> 0) / 2 ** 32;
    const source = { uniform: () => position, below: (bound: number) => Math.floor(position * bound) };
    return uniformCoordinate(draws.dimensions[d]!, source);
  });
}
