/** How a configuration is drawn, whatever gives the numbers to draw it by. */
import { hashName } from '../../model/hash-name.ts';
import type { Parameters, ParameterValue } from '../../model/parameter.ts';
import { toParameters } from '../../model/parameters.ts';
import type { RandomStream } from '../../random.ts';
import { leftOutBy } from './left-out.ts';
import type { LeftOutBy } from './left-out.ts';
import { domainOf, optionsOf } from './space.ts';
import type { AxisGroup } from './space.ts';
import type { Range, SweepSpec } from '../spec.ts';

/** What decides one axis. */
export type DrawSource = Pick<RandomStream, 'below' | 'uniform'>;

/** Draws in a row that are left out or repeat an earlier configuration, before the space counts as exhausted. */
const MAX_MISSES = 1000;
/** The same where `where` may leave little: of a hundredth of the space it loses one configuration in 10⁴³. */
export const MAX_MISSES_WHERE = 10_000;

/** Why a search ends before it has what was asked for: `rare` where none of the last draws was even allowed. */
export type Shortage = 'rare' | 'exhausted';

/** Keeps the configurations that `exclude` and `where` leave and that were not drawn before. */
export class DistinctDraws {
  readonly #seen = new Set<string>();
  readonly #leftOut: LeftOutBy;
  readonly #maxMisses: number;
  #shortage: Shortage = 'rare';

  constructor(spec: SweepSpec) {
    this.#leftOut = leftOutBy(spec);
    this.#maxMisses = spec.where.length > 0 ? MAX_MISSES_WHERE : MAX_MISSES;
  }

  /** Of the draws before the last `next` gave nothing. */
  get shortage(): Shortage {
    return this.#shortage;
  }

  /** The first draw to keep; undefined where the space seems to hold no more. */
  next(draw: () => Parameters): Parameters | undefined {
    this.#shortage = 'rare';
    for (let miss = 0; miss < this.#maxMisses; miss++) {
      const parameters = draw();
      if (this.#leftOut(parameters) !== undefined) continue;
      const key = JSON.stringify(parameters);
      if (!this.#seen.has(key)) {
        this.#seen.add(key);
        return parameters;
      }
      this.#shortage = 'exhausted';
    }
    return undefined;
  }
}

/** What an axis, or several that advance together, is called in a draw, whatever their order in the file. */
export function drawName(group: AxisGroup): string {
  return group.map(({ parameter }) => hashName(parameter)).sort()[0]!;
}

/** One configuration; each group is decided by the source at its place. */
export function draw(spec: SweepSpec, groups: readonly AxisGroup[], sources: readonly DrawSource[]): Parameters {
  // Filled in place: a search with `where` may draw a million.
  const chosen: Record<string, ParameterValue> = {};
  for (const [i, group] of groups.entries()) {
    const source = sources[i]!;
    const domain = domainOf(spec, group[0]!, chosen);
    if (domain?.kind === 'range') {
      chosen[group[0]!.parameter] = drawFrom(domain, source);
    } else {
      const options = optionsOf(spec, group, chosen);
      Object.assign(chosen, options[source.below(options.length)]);
    }
  }
  return toParameters(chosen);
}

/** How many values a range with steps has, the one at an index, and back (between two steps, between their indices); undefined for a range without steps. */
export function stepsOf({ min, max, scale, step, integer }: Range) {
  if (step === null && (!integer || scale === 'log')) return undefined;
  const width = step ?? 1;
  const count = Math.floor((max - min) / width + 1e-9) + 1;
  return {
    count,
    at: (index: number): number => Number((min + width * index).toPrecision(12)),
    indexOf: (value: number): number => (value - min) / width,
  };
}

/** One value of the range. */
export function drawFrom(range: Range, source: DrawSource): number {
  const steps = stepsOf(range);
  if (steps !== undefined) return steps.at(source.below(steps.count));
  const { min, max, scale, integer } = range;
  // A whole number n stands for [n, n + 1), so that both ends of the range are as likely as their share.
  const end = integer ? max + 1 : max;
  const [from, to] = scale === 'log' ? [Math.log(min), Math.log(end)] : [min, end];
  const position = from + (to - from) * source.uniform();
  const drawn = scale === 'log' ? Math.exp(position) : position;
  // Six digits: readable, and the same where another machine's `exp` differs in the last bit.
  const rounded = integer ? Math.floor(drawn) : Number(drawn.toPrecision(6));
  return Math.min(max, Math.max(min, rounded));
}
