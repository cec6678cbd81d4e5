/**
 * A trained model as three programs for others. Images are [N, H, W, C] in [0, 1], latents [N, J]; rows of numbers are [N, P],
 * in the units of their columns, as float64. A model that is told labels has another input, condition [N, K]: a one-hot row
 * each, as floats.
 */
import type { Tensors } from '../engine/engine.ts';
import type { PortableProgram, Units } from '../engine/compiled/portable-model.ts';
import { tf } from '../engine/tfjs.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { decode, encode, meanOf } from '../model/model.ts';
import { weightTensors } from '../training/programs.ts';
import { sampleShape, samplesOf } from './sample-shape.ts';

export const ONNX_PARTS = ['encoder', 'decoder', 'vae'] as const;
export type OnnxPart = (typeof ONNX_PARTS)[number];
/** What `vae.onnx` makes of a sample. */
const RECONSTRUCTION = 'reconstruction';

/** `units`: what rows were standardised by, in training. */
export function onnxProgram(part: OnnxPart, shape: ModelShape, units?: Units): PortableProgram {
  const name = samplesOf(shape);
  const samples = { [name]: sampleShape(shape) };
  const inUnits = units && { units: { of: [name, RECONSTRUCTION], means: units.means, stds: units.stds } };
  const latents = [shape.latentDim];
  const told = shape.classes === undefined ? {} : { condition: [shape.classes] };
  const all = weightTensors(shape);
  const weightsOf = (isPart: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isPart(name)));
  switch (part) {
    case 'encoder':
      return {
        ...inUnits,
        inputs: { ...samples, ...told },
        weights: weightsOf((name) => !name.startsWith('decoder.')),
        body: (weights, inputs) => posterior(shape, weights, inputs),
      };
    case 'decoder':
      return {
        ...inUnits,
        inputs: { latents, ...told },
        weights: weightsOf((name) => name.startsWith('decoder.')),
        body: (weights, inputs) => ({ [name]: meansOf(shape, weights, inputs['latents'] as tf.Tensor2D, inputs) }),
      };
    case 'vae':
      return {
        ...inUnits,
        inputs: { ...samples, ...told },
        weights: all,
        body: (weights, inputs) => {
          const { mean, log_variance } = posterior(shape, weights, inputs);
          return { mean, log_variance, [RECONSTRUCTION]: meansOf(shape, weights, mean, inputs) };
        },
      };
  }
}

function posterior(shape: ModelShape, weights: Tensors, inputs: Tensors) {
  const { condition } = inputs;
  const images = inputs[samplesOf(shape)]!;
  const flat: tf.Tensor2D = tf.reshape(images, [images.shape[0], imageSize(shape)]);
  const { mean, logVariance } = encode(tf, shape, weights, flat, condition as tf.Tensor2D | undefined);
  return { mean, log_variance: logVariance };
}

/** Means of p(x|z). */
function meansOf(shape: ModelShape, weights: Tensors, latents: tf.Tensor2D, { condition }: Tensors): tf.Tensor {
  const outputs = decode(tf, shape, weights, latents, condition as tf.Tensor2D | undefined);
  return tf.reshape(meanOf(tf, shape, outputs), [latents.shape[0], ...sampleShape(shape)]);
}
