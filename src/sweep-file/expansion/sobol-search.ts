import { randomStream } from '../../random.ts';
import type { Parameters } from '../../model/parameter.ts';
import { DistinctDraws, draw, drawName } from './draw.ts';
import type { DrawSource, Shortage } from './draw.ts';
import { sobolCoordinate } from '../../search/sobol-sequence.ts';
import { axisGroups, possibleValues } from './space.ts';
import type { AxisGroup } from './space.ts';
import type { SweepSpec } from '../spec.ts';

/**
 * Distinct configurations at the points of a Sobol sequence, from its first on (dropping it would make the set uneven:
 * Owen 2020, arXiv:2008.08051), under a digital shift: the bits of each coordinate are flipped by a number of (search
 * seed, axis), so that a search seed gives another set that is as even.
 *
 * Each axis that can take several values has a dimension, in the order of the alphabet; what a configuration has not is
 * passed over. So the set depends neither on how many trials are asked for (the first 8 of 16 are those of 8), nor on the
 * order of the axes or on a fixed one. A point that is left out or repeats a configuration is passed over for the
 * next one. Yields fewer than `trials` when the space holds no more, and returns why.
 */
export function* sobolConfigurations(
  spec: SweepSpec,
  trials: number,
  searchSeed: number,
): Generator<Parameters, Shortage | null> {
  const groups = axisGroups(spec);
  const open = groups.filter((group) => isOpen(spec, group)).map(drawName);
  open.sort();
  const axes = groups.map((group) => {
    const name = drawName(group);
    return { dimension: open.indexOf(name), shift: randomStream(['sobol', searchSeed, name]).uint32() };
  });
  const draws = new DistinctDraws(spec);
  let index = 0;
  for (let found = 0; found < trials; found++) {
    const parameters = draws.next(() => {
      const point = index++;
      const sources = axes.map(({ dimension, shift }) =>
        dimension < 0 ? ONLY : sourceAt(sobolCoordinate(point, dimension) ^ shift),
      );
      return draw(spec, groups, sources);
    });
    if (!parameters) return draws.shortage;
    yield parameters;
  }
  return null;
}

function isOpen(spec: SweepSpec, group: AxisGroup): boolean {
  return group.some((axis) => (possibleValues(spec, axis)?.length ?? Infinity) > 1);
}

/** A coordinate, as 32 bits, stands where random search has a stream. */
function sourceAt(bits: number): DrawSource {
  const position = (bits >>> 0) / 2 ** 32;
  return { uniform: () => position, below: (bound) => Math.floor(position * bound) };
}

/** Of an axis with one value. */
const ONLY = sourceAt(0);
