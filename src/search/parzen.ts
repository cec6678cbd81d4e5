import type { RandomStream } from '../random.ts';
import { normalCdf } from './normal.ts';
import type { Dimension, Point } from './space.ts';

/**
 * A density over points: the average of one kernel around each centre and of a flat one over the whole space (the prior),
 * each a product over dimensions, as in Bergstra et al. 2011 and, for all dimensions together, Falkner et al. 2018. In an
 * ordered dimension a kernel is a normal distribution cut to [0, 1], in a category 1 − λ of it is on the centre and λ on all
 * alike. Where a centre lacks a dimension that a point has, the kernel is flat there: so one mixture serves a space in
 * which some dimensions depend on others.
 */
export interface Parzen {
  /** Logarithm of the density at a point, over the dimensions that it has. */
  logDensity(point: Point): number;
  /** Decisions drawn from one kernel. */
  draw(random: RandomStream): (dimension: number) => number;
}

export interface Bandwidths {
  /** Standard deviation of each kernel in ordered dimensions, unless a cell is wider. */
  readonly ordered: number;
  /** λ. */
  readonly category: number;
}

export function parzen(
  dimensions: readonly Dimension[],
  centres: readonly Point[],
  { ordered, category }: Bandwidths,
  priorWeight: number,
): Parzen {
  const widths = dimensions.map((dimension) =>
    dimension.kind === 'ordered' ? Math.max(ordered, dimension.cell / 2) : 0,
  );
  // Of each kernel and ordered dimension: what is left of the normal distribution within [0, 1], with its scale.
  const logNorms = centres.map((centre) =>
    centre.map((mu, d) => {
      const width = widths[d]!;
      if (width === 0 || Number.isNaN(mu)) return 0;
      return Math.log(width * Math.sqrt(2 * Math.PI) * (normalCdf((1 - mu) / width) - normalCdf(-mu / width)));
    }),
  );
  const total = centres.length + priorWeight;

  const logKernel = (k: number, point: Point): number => {
    const centre = centres[k]!;
    const norms = logNorms[k]!;
    let log = 0;
    for (let d = 0; d < point.length; d++) {
      const x = point[d]!;
      if (Number.isNaN(x)) continue;
      const mu = centre[d]!;
      const dimension = dimensions[d]!;
      if (dimension.kind === 'ordered') {
        if (Number.isNaN(mu)) continue;
        const z = (x - mu) / widths[d]!;
        log -= 0.5 * z * z + norms[d]!;
      } else if (Number.isNaN(mu)) log -= Math.log(dimension.count);
      else log += Math.log((x === mu ? 1 - category : 0) + category / dimension.count);
    }
    return log;
  };

  const logPrior = (point: Point): number => {
    let log = 0;
    for (let d = 0; d < point.length; d++) {
      const dimension = dimensions[d]!;
      if (dimension.kind === 'category' && !Number.isNaN(point[d]!)) log -= Math.log(dimension.count);
    }
    return log;
  };

  return {
    logDensity(point) {
      const logs = centres.map((_, k) => logKernel(k, point));
      const prior = logPrior(point);
      let largest = prior;
      for (const log of logs) if (log > largest) largest = log;
      let sum = priorWeight * Math.exp(prior - largest);
      for (const log of logs) sum += Math.exp(log - largest);
      return largest + Math.log(sum / total);
    },

    draw(random) {
      const k = Math.floor(random.uniform() * total);
      const centre = centres[k];
      return (d) => {
        const dimension = dimensions[d]!;
        const mu = centre?.[d] ?? NaN;
        if (dimension.kind === 'ordered') {
          if (Number.isNaN(mu)) return random.uniform();
          return cutNormal(mu, widths[d]!, random);
        }
        if (Number.isNaN(mu) || random.uniform() < category) return random.below(dimension.count);
        return mu;
      };
    },
  };
}

/** From a normal distribution around `mu` in [0, 1], cut to that. At least a third of it is in there, or nearly all near an end. */
function cutNormal(mu: number, width: number, random: RandomStream): number {
  const buffer = new Float32Array(2);
  for (let tries = 0; tries < 100; tries++) {
    random.fillNormal(buffer);
    for (const normal of buffer) {
      const x = mu + width * normal;
      if (x >= 0 && x <= 1) return x;
    }
  }
  return mu;
}
