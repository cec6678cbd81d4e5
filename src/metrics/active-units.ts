import { HELD_OUT, type Metric } from './metric.ts';

const THRESHOLD = 0.01;

/** Undefined for a single image, whose variance says nothing. */
export const activeUnits: Metric = {
  name: 'active_units',
  definition: `latent dimensions that respond to the input: Var(E[z|x]) > ${THRESHOLD} over the split (Burda et al. 2016, section 5.2)`,
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
