import { randomStream } from '../../random.ts';
import {
  average,
  DRAWS,
  pairs,
  sharesOf,
  toDecomposition,
  varianceAround,
  varianceOf,
  type Decomposition,
  type DesignPoint,
  type SeedNoise,
  type Variances,
} from './decomposition.ts';
import type { Factor } from './factor.ts';

export interface Grid {
  readonly sizes: readonly number[];
  /** In order of levels, the last factor's fastest. */
  readonly means: Float64Array;
  /** Mean of 1 / n: what of a seed's variance is in a cell's mean. */
  readonly noisePart: number;
  /** Variance of a cell's configurations, by what is no factor, as where only some of the grid have it; and its noise, likewise. */
  readonly within: number;
  readonly withinNoisePart: number;
}

/** The grid of all combinations, where each completed; configurations that differ in nothing of it are averaged. */
export function cellsOf(factors: readonly Factor[], observations: readonly DesignPoint[]): Grid | undefined {
  const sizes = factors.map(({ levels }) => levels.length);
  if (factors.some(({ levels }) => levels.some(({ bin }) => bin !== null))) return undefined;
  const count = sizes.reduce((product, size) => product * size, 1);
  if (count > observations.length) return undefined;
  const cells = Array.from({ length: count }, (): DesignPoint[] => []);
  for (const observation of observations)
    cells[factors.reduce((at, { levelOf }, f) => at * sizes[f]! + levelOf(observation.params), 0)]!.push(observation);
  if (cells.some(({ length }) => length === 0)) return undefined;
  const values = cells.map((cell) => Float64Array.from(cell, ({ mean }) => mean));
  const noises = cells.map((cell) => average(cell.map(({ n }) => 1 / n)));
  return {
    sizes,
    means: Float64Array.from(values, average),
    noisePart: average(noises.map((noise, i) => noise / cells[i]!.length)),
    within: average(values.map(varianceOf)),
    withinNoisePart: average(noises.map((noise, i) => noise * (1 - 1 / cells[i]!.length))),
  };
}

/**
 * The ANOVA decomposition of a balanced grid: the variance of the cells' means falls apart into effects of single factors,
 * of pairs and of more. Noise between seeds adds to each in proportion to its degrees of freedom, and is taken out again.
 * Intervals: parametric bootstrap, of noise as large as the seeds show.
 */
export function onGrid(
  factors: readonly Factor[],
  { sizes, means, noisePart, within, withinNoisePart }: Grid,
  noise: SeedNoise | null,
): Decomposition {
  const pairsOf = pairs(factors.length);
  const inside = Math.max(0, within - (noise?.variance ?? 0) * withinNoisePart);
  const variances = (cells: Float64Array, variance: number): Variances => {
    const { total, ...effects } = effectVariances(sizes, cells, pairsOf, variance * noisePart);
    return { ...effects, total: total + inside };
  };
  const observed = variances(means, noise?.variance ?? 0);
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
    return sharesOf(variances(drawn, noise.variance + variance), variance);
  });
  return toDecomposition(shares, pairsOf, draws);
}

/** Variances of effects over the cells, less what noise of this variance in each cell adds. */
function effectVariances(
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
