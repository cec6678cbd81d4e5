/** A trained model as three programs for others. Images are [N, H, W, C] in [0, 1], latents [N, J]. */
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
  const all = weightTensors(shape);
  const weightsOf = (isPart: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => isPart(name)));
  switch (part) {
    case 'encoder':
      return {
        inputs: { images },
        weights: weightsOf((name) => !name.startsWith('decoder.')),
        body: (weights, inputs) => posterior(shape, weights, inputs['images']!),
      };
    case 'decoder':
      return {
        inputs: { latents },
        weights: weightsOf((name) => name.startsWith('decoder.')),
        body: (weights, inputs) => ({ images: meansOf(shape, weights, inputs['latents'] as tf.Tensor2D) }),
      };
    case 'vae':
      return {
        inputs: { images },
        weights: all,
        body: (weights, inputs) => {
          const { mean, log_variance } = posterior(shape, weights, inputs['images']!);
          return { mean, log_variance, reconstruction: meansOf(shape, weights, mean) };
        },
      };
  }
}

function posterior(shape: ModelShape, weights: Tensors, images: tf.Tensor) {
  const flat: tf.Tensor2D = tf.reshape(images, [images.shape[0], imageSize(shape)]);
  const { mean, logVariance } = encode(tf, shape, weights, flat);
  return { mean, log_variance: logVariance };
}

/** Means of p(x|z). */
function meansOf(shape: ModelShape, weights: Tensors, latents: tf.Tensor2D): tf.Tensor {
  const flat = likelihoodOf(shape).mean(tf, decode(tf, shape, weights, latents));
  return tf.reshape(flat, [latents.shape[0], shape.height, shape.width, shape.channels]);
}
