/** Probabilities of counts, whole numbers from 0 on. The decoder's outputs are logarithms of rates, of each number its own. */
import type { tf } from '../../engine/tfjs.ts';
import type { Likelihood } from '../likelihood.ts';
import { gammaDraw, poissonDraw } from '../samplers.ts';

/** A rate is at most e²⁰: one step too far is no infinity. */
const LARGEST_LOG_RATE = 20;
/** Of a column that was never counted in training: its rate stays finite in logarithms. */
const LEAST_MEAN = 1e-4;
/** Between these a negative binomial differs from a Poisson distribution, and float32 holds its terms. */
const LEAST_LOG_THETA = -8;
const LARGEST_LOG_THETA = 9;
const LOG_THETA = 'likelihood.log_theta';

const common = {
  family: 'counts',
  isOfCounts: true,
  mean: (tfjs: typeof tf, outputs: tf.Tensor2D) => tfjs.exp<tf.Tensor2D>(logRate(tfjs, outputs)),
  outputBias: (means: readonly number[]) => means.map((mean) => Math.log(Math.max(mean, LEAST_MEAN))),
} as const;

/** P(x) = μˣ e^−μ / x!, μ = e^output. */
export const poisson: Likelihood = {
  ...common,
  name: 'poisson',
  description: 'probabilities of counts by a Poisson distribution, whose rate is e to the output',

  /** μ − x + x·log(x / μ) − c(x): of terms that are small where the model is right, so that float32 loses nothing. */
  nats(tfjs, outputs, counts) {
    const log = logRate(tfjs, outputs);
    const linear = tfjs.sub(tfjs.exp(log), counts);
    const deviance = tfjs.mul(counts, tfjs.sub(tfjs.log(tfjs.maximum(counts, 1)), log));
    return tfjs.sum(tfjs.sub(tfjs.add(linear, deviance), stirlingRest(tfjs, counts)), 1);
  },

  draw: (outputs, random) => Float64Array.from(outputs, (output) => poissonDraw(random, plainRate(output))),

  constantElbo(training, { means, logFactorials }) {
    let nats = 0;
    for (let p = 0; p < means.length; p++) {
      const rate = Math.max(training.means[p]!, LEAST_MEAN);
      nats += rate - means[p]! * Math.log(rate) + logFactorials[p]!;
    }
    return -nats;
  },
};

/**
 * P(x) = Γ(x + θ) / (Γ(θ) x!) · (θ / (θ + μ))^θ · (μ / (θ + μ))^x: of mean μ = e^output and variance μ + μ² / θ, the inverse
 * dispersion θ of each number learnt as one more weight (Lopez et al. 2018, scVI, without its library size).
 */
