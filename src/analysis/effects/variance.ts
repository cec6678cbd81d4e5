/** Where the variance of a metric over a design comes from: parameters alone, pairs of them, seeds, and the rest. */
import { quantileSorted } from 'simple-statistics';
import { randomStream } from '../../random.ts';
import type { Share } from './effects.ts';
import type { Factor } from './factor.ts';
import { growForest, predict, type Forest, type Tree } from './forest.ts';
import { fitExpansion, type Expansion, type Term } from './polynomials.ts';
import type { Params } from '../parameters.ts';

/** A configuration's mean over `n` seeds. */
export interface Observation {
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
  readonly main: readonly Share[];
  readonly pairs: readonly { readonly factors: readonly [number, number]; readonly share: Share }[];
  readonly seeds: number | null;
  readonly rest: number;
  readonly foretold: number | null;
}

/** Fewer configurations than this for each factor tell a forest nothing; nor does one that foretells no more than this. */
const PER_FACTOR = 5;
const MIN_FORETOLD = 0.2;
const DRAWS = 400;
const TAILS = [0.025, 0.975] as const;

/** Null where too few configurations completed. */
export function decompose(
  factors: readonly Factor[],
  observations: readonly Observation[],
  noise: SeedNoise | null,
): Decomposition | null {
  if (factors.length === 0 || observations.length < 2) return null;
  const cells = cellsOf(factors, observations);
  if (cells !== undefined) return onGrid(factors, cells, noise);
  return observations.length < PER_FACTOR * factors.length ? null : offGrid(factors, observations, noise);
}

/** By whichever model foretells better what it has not seen: polynomials for what is smooth, a forest for steps and cliffs. */
function offGrid(
  factors: readonly Factor[],
  observations: readonly Observation[],
  noise: SeedNoise | null,
): Decomposition | null {
  const points = observations.map(({ params }) => factors.map(({ coordinate }) => coordinate(params)));
  const values = observations.map(({ mean }) => mean);
  const expansion = fitExpansion(factors, points, values);
  const forest = growForest(points, values);
  if (Math.max(expansion?.foretold ?? 0, forest.foretold) < MIN_FORETOLD) return null;
  return expansion !== undefined && expansion.foretold >= forest.foretold
    ? byExpansion(factors, expansion, average(observations.map(({ n }) => 1 / n)), noise)
    : byForest(factors, forest, noise);
}

/** What noise adds to the squares of coefficients is taken out, and the same noise drawn again gives the intervals. */
function byExpansion(
  factors: readonly Factor[],
  { terms, coefficients, inverseRoot, deviation, foretold }: Expansion,
  noisePart: number,
  noise: SeedNoise | null,
): Decomposition {
  const errors = inverseRoot.map((row) => deviation * deviation * row.reduce((sum, x) => sum + x * x, 0));
  // What seeds don't explain of the misses is the design's, too.
  const missed = Math.max(0, deviation * deviation - (noise?.variance ?? 0) * noisePart);
  const pairsOf = pairs(factors.length);
  const isOf = ({ factors: own }: Term, wanted: readonly number[]): boolean => own.join() === wanted.join();
  const shares = (drawn: readonly number[], times: number): Shares => {
    const variance = (wanted: readonly number[]): number =>
      terms.reduce((sum, term, t) => sum + (isOf(term, wanted) ? drawn[t]! * drawn[t]! - times * errors[t]! : 0), 0);
    const main = factors.map((_, f) => Math.max(0, variance([f])));
    const together = pairsOf.map((pair) => Math.max(0, variance(pair)));
    const total = [...main, ...together].reduce((sum, part) => sum + part, missed);
    return sharesOf({ main, pairs: together, total }, noise?.variance ?? 0);
  };
  const stream = randomStream(['effects']);
  const normals = new Float32Array(terms.length);
  const draws = Array.from({ length: DRAWS }, () => {
    stream.fillNormal(normals);
    const drawn = coefficients.map((coefficient, t) => {
      return coefficient + deviation * inverseRoot[t]!.reduce((sum, x, i) => sum + x * normals[i]!, 0);
    });
    return shares(drawn, 2);
  });
  const told = toDecomposition(shares(coefficients, 1), pairsOf, draws);
  return { ...told, method: 'polynomials', seeds: noise === null ? null : told.seeds, foretold };
}

