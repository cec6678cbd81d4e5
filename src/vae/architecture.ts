/** Encoder and decoder of each architecture, as pure functions of named parameters. Batch size B, P pixels, J latents. */
import { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import type { Activation, Parameters } from '../trial/trial.ts';

const KERNEL = 4;
const STRIDE = 2;

/** What decides the shape of a model. Two trials with equal shapes run the same compiled program. */
export interface ModelShape {
  readonly architecture: Parameters['architecture'];
  readonly widths: readonly number[];
  readonly activation: Activation;
  readonly latentDim: number;
  readonly height: number;
  readonly width: number;
}

export function modelShape(
  parameters: Parameters,
  image: { readonly height: number; readonly width: number },
): ModelShape {
  const { architecture, activation, latentDim, hidden, channels } = parameters;
  const widths = (architecture === 'mlp' ? hidden : channels) ?? [];
  return { architecture, widths, activation, latentDim, height: image.height, width: image.width };
}

/** One weight tensor: its shape and, for the initial values, how many inputs and outputs each unit has. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Null for biases, which start at zero (the decoder's last one at the data's logit). */
  readonly fan: { readonly in: number; readonly out: number } | null;
  /** What its units go through; null for biases, the posterior's heads and the decoder's output. */
  readonly activation: Activation | null;
}

/** The decoder's last layer; its bias starts at the logit of the data's mean. */
export const OUTPUT_WEIGHT = 'decoder.output.weight';
export const OUTPUT_BIAS = 'decoder.output.bias';

/** All weights of a model, in a fixed order. */
export function weightSpecs(model: ModelShape): WeightSpec[] {
  return model.architecture === 'mlp' ? mlpWeights(model) : convWeights(model);
}

function denseWeights(
  name: string,
  inputs: number,
  outputs: number,
  activation: Activation | null = null,
): WeightSpec[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], fan: { in: inputs, out: outputs }, activation },
    { name: `${name}.bias`, shape: [outputs], fan: null, activation: null },
  ];
}

/** A convolution from `inputs` to `outputs` channels, or the transposed one from `outputs` to `inputs`. */
function convolutionWeights(
  name: string,
  inputs: number,
  outputs: number,
  { activation, transposed = false }: { activation: Activation | null; transposed?: boolean },
): WeightSpec[] {
  const field = KERNEL * KERNEL;
  return [
    {
      name: `${name}.weight`,
      shape: [KERNEL, KERNEL, inputs, outputs],
      // A transposed unit is reached by field / stride² taps, a plain one reads the whole field.
      fan: transposed
        ? { in: (field / STRIDE ** 2) * outputs, out: field * inputs }
        : { in: field * inputs, out: (field / STRIDE ** 2) * outputs },
      activation,
    },
    { name: `${name}.bias`, shape: [transposed ? inputs : outputs], fan: null, activation: null },
  ];
}

function mlpWeights({ widths, activation, latentDim, height, width }: ModelShape): WeightSpec[] {
  const pixels = height * width;
  const sizes = [pixels, ...widths];
  const last = sizes.at(-1)!;
  const mirrored = [latentDim, ...widths.toReversed()];
  return [
    ...widths.flatMap((size, i) => denseWeights(`encoder.${i}`, sizes[i]!, size, activation)),
    ...denseWeights('posterior.mean', last, latentDim),
    ...denseWeights('posterior.log_variance', last, latentDim),
    ...widths.flatMap((_, i) => denseWeights(`decoder.${i}`, mirrored[i]!, mirrored[i + 1]!, activation)),
    ...denseWeights('decoder.output', mirrored.at(-1)!, pixels),
  ];
}

/** Height, width and channels before and after each convolution; `same` padding, so sizes halve upwards. */
function convSizes({ widths, height, width }: ModelShape): { height: number; width: number; channels: number }[] {
  const sizes = [{ height, width, channels: 1 }];
  for (const channels of widths) {
    const before = sizes.at(-1)!;
    sizes.push({ height: Math.ceil(before.height / STRIDE), width: Math.ceil(before.width / STRIDE), channels });
  }
  return sizes;
}

