import type { EvaluationSums } from './evaluation-sums.ts';

const THRESHOLD = 0.01;

/**
 * Number of latent dimensions that respond to the input: Var_x(E_q[z_j|x]) > 0.01 over the split. Undefined for a single
 * image, whose variance says nothing.
 * Source: Burda et al. 2016 (IWAE), section 5.2.
 */
export function activeUnits(sums: EvaluationSums): number | undefined {
  if (sums.images < 2) return undefined;
  return sums.mean.reduce((count, total, j) => {
    const mean = total / sums.images;
    return count + Number(sums.meanSquare[j]! / sums.images - mean ** 2 > THRESHOLD);
  }, 0);
}
