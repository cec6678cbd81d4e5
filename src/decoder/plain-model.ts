import type { Tensors } from '../engine/engine.ts';
import type { tf } from '../engine/tfjs.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { decode, encode, likelihoodOf, weightSpecs } from '../model/model.ts';
import { PlainTensor } from './plain-tensor.ts';
import { plainTf, UnsupportedOperation } from './plain-tf.ts';

/**
 * J latents; an image is P numbers. Both functions take and give several, one after another. `labels`: of each, its place among
 * the K that a model is told; without them all have the first.
 */
export interface PlainModel {
  /** Means of p(x|z), P numbers in [0, 1] for each J latents. */
  decode(latents: Float32Array, labels?: ArrayLike<number>): Float32Array;
  /** Means of q(z|x), J latents for each P numbers in [0, 1]. Needs the encoder's weights. */
  encode(images: Float32Array, labels?: ArrayLike<number>): Float32Array;
}

/** Weights by name: those of the decoder (`decoder.…`), or all. */
export type PlainWeights = Readonly<Record<string, Float32Array>>;

/**
 * A trained model without TF.js or an engine: the definitions' own functions on plain typed arrays. Within 1e-5 of what
 * the engines decode, a pixel. @throws UnsupportedOperation where a definition needs more of TF.js than there is, Error
 * for weights that are not the model's
 */
export function plainModel(model: ModelShape, weights: PlainWeights): PlainModel {
  const tensors: Record<string, PlainTensor> = {};
  for (const { name, shape } of weightSpecs(model)) {
    const values = weights[name];
    if (values !== undefined) tensors[name] = new PlainTensor(shape, values);
  }
  const named = new Proxy(tensors, {
    get(all, name: string) {
      if (all[name] === undefined) throw new Error(`no weights called ${name}`);
      return all[name];
    },
  }) as unknown as Tensors;
  const rows = (values: Float32Array, columns: number): tf.Tensor2D =>
    new PlainTensor([values.length / columns, columns], values) as unknown as tf.Tensor2D;
  const told = (inputs: tf.Tensor2D, labels: ArrayLike<number> = { length: 0 }): tf.Tensor2D | undefined => {
    const { classes } = model;
    if (classes === undefined) return undefined;
    const values = new Float32Array(inputs.shape[0] * classes);
    for (let i = 0; i < inputs.shape[0]; i++) values[i * classes + (labels[i] ?? 0)] = 1;
    return rows(values, classes);
  };
  const plain: PlainModel = {
    decode: (latents, labels) => {
      const inputs = rows(latents, model.latentDim);
      const outputs = decode(plainTf, model, named, inputs, told(inputs, labels));
      return valuesOf(likelihoodOf(model).mean(plainTf, outputs));
    },
    encode: (images, labels) => {
      const inputs = rows(images, imageSize(model));
      return valuesOf(encode(plainTf, model, named, inputs, told(inputs, labels)).mean);
    },
  };
  // Now rather than under somebody's finger.
  const [mean] = tried(() => plain.decode(new Float32Array(model.latentDim)));
  if (!Number.isFinite(mean)) throw new Error('the decoded image is not finite');
  return plain;
}

function valuesOf(tensor: tf.Tensor): Float32Array {
  return (tensor as unknown as PlainTensor).values;
}

/** A method that tensors don't have here is an operation that is missing, too. */
function tried<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof TypeError) throw new UnsupportedOperation(error.message);
    throw error;
  }
}
