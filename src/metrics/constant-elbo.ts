/** Pixel means are kept this far from 0 and 1, so that a constant pixel's logit stays finite. */
const MEAN_MARGIN = 1e-3;

/** The logit of a pixel's mean: the decoder's output bias before the first step. */
export function logitOfMean(mean: number): number {
  const inside = Math.min(Math.max(mean, MEAN_MARGIN), 1 - MEAN_MARGIN);
  return Math.log(inside / (1 - inside));
}

/**
 * What a model reaches that has learnt nothing: the ELBO, nats per image, of a decoder that gives each pixel its mean over
 * the training images, whatever the latent code, with a KL of 0. A trial below it is worse than a constant image.
 *
 * −Σ_p [log(1 + exp(l_p)) − l_p·x_p] is linear in the images x, so their means stand for them.
 */
export function constantElbo(trainingMeans: ArrayLike<number>, splitMeans: ArrayLike<number>): number {
  let nats = 0;
  for (let p = 0; p < trainingMeans.length; p++) {
    const logit = logitOfMean(trainingMeans[p]!);
    nats += Math.log1p(Math.exp(logit)) - logit * splitMeans[p]!;
  }
  return -nats;
}
