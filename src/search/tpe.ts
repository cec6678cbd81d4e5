import { lossesOf, type History } from './history.ts';
import { parzen, type Parzen } from './parzen.ts';
import type { Sampler } from './sampler.ts';
import type { Dimension, Point } from './space.ts';

/** Share of the results that counts as good, and how many at most (as in Optuna). */
const GOOD = 0.1;
export const MAX_GOOD = 25;
/** Drawn from the density of the good ones, of which the best by the ratio is proposed. */
const CANDIDATES = 96;
/**
 * Standard deviation of kernels, as Scott's rule has it shrink with their number, and the smallest. Wider ones (0.1, 0.15) come
 * less near to the minimum of Branin and Hartmann6 in 100 trials, narrower ones (0.05) lose where axes depend on conditions.
 */
const WIDTH = 0.07;
const MIN_WIDTH = 0.03;
/** How much the flat kernel counts, next to 1 for each result. */
const PRIOR = 0.3;
/** So many results' worth of a category is spread over all. */
const SPREAD = 2;

/**
 * The tree-structured Parzen estimator of Bergstra et al. 2011, for all dimensions together: what is likelier among the good
 * results than among the others. What runs counts among the others, so that the same is not proposed twice (the "constant
 * liar" of Ginsbourger et al. 2010, with the worst). The constants were found on seeds that no figure of the bench is of.
 */
export const tpe: Sampler = {
  propose(draws, history, random) {
    const { good, others } = split(history);
    const ofGood = density(draws.dimensions, good);
    const ofOthers = density(draws.dimensions, others);
    let best: Point | undefined;
    let bestScore = -Infinity;
    for (const point of draws.some(CANDIDATES, () => ofGood.draw(random))) {
      const score = ofGood.logDensity(point) - ofOthers.logDensity(point);
      if (score > bestScore) {
        best = point;
        bestScore = score;
      }
    }
    return best ?? draws.uniform(random);
  },
};

function split({ observations, pending }: History): { good: Point[]; others: Point[] } {
  const losses = lossesOf(observations);
  const order = observations.map((_, i) => i).sort((a, b) => losses[a]! - losses[b]! || a - b);
  const count = Math.min(MAX_GOOD, Math.ceil(GOOD * order.length));
  const points = order.map((i) => observations[i]!.point);
  return { good: points.slice(0, count), others: [...points.slice(count), ...pending] };
}

function density(dimensions: readonly Dimension[], centres: readonly Point[]): Parzen {
  const n = Math.max(1, centres.length);
  const ordered = Math.max(MIN_WIDTH, WIDTH * n ** (-1 / (dimensions.length + 4)));
  return parzen(dimensions, centres, { ordered, category: SPREAD / (n + SPREAD) }, PRIOR);
}
