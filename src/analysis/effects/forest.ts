/**
 * A random forest of regression trees (Breiman 2001) on points of the unit cube, small enough for the marginals of
 * functional ANOVA (Hutter, Hoos & Leyton-Brown 2014): a tree is a list of boxes with a mean each.
 */
import { randomStream } from '../../random.ts';

export interface Box {
  /** Of each coordinate. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly mean: number;
}

export type Tree = readonly Box[];

export interface Forest {
  readonly trees: readonly Tree[];
  /** R² of each point's mean over the trees that did not see it; below 0 where a constant would foretell better. */
  readonly foretold: number;
}

const TREES = 64;

/** Grows the same forest for the same points. Each tree sees a bootstrap sample of the points and all coordinates. */
export function growForest(points: readonly (readonly number[])[], values: readonly number[]): Forest {
  const dimensions = points[0]!.length;
  const sums = new Float64Array(points.length);
  const counts = new Float64Array(points.length);
  const trees = Array.from({ length: TREES }, (_, index) => {
    const stream = randomStream(['forest', index]);
    const sample = Array.from(points, () => stream.below(points.length));
    const tree: Box[] = [];
    split(sample, new Float64Array(dimensions), new Float64Array(dimensions).fill(1), { points, values }, tree);
    const seen = new Set(sample);
    points.forEach((point, i) => {
      if (seen.has(i)) return;
      sums[i]! += predict(tree, point);
      counts[i]! += 1;
    });
    return tree;
  });
  return { trees, foretold: determination(values, sums, counts) };
}

export function predict(tree: Tree, point: readonly number[]): number {
  const box = tree.find(({ low, high }) => point.every((x, d) => x >= low[d]! && (x < high[d]! || high[d] === 1)));
  return box!.mean;
}

interface Data {
  readonly points: readonly (readonly number[])[];
  readonly values: readonly number[];
}

/** Splits where the squares fall most, half-way between two points, until boxes are flat. */
function split(sample: readonly number[], low: Float64Array, high: Float64Array, data: Data, tree: Box[]): void {
  const { points, values } = data;
  const best = bestSplit(sample, data);
  if (best === undefined) {
    tree.push({ low, high, mean: sample.reduce((sum, i) => sum + values[i]!, 0) / sample.length });
    return;
  }
  const { dimension, threshold } = best;
  const isLeft = (i: number): boolean => points[i]![dimension]! < threshold;
  split(sample.filter(isLeft), low, high.with(dimension, threshold), data, tree);
  split(
    sample.filter((i) => !isLeft(i)),
    low.with(dimension, threshold),
    high,
    data,
    tree,
  );
}

function bestSplit(sample: readonly number[], { points, values }: Data) {
  const total = sample.reduce((sum, i) => sum + values[i]!, 0);
  let best: { dimension: number; threshold: number; gain: number } | undefined;
  for (let dimension = 0; dimension < points[0]!.length; dimension++) {
    const sorted = sample.toSorted((a, b) => points[a]![dimension]! - points[b]![dimension]!);
    let left = 0;
    for (let count = 1; count < sorted.length; count++) {
      left += values[sorted[count - 1]!]!;
      const [before, after] = [points[sorted[count - 1]!]![dimension]!, points[sorted[count]!]![dimension]!];
      const others = sorted.length - count;
      if (before === after) continue;
      const gain = (left * left) / count + ((total - left) * (total - left)) / others - (total * total) / sorted.length;
      if (gain > (best?.gain ?? 1e-12 * Math.abs(total))) best = { dimension, threshold: (before + after) / 2, gain };
    }
  }
  return best;
}

function determination(values: readonly number[], sums: Float64Array, counts: Float64Array): number {
  const known = values.flatMap((value, i) => (counts[i] === 0 ? [] : [{ value, foretold: sums[i]! / counts[i]! }]));
  const mean = known.reduce((sum, { value }) => sum + value, 0) / known.length;
  const total = known.reduce((sum, { value }) => sum + (value - mean) * (value - mean), 0);
  const missed = known.reduce((sum, { value, foretold }) => sum + (value - foretold) * (value - foretold), 0);
  return total === 0 ? 0 : 1 - missed / total;
}
