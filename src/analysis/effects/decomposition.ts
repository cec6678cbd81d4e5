/** Where the variance of a metric over a design comes from: parameters alone, pairs of them, seeds, and the rest. */
import { quantileSorted } from 'simple-statistics';
import type { Params } from '../parameters.ts';
import type { VarianceShare } from './effects.ts';

/** A configuration's mean over `n` seeds. */
export interface DesignPoint {
  readonly params: Params;
  readonly mean: number;
  readonly n: number;
}

/** Variance between seeds of one configuration, pooled over those that have several; null where none has. */
export interface SeedNoise {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

export interface Decomposition {
  readonly method: 'grid' | 'polynomials' | 'forest';
  /** By factor. */
  readonly main: readonly VarianceShare[];
  readonly pairs: readonly { readonly factors: readonly [number, number]; readonly share: VarianceShare }[];
  readonly seeds: number | null;
  readonly rest: number;
  readonly foretold: number | null;
}

/** So many draws of the noise give an interval. */
export const DRAWS = 400;
const TAILS = [0.025, 0.975] as const;

/** Of the design: by factor, by pair of factors beyond what each does alone, and of all. */
export interface Variances {
  readonly main: readonly number[];
  readonly pairs: readonly number[];
  readonly total: number;
}

export interface Shares {
  readonly main: readonly number[];
  readonly pairs: readonly number[];
  readonly seeds: number;
}

/** Of the variance of one trial: that of the design and that between seeds. */
export function sharesOf({ main, pairs: together, total }: Variances, seeds: number): Shares {
  // What the noise may have come to more than is there.
  const design = Math.max(total, 0);
  const all = design + seeds;
  const share = (variance: number): number => (all === 0 ? 0 : Math.min(1, Math.max(0, variance) / all));
  return { main: main.map(share), pairs: together.map(share), seeds: share(seeds) };
}

export function toDecomposition(
  { main, pairs: together, seeds }: Shares,
  pairsOf: readonly (readonly [number, number])[],
  draws: readonly Shares[] = [],
): Decomposition {
  const withInterval = (share: number, drawn: readonly number[]): VarianceShare => {
    if (drawn.length === 0) return { share, low: null, high: null };
    const sorted = drawn.toSorted((a, b) => a - b);
    const [low, high] = TAILS.map((tail) => quantileSorted(sorted, tail));
    return { share, low: Math.min(low!, share), high: Math.max(high!, share) };
  };
  return {
    method: 'grid',
    main: main.map((share, f) =>
      withInterval(
        share,
        draws.map((draw) => draw.main[f]!),
      ),
    ),
    pairs: pairsOf.map((factors, p) => {
      return {
        factors,
        share: withInterval(
          together[p]!,
          draws.map((draw) => draw.pairs[p]!),
        ),
      };
    }),
    seeds,
    rest: Math.max(0, 1 - seeds - main.reduce((sum, share) => sum + share, 0)),
    foretold: null,
  };
}

export function pairs(count: number): [number, number][] {
  return Array.from({ length: count }, (_, a) => a).flatMap((a) => {
    return Array.from({ length: count - a - 1 }, (_, i): [number, number] => [a, a + 1 + i]);
  });
}

export function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

export function varianceOf(values: Float64Array): number {
  return varianceAround(values, average(values));
}

export function varianceAround(values: Float64Array, mean: number): number {
  return average(values.map((value) => (value - mean) * (value - mean)));
}
