import { randomStream } from '../../random.ts';
import {
  average,
  pairs,
  sharesOf,
  toDecomposition,
  varianceAround,
  varianceOf,
  type Decomposition,
  type SeedNoise,
  type Shares,
} from './decomposition.ts';
import type { Factor } from './factor.ts';
import { predict, type Forest, type Tree } from './forest.ts';

/** Functional ANOVA of the forest's mean: effects by its marginals, which boxes give exactly up to a fine raster. */
export function byForest(
  factors: readonly Factor[],
  { trees, foretold }: Forest,
  noise: SeedNoise | null,
): Decomposition {
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
