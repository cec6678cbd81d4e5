/**
 * A trained model as three programs for others. Images are [N, H, W, C] in [0, 1], latents [N, J]. A model that is told labels
 * has another input, condition [N, K]: a one-hot row each, as floats.
 */
import type { Tensors } from '../engine/engine.ts';
import type { PortableProgram } from '../engine/compiled/portable-model.ts';
import { tf } from '../engine/tfjs.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { decode, encode, likelihoodOf } from '../model/model.ts';
import { weightTensors } from '../training/programs.ts';

export const ONNX_PARTS = ['encoder', 'decoder', 'vae'] as const;
export type OnnxPart = (typeof ONNX_PARTS)[number];

export function onnxProgram(part: OnnxPart, shape: ModelShape): PortableProgram {
  const images = [shape.height, shape.width, shape.channels];
  const latents = [shape.latentDim];
  const told = shape.classes === undefined ? {} : { condition: [shape.classes] };
  const all = weightTensors(shape);
  const weightsOf = (isPart: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isPart(name)));
  switch (part) {
    case 'encoder':
      return {
        inputs: { images, ...told },
        weights: weightsOf((name) => !name.startsWith('decoder.')),
        body: (weights, inputs) => posterior(shape, weights, inputs),
      };
    case 'decoder':
      return {
        inputs: { latents, ...told },
        weights: weightsOf((name) => name.startsWith('decoder.')),
        body: (weights, inputs) => ({ images: meansOf(shape, weights, inputs['latents'] as tf.Tensor2D, inputs) }),
      };
    case 'vae':
      return {
        inputs: { images, ...told },
        weights: all,
        body: (weights, inputs) => {
          const { mean, log_variance } = posterior(shape, weights, inputs);
          return { mean, log_variance, reconstruction: meansOf(shape, weights, mean, inputs) };
        },
      };
  }
}

function posterior(shape: ModelShape, weights: Tensors, { images: given, condition }: Tensors) {
  const images = given!;
  const flat: tf.Tensor2D = tf.reshape(images, [images.shape[0], imageSize(shape)]);
  const { mean, logVariance } = encode(tf, shape, weights, flat, condition as tf.Tensor2D | undefined);
  return { mean, log_variance: logVariance };
}

/** Means of p(x|z). */
function meansOf(shape: ModelShape, weights: Tensors, latents: tf.Tensor2D, { condition }: Tensors): tf.Tensor {
  const outputs = decode(tf, shape, weights, latents, condition as tf.Tensor2D | undefined);
  const flat = likelihoodOf(shape).mean(tf, outputs);
  return tf.reshape(flat, [latents.shape[0], shape.height, shape.width, shape.channels]);
}
