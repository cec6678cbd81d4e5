/** Sums over a split's images, in double precision: what every metric of an evaluation is computed from. */
export interface EvaluationSums {
  images: number;
  /** −log p(x|z), nats. */
  reconstruction: number;
  /** KL of each latent dimension, nats. */
  readonly kl: Float64Array;
  /** Posterior mean of each latent dimension, and its square. */
  readonly mean: Float64Array;
  readonly meanSquare: Float64Array;
}

export function emptySums(latentDim: number): EvaluationSums {
  return {
    images: 0,
    reconstruction: 0,
    kl: new Float64Array(latentDim),
    mean: new Float64Array(latentDim),
    meanSquare: new Float64Array(latentDim),
  };
}
