import { HELD_OUT, type Metric } from './metric.ts';

const THRESHOLD = 0.01;

/**
 * Number of latent dimensions that respond to the input: Var_x(E_q[z_j|x]) > 0.01 over the split. Undefined for a single
 * image, whose variance says nothing.
 * Source: Burda et al. 2016 (IWAE), section 5.2.
 */
export const activeUnits: Metric = {
  name: 'active_units',
  label: 'active',
  amount: 'active units',
  unit: 'latent dimensions',
  goal: null,
  decimals: 1,
  splits: HELD_OUT,
  ranks: true,
  of({ sums }) {
    if (sums === undefined || sums.images < 2) return undefined;
    return sums.mean.reduce((count, total, j) => {
      const mean = total / sums.images;
      return count + Number(sums.meanSquare[j]! / sums.images - mean ** 2 > THRESHOLD);
    }, 0);
  },
};
