import type { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import type { Activation } from './activation.ts';
import type { OwnLikelihood } from './own-likelihood.ts';
import type { Named } from './named.ts';
import type { Parameter, Parameters } from './parameter.ts';

/** What decides the shape of a model. Two trials with equal shapes run the same compiled program. */
export interface ModelShape {
  readonly architecture: string;
  /** The architecture's own parameters, and the likelihood's. */
  readonly own: Parameters;
  readonly activation: Activation;
  readonly latentDim: number;
  /** Of the posterior's log σ²; absent: none. */
  readonly logVarianceBound?: number;
  readonly likelihood: string;
  /** Of a likelihood that a module of the user's defines; absent: one of ours. */
  readonly ownLikelihood?: Omit<OwnLikelihood, 'path'>;
  readonly height: number;
  readonly width: number;
  /** Of a pixel of the images; 1: grey. */
  readonly channels: number;
  /** Numbers of any size in place of those of images, 0 to 1; absent: images. */
  readonly isReal?: true;
  /** K: how many labels there are, of which encoder and decoder are told one; absent: they are told none. */
  readonly classes?: number;
  /** What the decoder says of a pixel: as many numbers as its likelihood reads. */
  readonly outputChannels: number;
}

/** P: the numbers of an image. */
export function imageSize({ height, width, channels }: ModelShape): number {
  return height * width * channels;
}

/** O: what the decoder says of an image. */
export function outputSize({ height, width, outputChannels }: ModelShape): number {
  return height * width * outputChannels;
}

/** One weight tensor: its shape, its part in a forward pass, and what its initial values are fitted to. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** How many inputs and outputs each unit has. Null for biases, which start at zero (the decoder's last one does not). */
  readonly fan: { readonly in: number; readonly out: number } | null;
  /** Null for biases, the posterior's heads and the decoder's ends. */
  readonly activation: Activation | null;
  /** Multiplications of each of its numbers for one image: a convolution's for each position of its smaller map. */
  readonly uses: number;
  /** It follows from what training sees (`Likelihood.observe`); no gradient moves it. */
  readonly isObserved?: true;
}

/** The decoder's last layer; its bias starts where the likelihood puts the data's mean. */
export const OUTPUT_WEIGHT = 'decoder.output.weight';
export const OUTPUT_BIAS = 'decoder.output.bias';

/**
 * Encoder and decoder as pure functions of named weights. Batch size B, J latents; an image is P = height · width ·
 * channels numbers, the channels of a pixel together, and what the decoder says of it O = height · width · outputChannels.
 * TF.js is an argument, so that a definition can be read without it.
 *
 * Of a model that is told labels both functions also get `condition`, the label of each as a one-hot row [B, K], and add to
 * their first layer what K further inputs would (see `dense`). An encoder without such weights is told by its heads; a decoder
 * without them is refused.
 */
export interface Architecture extends Named {
  /** A clause, for the editor. */
  readonly description: string;
  /** Whether it needs neighbours: it is for images, and not for rows of numbers. */
  readonly isOfImages?: true;
  /** Those that only this architecture has. */
  readonly parameters: readonly Parameter[];
  /** `encoder.…`, in a fixed order, and how many features they end in. */
  encoder(model: ModelShape): { readonly weights: readonly WeightSpec[]; readonly features: number };
  /** `decoder.…`, in a fixed order, the last layer called `decoder.output`. */
  decoder(model: ModelShape): readonly WeightSpec[];
  /** Features [B, features], from which two linear heads make mean and log variance, of images [B, P] in [0, 1]. */
  encode(
    tfjs: typeof tf,
    model: ModelShape,
    weights: Tensors,
    images: tf.Tensor2D,
    condition?: tf.Tensor2D,
  ): tf.Tensor2D;
  /** What the likelihood reads, [B, O], of latents [B, J]. */
  decode(
    tfjs: typeof tf,
    model: ModelShape,
    weights: Tensors,
    latents: tf.Tensor2D,
    condition?: tf.Tensor2D,
  ): tf.Tensor2D;
}
