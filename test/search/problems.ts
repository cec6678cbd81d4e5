/** Problems with a known minimum, for tests and for the bench: losses over a search space. */
import type { Dimension, Point, SearchSpace } from '../../src/search/space.ts';

export interface Problem {
  readonly name: string;
  readonly space: SearchSpace<Point>;
  /** Of each dimension; none where all configurations have all. */
  readonly needs: readonly Need[];
  readonly minimum: number;
  readonly loss: (point: Point) => number;
}

/** A configuration has the dimension where another, before it, has this value; null where it always has. */
export type Need = readonly [dimension: number, value: number] | null;

/** A space whose configurations are points. */
export function pointSpace(
  dimensions: readonly Dimension[],
  needs: readonly Need[] = [],
  allows: (point: Point) => boolean = () => true,
): SearchSpace<Point> {
  return {
    dimensions,
    build(decide) {
      const point: number[] = [];
      for (const [d, dimension] of dimensions.entries()) {
        const need = needs[d] ?? null;
        if (need !== null && point[need[0]] !== need[1]) point.push(NaN);
        else if (dimension.kind === 'category' || dimension.cell === 0) point.push(decide(d));
        else
          point.push(
            (Math.min(Math.round(1 / dimension.cell) - 1, Math.floor(decide(d) / dimension.cell)) + 0.5) *
              dimension.cell,
          );
      }
      return point;
    },
    pointOf: (point) => point,
    allows,
  };
}

const REAL: Dimension = { kind: 'ordered', cell: 0 };
const reals = (count: number): Dimension[] => Array.from({ length: count }, () => REAL);

function braninAt(u: number, v: number): number {
  const [x, y] = [15 * u - 5, 15 * v];
  const b = 5.1 / (4 * Math.PI ** 2);
  return (y - b * x * x + (5 / Math.PI) * x - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];
const ALPHA = [1, 1.2, 3, 3.2];

function hartmann(x: Point): number {
  return -ALPHA.reduce((sum, alpha, i) => {
    const r = x.reduce((all, xj, j) => all + A[i]![j]! * (xj - P[i]![j]!) ** 2, 0);
    return sum + alpha * Math.exp(-r);
  }, 0);
}

export const branin: Problem = {
  name: 'branin',
  space: pointSpace(reals(2)),
  needs: [],
  minimum: 0.39788735772973816,
  loss: ([u, v]) => braninAt(u!, v!),
};

export const hartmann6: Problem = {
  name: 'hartmann6',
  space: pointSpace(reals(6)),
  needs: [],
  minimum: -3.32236801141551,
  loss: hartmann,
};

const category = (count: number): Dimension => ({ kind: 'category', count });
const NETWORK_NEEDS: readonly Need[] = [null, null, null, null, [0, 0], [0, 0], [0, 1], [0, 1], [0, 1]];
const BRANCHES_NEEDS: readonly Need[] = [null, [0, 0], [0, 0], [0, 1], [0, 1], [0, 1], [0, 2], [0, 2], [0, 2]];
const steps = (count: number): Dimension => ({ kind: 'ordered', cell: 1 / count });

/**
 * Like tuning a small network: an architecture of two, each with sizes of its own, a learning rate on a log axis whose best
 * value shifts with depth, four activations, and a strength that all have. Dimensions: architecture, activation, rate,
 * strength, width (12 steps, of the first), depth (5 steps, of the first), channels (8 steps), kernel (3), dropout (of the second).
 */
export const network: Problem = {
  name: 'network',
  space: pointSpace(
    [category(2), category(4), REAL, REAL, steps(12), steps(5), steps(8), steps(3), REAL],
    NETWORK_NEEDS,
  ),
  needs: NETWORK_NEEDS,
  minimum: 0,
  loss([architecture, activation, rate, strength, width, depth, channels, kernel, dropout]) {
    const common = [0, 0.15, 0.3, 0.8][activation!]! + 2 * (strength! - 0.3) ** 2;
    if (architecture === 0) {
      const best = 0.7 - 0.3 * (depth! - 0.3);
      return 0.25 + common + 6 * (rate! - best) ** 2 + 1.5 * (width! - 0.875) ** 2 + (depth! - 0.3) ** 2;
    }
    const best = 0.55 - 0.2 * (kernel! - 0.5);
    return (
      common +
      10 * (rate! - best) ** 2 +
      2 * (channels! - 0.6875) ** 2 +
      (kernel! - 0.5) ** 2 +
      1.5 * (dropout! - 0.2) ** 2
    );
  },
};

/** Branin on one branch of three, a valley and a ripple on the others, each with an own axis of five unordered values. */
export const branches: Problem = {
  name: 'branches',
  space: pointSpace([category(3), REAL, REAL, category(5), REAL, REAL, category(5), REAL, REAL], BRANCHES_NEEDS),
  needs: BRANCHES_NEEDS,
  minimum: 0.1,
  loss([branch, u, v, kind, x, y, kind2, p, q]) {
    if (branch === 0) return 0.5 + (braninAt(u!, v!) - 0.39788735772973816) / 20;
    if (branch === 1) {
      const shift = [0, 0.1, 0.25, 0.5, 0.7][kind!]!;
      return 0.1 + shift + 8 * (y! - x! * x!) ** 2 + 2 * (0.65 - x!) ** 2;
    }
    const [cx, cy] = [
      [0.2, 0.2],
      [0.8, 0.2],
      [0.5, 0.5],
      [0.2, 0.8],
      [0.8, 0.8],
    ][kind2!]!;
    const r = (p! - cx!) ** 2 + (q! - cy!) ** 2;
    return 0.3 + 3 * r + 0.2 * (1 - Math.cos(12 * Math.sqrt(r)));
  },
};

export const PROBLEMS = [branin, hartmann6, network, branches];
