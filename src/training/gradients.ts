import { tf } from '../engine/tfjs.ts';
import type { Tensors } from '../engine/engine.ts';
import type { ModelShape } from '../model/architecture.ts';
import { decode, encode, likelihoodOf, weightSpecs } from '../model/model.ts';
import { klPerDimension, reparameterize } from './objective.ts';

export interface Batch {
  /** [B, P] in [0, 1]. */
  readonly images: tf.Tensor2D;
  /** [B]: 1/n for each of the n real images of the batch, 0 for padding. */
  readonly imageWeights: tf.Tensor1D;
  /** [B, J], N(0, 1). */
  readonly noise: tf.Tensor2D;
  /** Scalar. */
  readonly beta: tf.Scalar;
}

export interface LossAndGradients {
  /** Scalars, nats per image, averaged over the batch's real images. */
  readonly reconstruction: tf.Tensor;
  readonly kl: tf.Tensor;
  /** Of reconstruction + β·kl, by weight. */
  readonly gradients: Tensors;
}

/** The objective of one batch, and its gradient towards every weight. */
export function lossAndGradients(model: ModelShape, weights: Tensors, batch: Batch): LossAndGradients {
  const names = weightSpecs(model).map(({ name }) => name);
  // valueAndGrads returns one scalar; the two terms leave its scope by keep, and become ordinary tensors after it.
  let kept: { reconstruction: tf.Tensor; kl: tf.Tensor } | undefined;
  const { grads, value } = tf.valueAndGrads((...values: tf.Tensor[]) => {
    const current = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    const { mean, logVariance } = encode(tf, model, current, batch.images);
    const outputs = decode(tf, model, current, reparameterize(mean, logVariance, batch.noise));
    const average = (perImage: tf.Tensor): tf.Tensor => tf.sum(tf.mul(perImage, batch.imageWeights));
    const reconstruction = tf.keep(average(likelihoodOf(model).nats(tf, outputs, batch.images)));
    const kl = tf.keep(average(tf.sum(klPerDimension(mean, logVariance), 1)));
    kept = { reconstruction, kl };
    return tf.add<tf.Scalar>(reconstruction, tf.mul(kl, batch.beta));
  })(names.map((name) => weights[name]!));
  value.dispose();
  const [reconstruction, kl] = [kept!.reconstruction.clone(), kept!.kl.clone()];
  tf.dispose([kept!.reconstruction, kept!.kl]);
  return { reconstruction, kl, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) };
}