interface Grid {
  readonly sizes: readonly number[];
  /** In order of levels, the last factor's fastest. */
  readonly means: Float64Array;
  /** Mean of 1 / n: what of a seed's variance is in a cell's mean. */
  readonly noisePart: number;
}

/** The grid of all combinations, where each completed; configurations that differ in nothing of it are averaged. */
function cellsOf(factors: readonly Factor[], observations: readonly Observation[]): Grid | undefined {
  const sizes = factors.map(({ levels }) => levels.length);
  if (factors.some(({ levels }) => levels.some(({ bin }) => bin !== null))) return undefined;
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > observations.length) return undefined;
  const sums = new Float64Array(count);
  const members = new Float64Array(count);
  const parts = new Float64Array(count);
  for (const { params, mean, n } of observations) {
    const cell = factors.reduce((at, { levelOf }, f) => at * sizes[f]! + levelOf(params), 0);
    sums[cell]! += mean;
    members[cell]! += 1;
    parts[cell]! += 1 / n;
  }
  if (members.includes(0)) return undefined;
  const noisePart = parts.reduce((sum, part, cell) => sum + part / (members[cell]! * members[cell]!), 0) / count;
  return { sizes, means: sums.map((sum, cell) => sum / members[cell]!), noisePart };
}

/**
 * The ANOVA decomposition of a balanced grid: the variance of the cells' means falls apart into effects of single factors,
 * of pairs and of more. Noise between seeds adds to each in proportion to its degrees of freedom, and is taken out again.
 * Intervals: parametric bootstrap, of noise as large as the seeds show.
 */
function onGrid(factors: readonly Factor[], { sizes, means, noisePart }: Grid, noise: SeedNoise | null): Decomposition {
  const pairsOf = pairs(factors.length);
  const observed = variances(sizes, means, pairsOf, (noise?.variance ?? 0) * noisePart);
  const shares = sharesOf(observed, noise?.variance ?? 0);
  if (noise === null) return { ...toDecomposition(shares, pairsOf), seeds: null };

  const stream = randomStream(['effects']);
  const normals = new Float32Array(means.length + noise.degreesOfFreedom);
  const draws = Array.from({ length: DRAWS }, () => {
    stream.fillNormal(normals);
    // The variance itself is known from so many degrees of freedom.
    const squares = normals.subarray(means.length).reduce((sum, z) => sum + z * z, 0);
    const variance = (noise.variance * noise.degreesOfFreedom) / squares;
    const deviation = Math.sqrt(variance * noisePart);
    const drawn = means.map((mean, cell) => mean + deviation * normals[cell]!);
    // These hold the noise of what was observed and that of the draw.
    return sharesOf(variances(sizes, drawn, pairsOf, (noise.variance + variance) * noisePart), variance);
  });
  return toDecomposition(shares, pairsOf, draws);
}

interface Variances {
  readonly main: readonly number[];
  readonly pairs: readonly number[];
  readonly total: number;
}

/** Variances of effects over the cells, less what noise of this variance in each cell adds. */
function variances(
  sizes: readonly number[],
  means: Float64Array,
  pairsOf: readonly (readonly [number, number])[],
  noise: number,
): Variances {
  const cells = means.length;
  const mean = average(means);
  const singles = sizes.map((_, factor) => marginal(sizes, means, [factor]));
  const main = singles.map((effect) => varianceAround(effect, mean) - ((effect.length - 1) * noise) / cells);
  const together = pairsOf.map(([a, b]) => {
    const both = varianceAround(marginal(sizes, means, [a, b]), mean);
    const alone = varianceAround(singles[a]!, mean) + varianceAround(singles[b]!, mean);
    return both - alone - ((sizes[a]! - 1) * (sizes[b]! - 1) * noise) / cells;
  });
  const total = varianceAround(means, mean) - ((cells - 1) * noise) / cells;
  return { main, pairs: together, total };
}

