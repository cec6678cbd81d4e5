import type { RandomStream } from '../random.ts';
import { uniformCoordinate, type Draws } from './draws.ts';
import { fit, GaussianProcess, type Data, type Hyperparameters, type Normal, type Prior } from './gaussian-process.ts';
import { lossesOf, type History } from './history.ts';
import { featuresOf, ownersOf } from './matern.ts';
import { logExpectedImprovement } from './normal.ts';
import type { Sampler } from './sampler.ts';
import type { Dimension, Point } from './space.ts';

/** Hyperparameters are fitted anew whenever there are so many times more results, to the best of them, at most so many. */
const GROWTH = 1.2;
const FIT_POINTS = 100;
const FIRST_FIT = 10;
/** Kept fits of the histories that were asked for last. */
const KEPT_FITS = 8;

/** Points looked at: all over the space, then around the best, whose neighbourhood shrinks from round to round. */
const WIDE = 400;
const STARTS = 5;
const NEAR = 20;
const ROUNDS = 12;
const SHRINK = 0.6;

/**
 * Of the logarithms. Between its ends an ordered dimension is e ≈ 2.7 length scales long: with 1, the first results of a space
 * with conditions, a few in each branch, told a slope that led into its corners. Two categories are one apart.
 */
const ORDERED: Normal = { mean: 2, deviation: 1.5 };
const CATEGORY: Normal = { mean: 0, deviation: 1.5 };

function priorOf(dimensions: readonly Dimension[]): Prior {
  return {
    weights: dimensions.map(({ kind }) => (kind === 'ordered' ? ORDERED : CATEGORY)),
    signal: { mean: 0, deviation: 1 },
    noise: { mean: -8, deviation: 2 },
  };
}

/**
 * Bayesian optimisation: a Gaussian process over all results, and of all points that with the largest expected improvement
 * on the best that it believes in, which under noise is not the best result that was seen. Makes a sampler that keeps its
 * last fits, which depend on nothing but the history either.
 */
export function bayes(): Sampler {
  const fits = new Map<string, Hyperparameters>();
  return {
    propose(draws, history, random) {
      const { dimensions } = draws;
      const owners = ownersOf(dimensions);
      const points = history.observations.map(({ point }) => point);
      const features = points.map((point) => featuresOf(dimensions, point));
      const { y, variances } = standardised(history);
      const data: Data = { x: features, y, variances, owners };
      const theta = fitted(data, priorOf(dimensions));
      const real = new GaussianProcess(data, theta);
      // What runs is taken to come to what is expected of it (Ginsbourger et al. 2010): nothing is learnt but where they are.
      const pending = history.pending.map((point) => featuresOf(dimensions, point));
      const believed =
        pending.length === 0
          ? real
          : new GaussianProcess(
              {
                x: [...features, ...pending],
                y: [...y, ...pending.map((x) => real.mean(x))],
                variances: [...variances, ...pending.map(() => 0)],
                owners,
              },
              theta,
            );
      const incumbent = Math.min(...features.map((x) => real.mean(x)));
      const score = (point: Point): number => {
        const { mean, variance } = believed.predict(featuresOf(dimensions, point));
        const deviation = Math.sqrt(variance);
        return Math.log(deviation) + logExpectedImprovement((incumbent - mean) / deviation);
      };
      return (
        maximise(
          draws,
          score,
          bestOf(
            points,
            features.map((x) => real.mean(x)),
            STARTS,
          ),
          random,
        ) ?? draws.uniform(random)
      );
    },
  };

  /** Fitted anew whenever the data have grown by a fifth, by the data there were then. */
  function fitted(data: Data, prior: Prior): Hyperparameters {
    let size = FIRST_FIT;
    while (Math.ceil(size * GROWTH) <= data.y.length) size = Math.ceil(size * GROWTH);
    size = Math.min(size, data.y.length);
    const subset = {
      ...data,
      x: data.x.slice(0, size),
      y: data.y.slice(0, size),
      variances: data.variances.slice(0, size),
    };
    const key = JSON.stringify([size, subset.y, subset.x.map((x) => [...x])]);
    let theta = fits.get(key);
    if (theta === undefined) {
      theta = fit(bestOfData(subset, FIT_POINTS), prior);
      fits.set(key, theta);
      const [oldest] = fits.keys();
      if (fits.size > KEPT_FITS) fits.delete(oldest!);
    }
    return theta;
  }
}

