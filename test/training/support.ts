import type { Arrays, ScanInputs, ScanProgram } from '../../src/engine/engine.ts';
import { sizeOf } from '../../src/engine/engine.ts';
import { randomStream } from '../../src/random.ts';
import { adamSchedule } from '../../src/training/adam.ts';
import { imageSize, type ModelShape } from '../../src/model/architecture.ts';
import { LIKELIHOODS } from '../../src/model/likelihoods/index.ts';
import { weightSpecs } from '../../src/model/model.ts';
import { lossAndGradients } from '../../src/training/gradients.ts';
import { zeroMoments } from '../../src/training/initial-state.ts';
import { trainingProgram, type StepOptions } from '../../src/training/programs.ts';
import { GatheredImages } from '../../src/training/gathered-images.ts';
import { oneHot } from '../../src/training/one-hot.ts';
import type * as tf from '@tensorflow/tfjs';

const common = { latentDim: 3, likelihood: 'bernoulli', channels: 1, outputChannels: 1 } as const;
const mlp = { ...common, architecture: 'mlp', own: { hidden: [7, 5] }, height: 6, width: 5 } as const;
const conv = { ...common, architecture: 'conv', own: { channels: [3, 4] }, activation: 'relu' } as const;

/** Small models that cover every architecture, activation, likelihood and picture size. */
export const testModels: Readonly<Record<string, ModelShape>> = {
  'mlp relu': { ...mlp, activation: 'relu' },
  'mlp leaky_relu': { ...mlp, activation: 'leaky_relu' },
  'mlp elu': { ...mlp, activation: 'elu' },
  'mlp tanh': { ...mlp, activation: 'tanh' },
  'mlp without hidden layers': { ...mlp, own: { hidden: [] }, activation: 'relu' },
  'conv 28': { ...conv, height: 28, width: 28 },
  'conv 32': { ...conv, height: 32, width: 32 },
  'conv 64': { ...conv, height: 64, width: 64 },
  // 28 → 14 → 7 → 4 and back: sizes that the stride does not divide.
  'conv of three layers': { ...conv, own: { channels: [2, 3, 4] }, activation: 'tanh', height: 28, width: 28 },
  'conv of one layer': { ...conv, own: { channels: [3] }, activation: 'elu', height: 9, width: 11 },
  'mlp told labels': { ...mlp, activation: 'tanh', classes: 4 },
  'mlp told labels by its heads': { ...mlp, own: { hidden: [] }, activation: 'relu', classes: 3 },
  'conv told labels': { ...conv, own: { channels: [3, 2] }, activation: 'elu', height: 9, width: 11, classes: 4 },
  'mlp bounded': { ...mlp, activation: 'tanh', logVarianceBound: 0.5 },
  ...Object.fromEntries(
    LIKELIHOODS.slice(1).map((one) => [
      `mlp ${one.name}`,
      {
        ...{ ...mlp, activation: 'elu', height: 4, width: 3, likelihood: one.name },
        own: { hidden: [5], ...Object.fromEntries((one.parameters ?? []).map((own) => [own.name, own.default])) },
        outputChannels: one.outputChannels?.(1) ?? 1,
        ...(one.isOfCounts && { isReal: true }),
      } as const,
    ]),
  ),
  'conv discretized_logistic in colour': {
    ...{ ...conv, own: { channels: [3] }, height: 5, width: 4 },
    ...{ likelihood: 'discretized_logistic', channels: 3, outputChannels: 6 },
  },
};

/** Convolutions between channels as ONNX Runtime has them in blocks, all or some; the last ends at a single pixel. */
export const blockedModels: Readonly<Record<string, ModelShape>> = {
  'conv in blocks': { ...conv, own: { channels: [16, 32, 48] }, height: 9, width: 22 },
  'conv partly in blocks': { ...conv, own: { channels: [20, 32] }, height: 9, width: 11 },
  'conv in blocks of five layers': { ...conv, own: { channels: [16, 16, 16, 16, 16] }, height: 20, width: 17 },
  'conv in blocks, of colours': {
    ...conv,
    own: { channels: [16] },
    height: 5,
    width: 4,
    channels: 3,
    outputChannels: 3,
  },
};

