import { randomStream } from '../random.ts';
import type { RandomStream } from '../random.ts';
import { hashName } from '../model/hash-name.ts';
import type { Parameters } from '../model/parameter.ts';
import { ConditionIndex } from './condition-index.ts';
import { toParameters } from '../model/parameters.ts';
import { axisGroups, domainOf, optionsOf } from './space.ts';
import type { AxisGroup, Chosen } from './space.ts';
import type { Range, SweepSpec } from './spec.ts';

/** Draws in a row that are excluded or repeat an earlier configuration, before the space counts as exhausted. */
const MAX_MISSES = 1000;

/**
 * Distinct configurations drawn independently and uniformly (on a log range: uniformly in the logarithm).
 *
 * Configuration i draws each axis from its own stream of (search seed, i, axis), so it depends neither on how many
 * trials are asked for (the first 5 of 10 are those of 5) nor on the order of the axes or on a fixed one. Axes that
 * advance together share the stream of the one that comes first in the alphabet, whatever their order in the file.
 * Yields fewer than `trials` when the space holds no more.
 */
export function* randomConfigurations(spec: SweepSpec, trials: number, searchSeed: number): Generator<Parameters> {
  const groups = axisGroups(spec);
  const names = groups.map((group) => group.map(({ parameter }) => hashName(parameter)).sort()[0]!);
  const seen = new Set<string>();
  const excluded = new ConditionIndex(spec.exclude);
  for (let index = 0; index < trials; index++) {
    const streams = names.map((name) => randomStream(['search', searchSeed, index, name]));
    const parameters = drawNew(() => draw(spec, groups, streams), excluded, seen);
    if (!parameters) return;
    yield parameters;
  }
}

function drawNew(next: () => Parameters, excluded: ConditionIndex, seen: Set<string>): Parameters | undefined {
  for (let miss = 0; miss < MAX_MISSES; miss++) {
    const parameters = next();
    const key = JSON.stringify(parameters);
    if (seen.has(key) || excluded.last(parameters) >= 0) continue;
    seen.add(key);
    return parameters;
  }
  return undefined;
}

function draw(spec: SweepSpec, groups: readonly AxisGroup[], streams: readonly RandomStream[]): Parameters {
  let chosen: Chosen = {};
  for (const [i, group] of groups.entries()) {
    const stream = streams[i]!;
    const domain = domainOf(spec, group[0]!, chosen);
    if (domain?.kind === 'range') {
      chosen = { ...chosen, [group[0]!.parameter]: drawFrom(domain, stream) };
    } else {
      const options = optionsOf(spec, group, chosen);
      chosen = { ...chosen, ...options[stream.below(options.length)]! };
    }
  }
  return toParameters(chosen);
}

/** How many values a range with steps has, and the one at an index; undefined for a range without steps. */
export function stepsOf({ min, max, scale, step, integer }: Range) {
  if (step === null && (!integer || scale === 'log')) return undefined;
  const width = step ?? 1;
  const count = Math.floor((max - min) / width + 1e-9) + 1;
  return { count, at: (index: number): number => Number((min + width * index).toPrecision(12)) };
}

/** One value of the range. */
export function drawFrom(range: Range, stream: RandomStream): number {
  const steps = stepsOf(range);
  if (steps !== undefined) return steps.at(stream.below(steps.count));
  const { min, max, scale, integer } = range;
  // A whole number n stands for [n, n + 1), so that both ends of the range are as likely as their share.
  const end = integer ? max + 1 : max;
  const [from, to] = scale === 'log' ? [Math.log(min), Math.log(end)] : [min, end];
  const position = from + (to - from) * stream.uniform();
  const drawn = scale === 'log' ? Math.exp(position) : position;
  // Six digits: readable, and the same where another machine's `exp` differs in the last bit.
  const rounded = integer ? Math.floor(drawn) : Number(drawn.toPrecision(6));
  return Math.min(max, Math.max(min, rounded));
}
