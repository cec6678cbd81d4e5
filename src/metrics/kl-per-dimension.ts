import type { EvaluationSums } from './evaluation-sums.ts';

/** Mean KL of each latent dimension, nats per image; their sum is the rate R. */
export function klPerDimension(sums: EvaluationSums): number[] {
  return Array.from(sums.kl, (kl) => kl / sums.images);
}
