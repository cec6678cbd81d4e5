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
  const columns = points[0]!.map((_, dimension) => Float64Array.from(points, (point) => point[dimension]!));
  const sums = new Float64Array(points.length);
  const counts = new Float64Array(points.length);
  const trees = Array.from({ length: TREES }, (_, index) => {
    const stream = randomStream(['forest', index]);
    const sample = Array.from(points, () => stream.below(points.length));
    const seen = new Set(sample);
    const tree: Box[] = [];
    const whole = {
      low: new Float64Array(columns.length),
      high: new Float64Array(columns.length).fill(1),
      sample,
      sorted: columns.map((column) => sample.toSorted((a, b) => column[a]! - column[b]!)),
      unseen: Array.from(points.keys()).filter((i) => !seen.has(i)),
    };
    split(whole, { columns, values }, ({ low, high, sample: inside, unseen }) => {
      const mean = inside.reduce((sum, i) => sum + values[i]!, 0) / inside.length;
      tree.push({ low, high, mean });
      for (const i of unseen) {
        sums[i]! += mean;
        counts[i]! += 1;
      }
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
  /** Of each coordinate, that of all points. */
  readonly columns: readonly Float64Array[];
  readonly values: readonly number[];
}

/** A box while a tree grows, with the points in it by their places. */
interface Growing {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly sample: readonly number[];
  /** The sample by each coordinate. */
  readonly sorted: readonly (readonly number[])[];
  readonly unseen: readonly number[];
}

/** Splits where the squares fall most, half-way between two points, until boxes are flat. */
function split(box: Growing, data: Data, flat: (box: Growing) => void): void {
  const best = bestSplit(box, data);
  if (best === undefined) {
    flat(box);
    return;
  }
  const { dimension, threshold } = best;
  const column = data.columns[dimension]!;
  const isLeft = (i: number): boolean => column[i]! < threshold;
  const isRight = (i: number): boolean => !isLeft(i);
  split({ ...part(box, isLeft), low: box.low, high: box.high.with(dimension, threshold) }, data, flat);
  split({ ...part(box, isRight), low: box.low.with(dimension, threshold), high: box.high }, data, flat);
}

/** What is sorted stays so: sorting anew in each box would take most of the time. */
function part({ sample, sorted, unseen }: Growing, isIn: (i: number) => boolean) {
  return {
    sample: sample.filter(isIn),
    sorted: sorted.map((places) => places.filter(isIn)),
    unseen: unseen.filter(isIn),
  };
}

function bestSplit({ sample, sorted }: Growing, { columns, values }: Data) {
  const total = sample.reduce((sum, i) => sum + values[i]!, 0);
  let best: { dimension: number; threshold: number; gain: number } | undefined;
  for (const [dimension, places] of sorted.entries()) {
    const column = columns[dimension]!;
    let left = 0;
    for (let count = 1; count < places.length; count++) {
      left += values[places[count - 1]!]!;
      const [before, after] = [column[places[count - 1]!]!, column[places[count]!]!];
      if (before === after) continue;
      const others = places.length - count;
      const gain = (left * left) / count + ((total - left) * (total - left)) / others - (total * total) / places.length;
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