export const negativeBinomial: Likelihood = {
  ...common,
  name: 'negative_binomial',
  aliases: ['nb'],
  description: 'probabilities of counts by a negative binomial distribution, the dispersion of each column learnt',
  weights: [{ name: LOG_THETA, shape: (numbers) => [numbers], initial: () => 0 }],

  /**
   * x·log(x / μ) + (x + θ)·log((θ + μ) / (x + θ)) + ½·log((x + θ) / θ) + s(θ) − s(x + θ) − c(x), with Stirling's formula for
   * all three gamma functions, s and c what it leaves: terms that cancel do so before they are rounded.
   */
  nats(tfjs, outputs, counts, { weights }) {
    const log = logRate(tfjs, outputs);
    const bounded = tfjs.minimum(tfjs.maximum(weights[LOG_THETA]!, LEAST_LOG_THETA), LARGEST_LOG_THETA);
    const theta = tfjs.exp(bounded);
    const sum = tfjs.add(counts, theta);
    const logSum = tfjs.log(sum);
    const deviance = tfjs.mul(counts, tfjs.sub(tfjs.log(tfjs.maximum(counts, 1)), log));
    const spread = tfjs.mul(sum, tfjs.sub(tfjs.log(tfjs.add(theta, tfjs.exp(log))), logSum));
    const half = tfjs.mul(tfjs.sub(logSum, bounded), 0.5);
    const rests = tfjs.sub(tfjs.sub(gammaRest(tfjs, theta), gammaRest(tfjs, sum)), stirlingRest(tfjs, counts));
    return tfjs.sum(tfjs.add(tfjs.add(deviance, spread), tfjs.add(half, rests)), 1);
  },

  /** Of a rate that is itself drawn, from a gamma distribution of shape θ and mean μ. */
  draw(outputs, random, { weights }) {
    const logTheta = weights[LOG_THETA]!;
    return Float64Array.from(outputs, (output, p) => {
      const theta = Math.exp(Math.min(Math.max(logTheta[p]!, LEAST_LOG_THETA), LARGEST_LOG_THETA));
      return poissonDraw(random, (gammaDraw(random, theta) * plainRate(output)) / theta);
    });
  },

  /** Of θ = 1, where training starts: there the gamma functions cancel. */
  constantElbo(training, { means }) {
    let nats = 0;
    for (let p = 0; p < means.length; p++) {
      const rate = Math.max(training.means[p]!, LEAST_MEAN);
      nats += Math.log1p(rate) - means[p]! * Math.log(rate / (1 + rate));
    }
    return -nats;
  },
};

function logRate(tfjs: typeof tf, outputs: tf.Tensor2D): tf.Tensor2D {
  return tfjs.minimum(outputs, LARGEST_LOG_RATE);
}

function plainRate(output: number): number {
  return Math.exp(Math.min(output, LARGEST_LOG_RATE));
}

/** 1 / 12z − 1 / 360z³ + 1 / 1260z⁵ − 1 / 1680z⁷: what Stirling's formula lacks of log Γ(z), to 3e-8 from 4 on. */
function series(tfjs: typeof tf, z: tf.Tensor): tf.Tensor {
  const inverse = tfjs.div(1, z);
  const square = tfjs.square(inverse);
  const inner = tfjs.add(tfjs.mul(tfjs.add(tfjs.mul(square, -1 / 1680), 1 / 1260), square), -1 / 360);
  return tfjs.mul(tfjs.add(tfjs.mul(inner, square), 1 / 12), inverse);
}

/** c(x) = x·log x − x − log x!, 0 and −1 where x is 0 and 1. */
function stirlingRest(tfjs: typeof tf, counts: tf.Tensor2D): tf.Tensor2D {
  const large = tfjs.maximum(counts, 2);
  const rest = tfjs.neg(tfjs.add(tfjs.mul(tfjs.log(tfjs.mul(large, 2 * Math.PI)), 0.5), series(tfjs, large)));
  return tfjs.where(tfjs.less(counts, 1.5), tfjs.neg(counts), rest) as tf.Tensor2D;
}

/** s(z) = log Γ(z) − ((z − ½)·log z − z + ½·log 2π); below 8 from s(z + 4), by s(z) = s(z + 1) + (z + ½)·log((z + 1) / z) − 1. */
function gammaRest(tfjs: typeof tf, z: tf.Tensor): tf.Tensor {
  const small = tfjs.minimum(z, 8);
  let rest = series(tfjs, tfjs.add(small, 4));
  for (let k = 0; k < 4; k++) {
    const at = tfjs.add(small, k);
    const step = tfjs.mul(tfjs.add(at, 0.5), tfjs.log(tfjs.add(tfjs.div(1, at), 1)));
    rest = tfjs.add(rest, tfjs.sub(step, 1));
  }
  // No choice, whose condition has no gradient: one of the two terms in z is what it is at 8, where both agree.
  const large = tfjs.sub(series(tfjs, tfjs.maximum(z, 8)), series(tfjs, tfjs.scalar(8)));
  return tfjs.add(rest, large);
}