function convWeights(model: ModelShape): WeightSpec[] {
  const sizes = convSizes(model);
  const last = sizes.at(-1)!;
  const flat = last.height * last.width * last.channels;
  const { activation } = model;
  const depth = model.widths.length;
  return [
    ...model.widths.flatMap((channels, i) =>
      convolutionWeights(`encoder.${i}`, sizes[i]!.channels, channels, { activation }),
    ),
    ...denseWeights('posterior.mean', flat, model.latentDim),
    ...denseWeights('posterior.log_variance', flat, model.latentDim),
    ...denseWeights('decoder.input', model.latentDim, flat, activation),
    ...model.widths.flatMap((_, i) => {
      const name = i === depth - 1 ? 'decoder.output' : `decoder.${i}`;
      return convolutionWeights(name, sizes[depth - 1 - i]!.channels, sizes[depth - i]!.channels, {
        activation: i === depth - 1 ? null : activation,
        transposed: true,
      });
    }),
  ];
}

/** Parameters of q(z|x) = N(mean, diag exp(logVariance)), both [B, J], from images [B, P] in [0, 1]: two parallel heads. */
export function encode(
  model: ModelShape,
  weights: Tensors,
  images: tf.Tensor2D,
): { mean: tf.Tensor2D; logVariance: tf.Tensor2D } {
  let hidden: tf.Tensor2D;
  if (model.architecture === 'mlp') {
    hidden = model.widths.reduce((h, _, i) => activate(dense(h, weights, `encoder.${i}`), model.activation), images);
  } else {
    const maps = model.widths.reduce<tf.Tensor4D>(
      (h, _, i) => {
        const filter = weights[`encoder.${i}.weight`] as tf.Tensor4D;
        return activate(tf.add(tf.conv2d(h, filter, STRIDE, 'same'), weights[`encoder.${i}.bias`]!), model.activation);
      },
      tf.reshape(images, [-1, model.height, model.width, 1]),
    );
    hidden = tf.reshape(maps, [images.shape[0], -1]);
  }
  return {
    mean: dense(hidden, weights, 'posterior.mean'),
    logVariance: dense(hidden, weights, 'posterior.log_variance'),
  };
}

/** Logits [B, P] of p(x|z), a Bernoulli per pixel, from latents [B, J]. */
export function decode(model: ModelShape, weights: Tensors, latents: tf.Tensor2D): tf.Tensor2D {
  if (model.architecture === 'mlp') {
    const hidden = model.widths.reduce(
      (h, _, i) => activate(dense(h, weights, `decoder.${i}`), model.activation),
      latents,
    );
    return dense(hidden, weights, 'decoder.output');
  }
  const batch = latents.shape[0];
  const sizes = convSizes(model).toReversed();
  const { height, width, channels } = sizes[0]!;
  const flat = activate(dense(latents, weights, 'decoder.input'), model.activation);
  const depth = model.widths.length;
  let maps: tf.Tensor4D = tf.reshape(flat, [batch, height, width, channels]);
  for (let i = 0; i < depth; i++) {
    const name = i === depth - 1 ? 'decoder.output' : `decoder.${i}`;
    const { height, width, channels } = sizes[i + 1]!;
    const filter = weights[`${name}.weight`] as tf.Tensor4D;
    const product = tf.conv2dTranspose(maps, filter, [batch, height, width, channels], STRIDE, 'same');
    const biased = tf.add<tf.Tensor4D>(product, weights[`${name}.bias`]!);
    maps = i === depth - 1 ? biased : activate(biased, model.activation);
  }
  return tf.reshape(maps, [batch, model.height * model.width]);
}

function dense(inputs: tf.Tensor2D, weights: Tensors, name: string): tf.Tensor2D {
  return tf.add(tf.matMul(inputs, weights[`${name}.weight`] as tf.Tensor2D), weights[`${name}.bias`]!);
}

function activate<T extends tf.Tensor>(inputs: T, activation: Activation): T {
  switch (activation) {
    case 'relu':
      return tf.relu(inputs);
    case 'leaky_relu':
      return tf.leakyRelu(inputs, 0.01);
    case 'elu':
      return tf.elu(inputs);
    case 'tanh':
      return tf.tanh(inputs);
  }
}