/** Weights and biases of unit scale over the square root of the fan-in: nothing is near zero by construction. */
export function testWeights(model: ModelShape): Record<string, Float32Array> {
  return Object.fromEntries(
    weightSpecs(model).map(({ name, shape, fan }) => {
      const values = randomStream(['test', name]).fillNormal(new Float32Array(sizeOf(shape)));
      const scale = fan ? 1 / Math.sqrt(fan.in) : 0.1;
      return [name, values.map((value) => value * scale)];
    }),
  );
}

export interface BatchOptions {
  readonly batchSize: number;
  readonly count: number;
  readonly seed: number;
  readonly clipNorm?: number;
  readonly beta?: number;
  readonly freeBits?: number;
  readonly capacity?: number;
  /** Of the weights, in each step. */
  readonly decay?: number;
}

/** Inputs of the training program, on 9 random images. */
export function batchInputs(model: ModelShape, options: BatchOptions): ScanInputs {
  const { batchSize, count, seed, clipNorm, beta = 1.5 } = options;
  const stream = randomStream(['test batch', seed]);
  const bytes = new Uint8Array(9 * imageSize(model)).map(() => stream.below(256));
  // Counts, many of them 0 or 1.
  const images = model.isReal ? Float32Array.from(bytes, (byte) => Math.floor(byte ** 2 / 4096)) : bytes;
  const indices = new Int32Array(count * batchSize).map(() => stream.below(9));
  const schedule = Array.from({ length: count }, (_, i) => adamSchedule(1e-2, i + 1));
  return {
    count,
    state: { ...testWeights(model), ...zeroMoments(weightSpecs(model)) },
    constants: {},
    steps: {
      images: new GatheredImages(model).gather(images, indices),
      ...(model.classes && { condition: oneHot(labelsOf(model, indices), model.classes) }),
      imageWeights: new Float32Array(count * batchSize).fill(1 / batchSize),
      noise: stream.fillNormal(new Float32Array(count * batchSize * model.latentDim)),
      beta: new Float32Array(count).fill(beta),
      stepSize: Float32Array.from(schedule, (s) => s.stepSize),
      stabilizer: Float32Array.from(schedule, (s) => s.stabilizer),
      ...(clipNorm !== undefined && { clipNorm: new Float32Array(count).fill(clipNorm) }),
      ...Object.fromEntries(
        (['freeBits', 'capacity', 'decay'] as const).flatMap((name) => {
          const value = options[name];
          return value === undefined ? [] : [[name, new Float32Array(count).fill(value)]];
        }),
      ),
    },
  };
}

/** Of the images with these indices. */
function labelsOf({ classes = 1 }: ModelShape, indices: Int32Array): Int32Array {
  return indices.map((index) => index % classes);
}

/** The two terms of the loss and the gradient towards each weight, as outputs. Weights are constants. */
export function gradientProgram(model: ModelShape, batchSize: number, options: StepOptions = {}): ScanProgram {
  const { steps } = trainingProgram(model, batchSize, false, options);
  return {
    key: JSON.stringify(['gradients', model, batchSize, options]),
    state: {},
    constants: Object.fromEntries(weightSpecs(model).map(({ name, shape }) => [name, { shape }])),
    steps,
    body: (_, weights, step) => {
      const images = model.isReal ? step['images']! : step['images']!.cast('float32').mul(1 / 255);
      const { reconstruction, kl, gradients } = lossAndGradients(model, weights, {
        images: images as tf.Tensor2D,
        condition: step['condition']?.cast<tf.Tensor2D>('float32'),
        imageWeights: step['imageWeights'] as tf.Tensor1D,
        noise: step['noise'] as tf.Tensor2D,
        beta: step['beta'] as tf.Scalar,
        freeBits: step['freeBits'] as tf.Scalar | undefined,
        capacity: step['capacity'] as tf.Scalar | undefined,
      });
      const named = Object.entries(gradients).map(([name, gradient]) => [`gradient.${name}`, gradient] as const);
      return { state: {}, outputs: { reconstruction, kl, ...Object.fromEntries(named) } };
    },
  };
}

/** Largest absolute difference over the largest absolute value expected. */
export function relativeDifference(actual: Arrays[string], expected: ArrayLike<number>): number {
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return actual.length === expected.length ? difference / (scale || 1) : NaN;
}
