import type { tf } from '../engine/tfjs.ts';

/** How the decoder's outputs say what an image looks like: p(x|z), a factor for each pixel. B images, P pixels. */
export interface Likelihood {
  readonly name: string;
  /** A clause, for the editor. */
  readonly description: string;
  /** −log p(images | outputs) in nats, summed over pixels: [B] from [B, P]. */
  nats(tfjs: typeof tf, outputs: tf.Tensor2D, images: tf.Tensor2D): tf.Tensor1D;
  /** E[x] of each pixel, [B, P], in [0, 1]: what pictures show. */
  mean(tfjs: typeof tf, outputs: tf.Tensor2D): tf.Tensor2D;
  /** The output that a pixel of this mean starts with: the decoder's bias before the first step. */
  outputBias(mean: number): number;
  /**
   * What a model reaches that has learnt nothing: the ELBO, nats per image, of a decoder that gives each pixel its mean
   * over the training images, whatever the latent code, with a KL of 0. A trial below it is worse than a constant image.
   */
  constantElbo(trainingMeans: ArrayLike<number>, splitMeans: ArrayLike<number>): number;
}
