import type { Tensors } from '../engine/engine.ts';
import type { tf } from '../engine/tfjs.ts';
import type { WeightSpec } from './architecture.ts';
import type { RandomStream } from '../random.ts';
import type { Moments } from './moments.ts';
import type { Named } from './named.ts';
import type { Parameter, Parameters } from './parameter.ts';

/** What a likelihood may know beside the decoder's outputs. */
export interface LikelihoodInputs {
  /** The values of its own parameters. */
  readonly own: Parameters;
  /** Its own weights among those of the model. */
  readonly weights: Tensors;
  /** [B]: in training, what each image of the batch counts, 1 in all. Absent where images are only judged. */
  readonly imageWeights?: tf.Tensor1D;
}

/** What a draw may know beside the decoder's outputs. */
export interface DrawInputs {
  /** The values of its own parameters. */
  readonly own: Parameters;
  /** Its own weights as they were trained, by their names. */
  readonly weights: Readonly<Record<string, ArrayLike<number>>>;
}

/**
 * How the decoder's outputs say what an image looks like: p(x|z), a factor for each pixel. B images of P = height · width ·
 * channels numbers, of which the decoder says O = height · width · outputChannels.
 */
export interface Likelihood extends Named {
  /** A clause, for the editor. */
  readonly description: string;
  /** Those whose values have a common scale share it; left out: its own name. No others are ever ranked together. */
  readonly family?: string;
  /** Those that only this likelihood has. */
  readonly parameters?: readonly Parameter[];
  /**
   * Of which images it is a probability: of all that are bytes, or of black-and-white ones. Left out: it is a density, whose
   * logarithm may have either sign and says nothing of bits.
   */
  readonly mass?: 'bytes' | 'bits';
  /** Channels of the images that it can model; undefined: any. */
  readonly channels?: readonly number[];
  /** Whether it models any real numbers, whose means are its outputs. */
  readonly isOfReals?: true;
  /** Whether it models counts, whole numbers from 0 on; the encoder then reads log(1 + x). */
  readonly isOfCounts?: true;
  /** Why it can't model images that are black and white only: a clause. Left out: it can. */
  readonly notBinary?: string;
  /** How many numbers it reads of a pixel; undefined: one for each channel. */
  outputChannels?(channels: number): number;
  /** Beside the decoder's, `likelihood.…`, with what they start from where the images spread by this much about their means. */
  readonly weights?: readonly OwnWeight[];
  /** −log p(images | outputs) in nats, summed over an image: [B] from outputs [B, O] and images [B, P]. */
  nats(tfjs: typeof tf, outputs: tf.Tensor2D, images: tf.Tensor2D, inputs: LikelihoodInputs): tf.Tensor1D;
  /** The next values of its weights that follow from what was seen rather than from a gradient. */
  observe?(tfjs: typeof tf, outputs: tf.Tensor2D, images: tf.Tensor2D, inputs: Required<LikelihoodInputs>): Tensors;
  /** E[x], [B, P] from [B, O]: in [0, 1] what pictures show, or rates of counts. */
  mean(tfjs: typeof tf, outputs: tf.Tensor2D): tf.Tensor2D;
  /**
   * One draw from p(x|z), P numbers, of the O outputs for one image, on plain arrays: all chance comes from `random`. Left out:
   * there are its means alone.
   */
  draw?(outputs: Float32Array, random: RandomStream, inputs: DrawInputs): ArrayLike<number>;
  /**
   * The outputs that a pixel starts with whose channels have these means: the decoder's bias before the first step.
   * `spread`: see `spreadOf` (src/model/moments.ts).
   */
  outputBias(means: readonly number[], spread: () => number): number[];
  /**
   * What a model reaches that has learnt nothing: the ELBO, nats per image, of a decoder that gives each pixel its mean
   * over the training images, whatever the latent code, with a KL of 0. A trial below it is worse than a constant image.
   * Undefined where it isn't known.
   */
  constantElbo(training: Moments, split: Moments, own: Parameters): number | undefined;
}

/** A weight that belongs to a likelihood. */
export interface OwnWeight extends Pick<WeightSpec, 'name' | 'isObserved'> {
  /** Of a model of P numbers, where it depends on them. */
  readonly shape: readonly number[] | ((numbers: number) => readonly number[]);
  readonly initial: (spread: number) => number;
}

/** What is wrong with a draw of P numbers, as what follows "gives"; undefined for nothing. Definitions of a user's own may be. */
export function drawFault(drawn: unknown, numbers: number, areCounts: boolean): string | undefined {
  if (!Array.isArray(drawn) && !ArrayBuffer.isView(drawn)) return "no array, and one of an image's numbers is wanted";
  const values = drawn as unknown as ArrayLike<unknown>;
  if (values.length !== numbers) return `${values.length} numbers, and ${numbers} are wanted, those of one image`;
  const isRight = (value: unknown): boolean =>
    areCounts ? Number.isInteger(value) && Number(value) >= 0 : Number.isFinite(value);
  for (let p = 0; p < numbers; p++) {
    if (!isRight(values[p])) {
      return `${String(values[p])}, and ${areCounts ? 'whole numbers from 0 on' : 'finite numbers'} are wanted`;
    }
  }
  return undefined;
}
