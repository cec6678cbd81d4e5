import type { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import type { Activation } from './activation.ts';
import type { WeightSpec } from './architecture.ts';

/** How the weights of a layer for its label's one-hot are called, after the layer. */
export const CONDITION = '.condition';

/** A dense layer: weight [inputs, outputs] and bias [outputs]; of one that is told labels also `condition`, [classes, outputs]. */
export function denseWeights(
  name: string,
  inputs: number,
  outputs: number,
  activation: Activation | null = null,
  classes?: number,
): WeightSpec[] {
  return [
    { name: `${name}.weight`, shape: [inputs, outputs], fan: { in: inputs, out: outputs }, activation, uses: 1 },
    { name: `${name}.bias`, shape: [outputs], fan: null, activation: null, uses: 0 },
    ...conditionWeights(name, inputs, outputs, activation, classes),
  ];
}

/** What a layer of so many inputs has of `classes` further ones, of which one is 1. Empty where `classes` is undefined. */
export function conditionWeights(
  name: string,
  inputs: number,
  outputs: number,
  activation: Activation | null,
  classes: number | undefined,
): WeightSpec[] {
  if (classes === undefined) return [];
  const fan = { in: inputs + classes, out: outputs };
  return [{ name: name + CONDITION, shape: [classes, outputs], fan, activation, uses: 1 }];
}

/**
 * [B, outputs] of inputs [B, inputs]. With `condition`, [B, classes]: of both side by side, as one matrix product each
 * instead of a copy of the inputs.
 */
export function dense(
  tfjs: typeof tf,
  inputs: tf.Tensor2D,
  weights: Tensors,
  name: string,
  condition?: tf.Tensor2D,
): tf.Tensor2D {
  const biased = tfjs.add<tf.Tensor2D>(
    tfjs.matMul(inputs, weights[`${name}.weight`] as tf.Tensor2D),
    weights[`${name}.bias`]!,
  );
  return condition === undefined ? biased : tfjs.add(biased, conditioned(tfjs, condition, weights, name));
}

/** What a label adds to a layer's outputs, [B, outputs]. */
export function conditioned(tfjs: typeof tf, condition: tf.Tensor2D, weights: Tensors, name: string): tf.Tensor2D {
  return tfjs.matMul(condition, weights[name + CONDITION] as tf.Tensor2D);
}