/** Means of the cells by the levels of some factors. */
function marginal(sizes: readonly number[], means: Float64Array, kept: readonly number[]): Float64Array {
  const length = kept.reduce((product, factor) => product * sizes[factor]!, 1);
  const sums = new Float64Array(length);
  const strides = sizes.map((_, factor) => sizes.slice(factor + 1).reduce((product, size) => product * size, 1));
  means.forEach((mean, cell) => {
    const at = kept.reduce((index, factor) => {
      return index * sizes[factor]! + (Math.floor(cell / strides[factor]!) % sizes[factor]!);
    }, 0);
    sums[at]! += mean;
  });
  return sums.map((sum) => (sum * length) / means.length);
}

/** Functional ANOVA of the forest's mean: effects by its marginals, which boxes give exactly up to a fine raster. */
function byForest(factors: readonly Factor[], { trees, foretold }: Forest, noise: SeedNoise | null): Decomposition {
  const pairsOf = pairs(factors.length);
  const rasters = factors.map(({ raster }) => raster);
  const stream = randomStream(['effects']);
  const cube = Array.from({ length: 1024 }, () => factors.map(() => stream.uniform()));
  const ofForest = (some: readonly Tree[]): Shares => {
    const values = Float64Array.from(cube, (point) => average(some.map((tree) => predict(tree, point))));
    const total = varianceAround(values, average(values));
    const singles = rasters.map((raster, f) => varianceOf(boxMarginal(some, [[f, raster]])));
    const together = pairsOf.map(([a, b]) => {
      const both = varianceOf(
        boxMarginal(some, [
          [a, rasters[a]!],
          [b, rasters[b]!],
        ]),
      );
      return both - singles[a]! - singles[b]!;
    });
    return sharesOf({ main: singles, pairs: together, total }, noise?.variance ?? 0);
  };
  // Each tree saw a bootstrap sample of the configurations: groups of them tell how far the shares depend on it.
  const groups = Array.from({ length: trees.length / 4 }, (_, g) => ofForest(trees.slice(4 * g, 4 * g + 4)));
  const decomposition = toDecomposition(ofForest(trees), pairsOf, groups);
  return { ...decomposition, method: 'forest', seeds: noise === null ? null : decomposition.seeds, foretold };
}

/** Means of the trees over all other coordinates, at every combination of places: the last factor's fastest. */
function boxMarginal(
  trees: readonly Tree[],
  at: readonly (readonly [factor: number, raster: readonly number[]])[],
): Float64Array {
  const [[first, places], second] = at as [(typeof at)[number], (typeof at)[number] | undefined];
  const others = second?.[1] ?? [0];
  const sums = new Float64Array(places.length * others.length);
  for (const { low, high, mean } of trees.flat()) {
    const isIn = (factor: number, x: number): boolean => x >= low[factor]! && x < high[factor]!;
    let volume = 1;
    for (let d = 0; d < low.length; d++) if (d !== first && d !== second?.[0]) volume *= high[d]! - low[d]!;
    places.forEach((x, i) => {
      if (!isIn(first, x)) return;
      others.forEach((y, j) => {
        if (second === undefined || isIn(second[0], y)) sums[i * others.length + j]! += volume * mean;
      });
    });
  }
  return sums.map((sum) => sum / trees.length);
}

interface Shares {
  readonly main: readonly number[];
  readonly pairs: readonly number[];
  readonly seeds: number;
}

/** Of the variance of one trial: that of the design and that between seeds. */
function sharesOf({ main, pairs: together, total }: Variances, seeds: number): Shares {
  // What the noise may have come to more than is there.
  const design = Math.max(total, 0);
  const all = design + seeds;
  const share = (variance: number): number => (all === 0 ? 0 : Math.min(1, Math.max(0, variance) / all));
  return { main: main.map(share), pairs: together.map(share), seeds: share(seeds) };
}

function toDecomposition(
  { main, pairs: together, seeds }: Shares,
  pairsOf: readonly (readonly [number, number])[],
  draws: readonly Shares[] = [],
): Decomposition {
  const withInterval = (share: number, drawn: readonly number[]): Share => {
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

function pairs(count: number): [number, number][] {
  return Array.from({ length: count }, (_, a) => a).flatMap((a) => {
    return Array.from({ length: count - a - 1 }, (_, i): [number, number] => [a, a + 1 + i]);
  });
}

function average(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function varianceOf(values: Float64Array): number {
  return varianceAround(values, average(values));
}

function varianceAround(values: Float64Array, mean: number): number {
  return average(values.map((value) => (value - mean) * (value - mean)));
}
