import { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../model/architecture.ts';
import { decode, encode, likelihoodInputs, likelihoodOf, trainedSpecs } from '../model/model.ts';
import { klPerDimension, reparameterize } from './objective.ts';

export interface Batch {
  /** [B, P] in [0, 1]. */
  readonly images: tf.Tensor2D;
  /** [B, K] one-hot: the label of each, where the model is told it. */
  readonly condition?: tf.Tensor2D | undefined;
  /** [B]: 1/n for each of the n real images of the batch, 0 for padding. */
  readonly imageWeights: tf.Tensor1D;
  /** [B, J], N(0, 1). */
  readonly noise: tf.Tensor2D;
  /** Scalar. */
  readonly beta: tf.Scalar;
  /** Scalars, nats: λ of free bits, C of a capacity; absent where the objective has none. */
  readonly freeBits?: tf.Scalar | undefined;
  readonly capacity?: tf.Scalar | undefined;
}

export interface LossAndGradients {
  /** Scalars, nats per image, averaged over the batch's real images. */
  readonly reconstruction: tf.Tensor;
  readonly kl: tf.Tensor;
  /** Of reconstruction + β·kl, or what free bits and capacity make of it (objective.ts), by weight. */
  readonly gradients: Tensors;
  /** Weights that no gradient moves, as they are after this batch. */
  readonly observed: Tensors;
}

/** The objective of one batch, and its gradient towards every trained weight. */
export function lossAndGradients(model: ModelShape, weights: Tensors, batch: Batch): LossAndGradients {
  const names = trainedSpecs(model).map(({ name }) => name);
  const likelihood = likelihoodOf(model);
  // valueAndGrads returns one scalar; what else is wanted leaves its scope by keep, and becomes ordinary tensors after it.
  let kept: Record<string, tf.Tensor> = {};
  let observed: Tensors = {};
  const { grads, value } = tf.valueAndGrads((...values: tf.Tensor[]) => {
    const current = { ...weights, ...Object.fromEntries(names.map((name, i) => [name, values[i]!])) };
    const { mean, logVariance } = encode(tf, model, current, batch.images, batch.condition);
    const outputs = decode(tf, model, current, reparameterize(mean, logVariance, batch.noise), batch.condition);
    const average = (perImage: tf.Tensor): tf.Tensor => tf.sum(tf.mul(perImage, batch.imageWeights));
    const inputs = likelihoodInputs(model, current, batch.imageWeights);
    const reconstruction = average(likelihood.nats(tf, outputs, batch.images, inputs));
    const dimensions = klPerDimension(mean, logVariance);
    const kl = average(tf.sum(dimensions, 1));
    observed = likelihood.observe?.(tf, outputs, batch.images, inputs) ?? {};
    kept = { reconstruction, kl, ...observed };
    for (const tensor of Object.values(kept)) tf.keep(tensor);
    const ofBatch = batch.freeBits && tf.sum(tf.mul(dimensions, tf.expandDims(batch.imageWeights, 1)), 0);
    const counted = ofBatch ? tf.sum(tf.maximum(ofBatch, batch.freeBits)) : kl;
    const penalty = batch.capacity ? tf.abs(tf.sub(counted, batch.capacity)) : counted;
    return tf.add<tf.Scalar>(reconstruction, tf.mul(penalty, batch.beta));
  })(names.map((name) => weights[name]!));
  value.dispose();
  const results = Object.fromEntries(Object.entries(kept).map(([name, tensor]) => [name, tensor.clone()]));
  tf.dispose(Object.values(kept));
  return {
    reconstruction: results['reconstruction']!,
    kl: results['kl']!,
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])),
    observed: Object.fromEntries(Object.keys(observed).map((name) => [name, results[name]!])),
  };
}
