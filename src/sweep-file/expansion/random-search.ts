import { randomStream } from '../../random.ts';
import type { Parameters } from '../../model/parameter.ts';
import { DistinctDraws, draw, drawName } from './draw.ts';
import type { Shortage } from './draw.ts';
import { axisGroups } from './space.ts';
import type { SweepSpec } from '../spec.ts';

/**
 * Distinct configurations drawn independently and uniformly (on a log range: uniformly in the logarithm).
 *
 * Configuration i draws each axis from its own stream of (search seed, i, axis), so it depends neither on how many
 * trials are asked for (the first 5 of 10 are those of 5) nor on the order of the axes or on a fixed one. Axes that
 * advance together share the stream of the one that comes first in the alphabet, whatever their order in the file.
 * Yields fewer than `trials` when the space holds no more, and returns why.
 */
export function* randomConfigurations(
  spec: SweepSpec,
  trials: number,
  searchSeed: number,
): Generator<Parameters, Shortage | null> {
  const groups = axisGroups(spec);
  const names = groups.map(drawName);
  const draws = new DistinctDraws(spec);
  for (let index = 0; index < trials; index++) {
    const streams = names.map((name) => randomStream(['search', searchSeed, index, name]));
    const parameters = draws.next(() => draw(spec, groups, streams));
    if (!parameters) return draws.shortage;
    yield parameters;
  }
  return null;
}