function bestOfData(data: Data, points: number): Data {
  if (data.y.length <= points) return data;
  const order = data.y.map((_, i) => i).sort((a, b) => data.y[a]! - data.y[b]! || a - b);
  const kept = order.slice(0, points).sort((a, b) => a - b);
  return {
    ...data,
    x: kept.map((i) => data.x[i]!),
    y: kept.map((i) => data.y[i]!),
    variances: kept.map((i) => data.variances[i]!),
  };
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}

/** Losses above the median count by their logarithm: how bad the bad ones are says nothing of where the best is. */
function standardised({ observations }: History): { y: number[]; variances: number[] } {
  const losses = lossesOf(observations);
  const sorted = losses.toSorted((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const scale = Math.max(median - sorted[0]!, 1e-12);
  const squashed = losses.map((loss) => (loss <= median ? loss : median + scale * Math.log1p((loss - median) / scale)));
  const mean = squashed.reduce((sum, y) => sum + y, 0) / squashed.length;
  const deviation = Math.sqrt(squashed.reduce((sum, y) => sum + (y - mean) ** 2, 0) / squashed.length) || 1;
  return {
    y: squashed.map((y) => (y - mean) / deviation),
    variances: observations.map(({ error }, i) => {
      const slope = losses[i]! <= median ? 1 : 1 / (1 + (losses[i]! - median) / scale);
      return (((error ?? 0) * slope) / deviation) ** 2;
    }),
  };
}

function bestOf(points: readonly Point[], means: readonly number[], count: number): Point[] {
  const order = points.map((_, i) => i).sort((a, b) => means[a]! - means[b]! || a - b);
  return order.slice(0, count).map((i) => points[i]!);
}

/** The best of a wide draw and of the places around the best results, then of ever nearer places around the best of those. */
function maximise(
  draws: Draws,
  score: (point: Point) => number,
  around: readonly Point[],
  random: RandomStream,
): Point | undefined {
  const { dimensions } = draws;
  const wide = draws.some(WIDE, () => (d) => uniformCoordinate(dimensions[d]!, random));
  const near = around.flatMap((point) => draws.some(NEAR, () => moved(point, dimensions, 0.1, random)));
  let front = top(
    [...wide, ...near].map((point) => ({ point, score: score(point) })),
    STARTS,
  );
  for (let round = 0; round < ROUNDS; round++) {
    const width = 0.2 * SHRINK ** round;
    front = front.map((start) => {
      let best = start;
      for (const point of draws.some(NEAR / 2, () => moved(start.point, dimensions, width, random))) {
        const scored = score(point);
        if (scored > best.score) best = { point, score: scored };
      }
      return best;
    });
  }
  return top(front, 1)[0]?.point;
}

interface Scored {
  readonly point: Point;
  readonly score: number;
}

function top(scored: readonly Scored[], count: number): Scored[] {
  return scored.toSorted((a, b) => b.score - a.score).slice(0, count);
}

/** Some of the coordinates moved by about `width`, or to another category. */
function moved(
  point: Point,
  dimensions: readonly Dimension[],
  width: number,
  random: RandomStream,
): (dimension: number) => number {
  const share = Math.min(1, 2 / dimensions.length + random.uniform());
  const normals = random.fillNormal(new Float32Array(dimensions.length));
  return (d) => {
    const dimension = dimensions[d]!;
    const x = point[d]!;
    if (Number.isNaN(x)) return uniformCoordinate(dimension, random);
    if (random.uniform() > share) return x;
    if (dimension.kind === 'category') return random.uniform() < 0.3 ? random.below(dimension.count) : x;
    return Math.max(0, Math.min(1, x + Math.max(width, dimension.cell) * normals[d]!));
  };
}
