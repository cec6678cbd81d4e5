import type { tf } from '../engine/tfjs.ts';
import type { Named } from './named.ts';

/** E[x] and E[x²] of each of an image's numbers, over a split's images. */
export interface Moments {
  readonly means: ArrayLike<number>;
  readonly meanSquares: ArrayLike<number>;
}

/**
 * How the decoder's outputs say what an image looks like: p(x|z), a factor for each pixel. B images of P = height · width ·
 * channels numbers, of which the decoder says O = height · width · outputChannels.
 */
export interface Likelihood extends Named {
  /** A clause, for the editor. */
  readonly description: string;
  /** Channels of the images that it can model; undefined: any. */
  readonly channels?: readonly number[];
  /** How many numbers it reads of a pixel; undefined: one for each channel. */
  outputChannels?(channels: number): number;
  /** −log p(images | outputs) in nats, summed over an image: [B] from outputs [B, O] and images [B, P]. */
  nats(tfjs: typeof tf, outputs: tf.Tensor2D, images: tf.Tensor2D): tf.Tensor1D;
  /** E[x], [B, P] from [B, O], in [0, 1]: what pictures show. */
  mean(tfjs: typeof tf, outputs: tf.Tensor2D): tf.Tensor2D;
  /** The outputs that a pixel starts with whose channels have these means: the decoder's bias before the first step. */
  outputBias(means: readonly number[]): number[];
  /**
   * What a model reaches that has learnt nothing: the ELBO, nats per image, of a decoder that gives each pixel its mean
   * over the training images, whatever the latent code, with a KL of 0. A trial below it is worse than a constant image.
   */
  constantElbo(trainingMeans: ArrayLike<number>, split: Moments): number;
}
