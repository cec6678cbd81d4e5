/** Normal distributions about the decoder's outputs, of one standard deviation σ for all pixels; three ways to have it. */
import type { tf } from '../../engine/tfjs.ts';
import type { RandomStream } from '../../random.ts';
import type { Likelihood, LikelihoodInputs } from '../likelihood.ts';
import { spreadOf, type Moments } from '../moments.ts';
import { valueOf, type Parameter } from '../parameter.ts';

const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);
/** No σ is smaller than e⁻⁶: where a model is perfect, the density would grow without end (Rybkin et al. 2021). */
const LEAST_LOG_SIGMA = -6;
/** How far one batch moves the variance that images are judged by: it is that of the last 20 batches, near enough. */
const NEWS = 0.1;

const LOG_SIGMA = 'likelihood.log_sigma';
const VARIANCE = 'likelihood.variance';

const sigma: Parameter<number> = {
  name: 'sigma',
  values: { kind: 'number', min: 'above 0', max: 10 },
  default: 0.1,
  aliases: ['std', 'decoder_std'],
  description:
    'Standard deviation of a pixel, which is 1 at its brightest; only for gaussian. With beta it acts as √beta · sigma at beta 1.',
};

const common = {
  family: 'gaussian',
  isOfReals: true,
  mean: (tfjs: typeof tf, outputs: tf.Tensor2D) => tfjs.minimum<tf.Tensor2D>(tfjs.maximum(outputs, 0), 1),
  outputBias: (means: readonly number[]) => [...means],
} as const;

/** The whole density, its constant too: else different σ could not be compared. */
export const gaussian: Likelihood = {
  ...common,
  name: 'gaussian',
  aliases: ['normal', 'mse'],
  description: 'a normal distribution of standard deviation sigma about each output: squared error',
  parameters: [sigma],

  nats(tfjs, outputs, images, { own }) {
    const fixed = valueOf(own, sigma);
    const scaled = tfjs.mul(squaredErrors(tfjs, outputs, images), 1 / (2 * fixed ** 2));
    return tfjs.add(scaled, images.shape[1] * (Math.log(fixed) + LOG_ROOT_2PI));
  },

  draw: (outputs, random, { own }) => drawAbout(outputs, random, valueOf(own, sigma)),

  constantElbo: (training, split, own) => constantElbo(training, split, valueOf(own, sigma)),
};

/** σ is a weight like others. Above e⁻⁶ by a softplus. */
export const gaussianLearned: Likelihood = {
  ...common,
  name: 'gaussian_learned',
  description: 'gaussian, its standard deviation learnt as one more weight',
  weights: [{ name: LOG_SIGMA, shape: [1], initial: (spread) => inverseSoftFloor(Math.log(spread)) }],

  nats(tfjs, outputs, images, { weights }) {
    const above = tfjs.exp(tfjs.sub(weights[LOG_SIGMA]!, LEAST_LOG_SIGMA));
    const logSigma = tfjs.add(tfjs.log(tfjs.add(above, 1)), LEAST_LOG_SIGMA);
    const precision = tfjs.exp(tfjs.mul(logSigma, -2));
    const scaled = tfjs.mul(squaredErrors(tfjs, outputs, images), tfjs.mul(precision, 0.5));
    return tfjs.add(scaled, tfjs.mul(tfjs.add(logSigma, LOG_ROOT_2PI), images.shape[1]));
  },

  draw(outputs, random, { weights }) {
    const above = Math.exp(weights[LOG_SIGMA]![0]! - LEAST_LOG_SIGMA);
    return drawAbout(outputs, random, Math.exp(Math.log1p(above) + LEAST_LOG_SIGMA));
  },

  constantElbo: (training, split) => constantElbo(training, split, spreadOf(training)),
};

/**
 * σ² is the mean squared error (Rybkin et al. 2021, σ-VAE): in training that of the batch, under which the batch is most
 * likely; images are judged by what it was over the last training batches.
 */
export const gaussianOptimal: Likelihood = {
  ...common,
  name: 'gaussian_optimal',
  aliases: ['sigma_vae'],
  description: 'gaussian, its variance the mean squared error of the training images (σ-VAE)',
  weights: [{ name: VARIANCE, shape: [1], isObserved: true, initial: (spread) => spread ** 2 }],

  nats(tfjs, outputs, images, inputs) {
    const { weights, imageWeights } = inputs;
    const errors = squaredErrors(tfjs, outputs, images);
    const seen = imageWeights ? batchVariance(tfjs, errors, images, imageWeights) : weights[VARIANCE]!;
    // Towards the variance of the batch the gradient is 0: it is where the batch's likelihood has its maximum.
    const variance = tfjs.maximum(seen, Math.exp(2 * LEAST_LOG_SIGMA));
    const constant = tfjs.mul(tfjs.add(tfjs.mul(tfjs.log(variance), 0.5), LOG_ROOT_2PI), images.shape[1]);
    return tfjs.add(tfjs.div(tfjs.mul(errors, 0.5), variance), constant);
  },

  observe(tfjs, outputs, images, { weights, imageWeights }: Required<LikelihoodInputs>) {
    const seen = batchVariance(tfjs, squaredErrors(tfjs, outputs, images), images, imageWeights);
    const before = weights[VARIANCE]!;
    return { [VARIANCE]: tfjs.add(tfjs.mul(before, 1 - NEWS), tfjs.mul(seen, NEWS)) };
  },

  draw: (outputs, random, { weights }) =>
    drawAbout(outputs, random, Math.sqrt(Math.max(weights[VARIANCE]![0]!, Math.exp(2 * LEAST_LOG_SIGMA)))),

  constantElbo: (training, split) => constantElbo(training, split, spreadOf(training)),
};

/** [B]: of each image, summed over its numbers. */
function squaredErrors(tfjs: typeof tf, outputs: tf.Tensor2D, images: tf.Tensor2D): tf.Tensor1D {
  return tfjs.sum(tfjs.square(tfjs.sub(images, outputs)), 1);
}

/** [1]: per number, over the batch's real images. */
function batchVariance(
  tfjs: typeof tf,
  errors: tf.Tensor1D,
  { shape: [, numbers] }: tf.Tensor2D,
  imageWeights: tf.Tensor1D,
): tf.Tensor1D {
  return tfjs.reshape(tfjs.mul(tfjs.sum(tfjs.mul(errors, imageWeights)), 1 / numbers), [1]);
}

function drawAbout(outputs: Float32Array, random: RandomStream, sigma: number): Float64Array {
  const noise = random.fillNormal(new Float32Array(outputs.length));
  return Float64Array.from(outputs, (output, p) => output + sigma * noise[p]!);
}

function inverseSoftFloor(logSigma: number): number {
  return Math.log(Math.expm1(Math.max(logSigma - LEAST_LOG_SIGMA, 1e-3))) + LEAST_LOG_SIGMA;
}

function constantElbo({ means: centres }: Moments, { means, meanSquares }: Moments, sigma: number): number {
  let squares = 0;
  for (let p = 0; p < centres.length; p++) {
    const centre = centres[p]!;
    squares += meanSquares[p]! - 2 * centre * means[p]! + centre ** 2;
  }
  return -(squares / (2 * sigma ** 2) + centres.length * (Math.log(sigma) + LOG_ROOT_2PI));
}
