import { randomStream } from '../random.ts';
import { Draws, uniformCoordinate } from './draws.ts';
import type { History } from './history.ts';
import type { Sampler } from './sampler.ts';
import { SOBOL_DIMENSIONS, sobolCoordinate } from './sobol-sequence.ts';
import type { Point, SearchSpace } from './space.ts';

/** Until so many results are known, proposals are spread evenly. */
export const STARTUP = 10;

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
  const point =
    history.observations.length >= STARTUP
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
