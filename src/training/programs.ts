/**
 * The scans that a trial runs. B images a batch of P numbers, J latents; images are uint8, 255 = 1. Programs of a model that
 * is told labels also have the step input condition, uint8 [B, K], a one-hot row each.
 */
import { tf } from '../engine/tfjs.ts';
import type { ScanProgram, Tensors, TensorSpecs } from '../engine/engine.ts';
import { adamStep, momentName } from './adam.ts';
import { imageSize, type ModelShape } from '../model/architecture.ts';
import { decode, encode, likelihoodInputs, likelihoodOf, meanOf, trainedSpecs, weightSpecs } from '../model/model.ts';
import { lossAndGradients } from './gradients.ts';
import { klPerDimension, reparameterize } from './objective.ts';

/** What a training step has beside the usual; each costs a little, also where it changes nothing. */
export interface StepOptions {
  readonly freeBits?: boolean;
  readonly capacity?: boolean;
  readonly decays?: boolean;
}

/**
 * One optimiser step on one batch. Everything that may differ between trials of one shape, or change during training,
 * is an input, so one compiled program serves them all.
 *
 * state: weights and Adam's moments · steps: images [B, P], imageWeights [B], noise [B, J], beta, and adam's stepSize
 * and stabilizer (see adam.ts), clipNorm where `clips`, freeBits, capacity and decay where asked for ·
 * outputs: reconstruction, kl (scalars, nats per image).
 */
export function trainingProgram(
  model: ModelShape,
  batchSize: number,
  clips: boolean,
  { freeBits = false, capacity = false, decays = false }: StepOptions = {},
): ScanProgram {
  const moments = trainedSpecs(model).flatMap(({ name, shape }) =>
    (['first', 'second'] as const).map((order) => [momentName(order, name), { shape }] as const),
  );
  return {
    key: JSON.stringify(['train', model, batchSize, clips, freeBits, capacity, decays]),
    state: { ...weightTensors(model), ...Object.fromEntries(moments) },
    constants: {},
    steps: {
      images: imageTensor(model, batchSize),
      ...conditionTensor(model, batchSize),
      imageWeights: { shape: [batchSize] },
      noise: { shape: [batchSize, model.latentDim] },
      beta: { shape: [] },
      stepSize: { shape: [] },
      stabilizer: { shape: [] },
      ...(clips && { clipNorm: { shape: [] } }),
      ...(freeBits && { freeBits: { shape: [] } }),
      ...(capacity && { capacity: { shape: [] } }),
      ...(decays && { decay: { shape: [] } }),
    },
    body: (state, _, step) => {
      const { gradients, reconstruction, kl, observed } = lossAndGradients(model, state, {
        images: unitImages(model, step),
        condition: conditionOf(model, step),
        imageWeights: step['imageWeights'] as tf.Tensor1D,
        noise: step['noise'] as tf.Tensor2D,
        beta: step['beta'] as tf.Scalar,
        freeBits: step['freeBits'] as tf.Scalar | undefined,
        capacity: step['capacity'] as tf.Scalar | undefined,
      });
      return { state: { ...adamStep(state, gradients, step), ...observed }, outputs: { reconstruction, kl } };
    },
  };
}

/**
 * The terms of the ELBO of each image, with a sampled z.
 * constants: weights · steps: images [B, P], noise [B, J] ·
 * outputs: reconstruction [B], kl [B, J], mean [B, J].
 */
export function evaluationProgram(model: ModelShape, batchSize: number): ScanProgram {
  return {
    key: JSON.stringify(['evaluate', model, batchSize]),
    state: {},
    constants: weightTensors(model),
    steps: {
      images: imageTensor(model, batchSize),
      ...conditionTensor(model, batchSize),
      noise: { shape: [batchSize, model.latentDim] },
    },
    body: (_, constants, step) => {
      const images = unitImages(model, step);
      const condition = conditionOf(model, step);
      const { mean, logVariance } = encode(tf, model, constants, images, condition);
      const latents = reparameterize(mean, logVariance, step['noise'] as tf.Tensor2D);
      const outputs = decode(tf, model, constants, latents, condition);
      const reconstruction = likelihoodOf(model).nats(tf, outputs, images, likelihoodInputs(model, constants));
      return { state: {}, outputs: { reconstruction, kl: klPerDimension(mean, logVariance), mean } };
    },
  };
}

/** Parameters of q(z|x). constants: weights · steps: images [B, P] · outputs: mean, logVariance, both [B, J]. */
export function encodingProgram(model: ModelShape, batchSize: number): ScanProgram {
  return {
    key: JSON.stringify(['encode', model, batchSize]),
    state: {},
    constants: weightTensors(model),
    steps: { images: imageTensor(model, batchSize), ...conditionTensor(model, batchSize) },
    body: (_, constants, step) => ({
      state: {},
      outputs: encode(tf, model, constants, unitImages(model, step), conditionOf(model, step)),
    }),
  };
}

/** Means of p(x|z). constants: weights · steps: latents [B, J] · outputs: pixels [B, P] in [0, 1]. */
export function decodingProgram(model: ModelShape, batchSize: number): ScanProgram {
  return {
    key: JSON.stringify(['decode', model, batchSize]),
    state: {},
    constants: weightTensors(model),
    steps: { latents: { shape: [batchSize, model.latentDim] }, ...conditionTensor(model, batchSize) },
    body: (_, constants, step) => ({
      state: {},
      outputs: {
        pixels: meanOf(
          tf,
          model,
          decode(tf, model, constants, step['latents'] as tf.Tensor2D, conditionOf(model, step)),
        ),
      },
    }),
  };
}

/** What the likelihood reads of p(x|z). constants: weights · steps: latents [B, J] · outputs: outputs [B, O]. */
export function outputsProgram(model: ModelShape, batchSize: number): ScanProgram {
  return {
    ...decodingProgram(model, batchSize),
    key: JSON.stringify(['outputs', model, batchSize]),
    body: (_, constants, step) => ({
      state: {},
      outputs: { outputs: decode(tf, model, constants, step['latents'] as tf.Tensor2D, conditionOf(model, step)) },
    }),
  };
}

export function weightTensors(model: ModelShape): TensorSpecs {
  return Object.fromEntries(weightSpecs(model).map(({ name, shape }) => [name, { shape }]));
}

function imageTensor(model: ModelShape, batchSize: number): TensorSpecs[string] {
  return { shape: [batchSize, imageSize(model)], ...(!model.isReal && { type: 'uint8' }) };
}

function conditionTensor({ classes }: ModelShape, batchSize: number): TensorSpecs {
  return classes === undefined ? {} : { condition: { shape: [batchSize, classes], type: 'uint8' } };
}

/** [B, K]; undefined where the model is told nothing. */
function conditionOf({ classes }: ModelShape, step: Tensors): tf.Tensor2D | undefined {
  return classes === undefined ? undefined : tf.cast(step['condition'] as tf.Tensor2D, 'float32');
}

/** [B, P], of images in [0, 1]. */
function unitImages(model: ModelShape, step: Tensors): tf.Tensor2D {
  if (model.isReal) return step['images'] as tf.Tensor2D;
  return tf.mul<tf.Tensor2D>(tf.cast(step['images']!, 'float32'), 1 / 255);
}
