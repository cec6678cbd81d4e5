import type { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import type { Activation } from './activation.ts';
import type { WeightSpec } from './architecture.ts';

/** A dense layer: weight [inputs, outputs] and bias [outputs]. */
export function denseWeights(
  name: string,
  inputs: number,
  outputs: number,
  activation: Activation | null = null,
): WeightSpec[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], fan: { in: inputs, out: outputs }, activation, uses: 1 },
    { name: `${name}.bias`, shape: [outputs], fan: null, activation: null, uses: 0 },
  ];
}

/** [B, outputs] of inputs [B, inputs]. */
export function dense(tfjs: typeof tf, inputs: tf.Tensor2D, weights: Tensors, name: string): tf.Tensor2D {
  return tfjs.add(tfjs.matMul(inputs, weights[`${name}.weight`] as tf.Tensor2D), weights[`${name}.bias`]!);
}
