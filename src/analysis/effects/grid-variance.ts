import { randomStream } from '../../random.ts';
import {
  average,
  DRAWS,
  pairs,
  sharesOf,
  toDecomposition,
  varianceAround,
  type Decomposition,
  type Observation,
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
}

/** The grid of all combinations, where each completed; configurations that differ in nothing of it are averaged. */
export function cellsOf(factors: readonly Factor[], observations: readonly Observation[]): Grid | undefined {
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
export function onGrid(
  factors: readonly Factor[],
  { sizes, means, noisePart }: Grid,
  noise: SeedNoise | null,
): Decomposition {
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
