/**
 * Likelihoods and metrics of a program's own, for the default export of a module that a spec names by `use`. Both functions only
 * check types: a plain object is as good. Loads nothing, since each thread that trains takes `vae-sweep` in such a module for it.
 */
import type { Measured } from '../metrics/metric.ts';
import type { Moments } from '../model/moments.ts';
import type { RandomStream } from '../random.ts';
import type { Operations, Tensor } from './operations.ts';

/**
 * How the decoder's outputs say what an image looks like: p(x|z). B images of P = height · width · channels numbers, of which the
 * decoder says O = height · width · outputChannels. As ours are (src/model/likelihood.ts); what a trial can do without may be left
 * out.
 */
export interface LikelihoodDefinition {
  /** In words of a to z, digits and `_`: what a spec calls it. */
  readonly name: string;
  /** A clause. */
  readonly description?: string;
  /** Whose scale its values share: the name of one of ours, or of several of your own. Left out: none's. */
  readonly family?: string;
  /** Of which images it is a probability; left out: it is a density. */
  readonly mass?: 'bytes' | 'bits';
  /** Channels of the images that it can model; left out: any. */
  readonly channels?: readonly number[];
  /** Whether it models any real numbers, whose means are its outputs. */
  readonly isOfReals?: true;
  /** Whether it models counts, whole numbers from 0 on. */
  readonly isOfCounts?: true;
  /** Why it can't model images that are black and white only: a clause. Left out: it can. */
  readonly notBinary?: string;
  /** How many numbers it reads of a pixel; left out: one for each channel. */
  outputChannels?(channels: number): number;
  readonly weights?: readonly LikelihoodWeight[];
  /** −log p(images | outputs) in nats, summed over an image: [B] from outputs [B, O] and images [B, P]. */
  nats(tf: Operations, outputs: Tensor, images: Tensor, inputs: DefinitionInputs): Tensor;
  /** The next values of its weights that follow from what was seen rather than from a gradient. */
  observe?(
    tf: Operations,
    outputs: Tensor,
    images: Tensor,
    inputs: Required<DefinitionInputs>,
  ): Readonly<Record<string, Tensor>>;
  /** E[x], [B, P] from [B, O]: in [0, 1] what pictures show, or rates of counts. */
  mean(tf: Operations, outputs: Tensor): Tensor;
  /** One draw from p(x|z), P numbers, of the O outputs for one image: all chance comes from `random`. */
  draw?(
    outputs: Float32Array,
    random: RandomStream,
    inputs: { readonly weights: Readonly<Record<string, ArrayLike<number>>> },
  ): ArrayLike<number>;
  /** The outputs that a pixel starts with whose channels have these means. `spread`: a standard deviation about them. */
  outputBias(means: readonly number[], spread: () => number): number[];
  /**
   * What a model reaches that has learnt nothing, nats per image: the ELBO of a decoder that gives each pixel its mean over the
   * training images, with a KL of 0. Undefined where it isn't known.
   */
  constantElbo?(training: Moments, split: Moments): number | undefined;
}

/** What `nats` may know beside the decoder's outputs. */
export interface DefinitionInputs {
  /** Its own weights, by name. */
  readonly weights: Readonly<Record<string, Tensor>>;
  /** [B]: in training, what each image of the batch counts, 1 in all. Absent where images are only judged. */
  readonly imageWeights?: Tensor;
}

/** A weight of a likelihood's own. */
export interface LikelihoodWeight {
  /** `likelihood.…` */
  readonly name: string;
  /** Of a model of P numbers, where it depends on them. */
  readonly shape: readonly number[] | ((numbers: number) => readonly number[]);
  /** Where it starts if images spread by this much about their means. */
  readonly initial: (spread: number) => number;
  /** No gradient moves it: `observe` says what it becomes. */
  readonly isObserved?: true;
}

/** A number for each evaluation of held-out images, after each epoch and at the end. */
export interface MetricDefinition {
  /** In words of a to z, digits and `_`: recorded as `val/NAME` and `test/NAME`. */
  readonly name: string;
  /** What it is, as a clause. */
  readonly description: string;
  readonly unit: string;
  /** Which end is better; null where neither is by itself. */
  readonly goal: 'maximize' | 'minimize' | null;
  /** Digits after the point that are shown, 0 to 10; left out: 2. */
  readonly decimals?: number;
  /** Column header; left out: its name. */
  readonly label?: string;
  /** What one unit of a difference is, in a sentence; left out: its unit, of its label. */
  readonly amount?: string;
  /** A finite number; undefined where what was measured doesn't tell it. */
  of(measured: EvaluationMeasured): number | undefined;
}

/** What an evaluation measured, in nats per image: D, R, what the objective adds to D, and sums over the images. */
export type EvaluationMeasured = Measured & Required<Pick<Measured, 'sums'>>;

/**
 * A likelihood of one's own, swept by its name like any other:
 *
 *     export default defineLikelihood({
 *       name: 'laplace',
 *       // p(x) = e^(−|x − output| / b) / 2b, b = 0.1
 *       nats: (tf, outputs, images) => tf.sum(tf.add(tf.mul(tf.abs(tf.sub(images, outputs)), 10), Math.log(0.2)), 1),
 *       mean: (tf, outputs) => tf.clipByValue(outputs, 0, 1),
 *       outputBias: (means) => [...means],
 *     });
 *
 * Its values have a scale of their own, unless `family` says which they share: that they do is your word.
 */
export function defineLikelihood(definition: LikelihoodDefinition): LikelihoodDefinition {
  return definition;
}

/**
 * A metric of one's own, recorded, ranked by and shown like any other:
 *
 *     export default defineMetric({
 *       name: 'rate_share',
 *       description: 'R / (D + R), how much of what an image costs is its code',
 *       unit: 'share',
 *       goal: null,
 *       of: ({ reconstruction, kl }) => kl / (reconstruction + kl),
 *     });
 */
export function defineMetric(definition: MetricDefinition): MetricDefinition {
  return definition;
}
