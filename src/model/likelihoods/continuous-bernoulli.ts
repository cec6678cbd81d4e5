import type { tf } from '../../engine/tfjs.ts';
import type { Likelihood } from '../likelihood.ts';

/** Below this the mean is taken by its series, above by its formula: both are right to 1e-7. */
const SMALL = 0.5;
/** The normaliser's even part is flat enough around 0 to be that of this logit. */
const NEAREST = 1e-3;
/** Means are kept this far from 0 and 1, so that a constant pixel's logit stays below 100. */
const MEAN_MARGIN = 1e-2;

/**
 * Of a logit l, p(x) = l·eˡˣ / (eˡ − 1) for x in [0, 1]: the Bernoulli's term and its normaliser C(λ) = l / tanh(l / 2) in
 * one, without the pole at λ = ½ (Loaiza-Ganem & Cunningham 2019).
 */
export const continuousBernoulli: Likelihood = {
  name: 'continuous_bernoulli',
  aliases: ['cb'],
  description: 'a density of grey values in [0, 1], the cross-entropy with its normaliser',
  notBinary: 'the density of black and white grows without end',

  /** A(l) − l·x, A(l) = log((eˡ − 1) / l). Differentiable towards the logits only. */
  nats(tfjs, logits, images) {
    const nats = tfjs.customGrad((...args) => {
      const [l, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
      save([l]);
      const size = tfjs.maximum(tfjs.abs(l), NEAREST);
      // (1 − e⁻ᵃ) / a, by a tangent that loses nothing where a is small.
      const t = tfjs.tanh(tfjs.mul(size, 0.5));
      const ratio = tfjs.div(tfjs.mul(t, 2), tfjs.mul(tfjs.add(t, 1), size));
      const linear = tfjs.sub(tfjs.mul(tfjs.add(l, size), 0.5), tfjs.mul(l, images));
      return {
        value: tfjs.sum(tfjs.add(linear, tfjs.log(ratio)), 1),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
          tfjs.mul(tfjs.expandDims(dy, 1), tfjs.sub(meanOf(tfjs, saved as tf.Tensor2D), images)),
      };
    });
    return nats(logits) as tf.Tensor1D;
  },

  mean: meanOf,

  draw: (logits, random) => logits.map((l) => valueBelow(random.uniform(), l)),

  outputBias: (means) => means.map(logitOf),

  /** Linear in the images, so their means stand for them. */
  constantElbo(training, { means }) {
    let nats = 0;
    for (let p = 0; p < training.means.length; p++) {
      const l = logitOf(training.means[p]!);
      nats += logNormaliser(l) - l * means[p]!;
    }
    return -nats;
  },
};

/** E[x] = 1 / (1 − e⁻ˡ) − 1 / l, which is not λ; around 0 its series, ½ + l/12 − l³/720 + l⁵/30240. */
function meanOf(tfjs: typeof tf, logits: tf.Tensor2D): tf.Tensor2D {
  const size = tfjs.abs(logits);
  const large = tfjs.maximum(size, SMALL);
  const upper = tfjs.sub(tfjs.div(1, tfjs.sub(1, tfjs.exp(tfjs.neg(large)))), tfjs.div(1, large));
  const exact = tfjs.where(tfjs.greater(logits, 0), upper, tfjs.sub(1, upper));
  const small = tfjs.minimum(tfjs.maximum(logits, -SMALL), SMALL);
  const square = tfjs.square(small);
  const inner = tfjs.add(tfjs.mul(tfjs.add(tfjs.mul(square, 1 / 30240), -1 / 720), square), 1 / 12);
  const series = tfjs.add(tfjs.mul(inner, small), 0.5);
  return tfjs.where(tfjs.less(size, SMALL), series, exact) as tf.Tensor2D;
}

/** The logit with this mean, by halving: the mean grows with it. */
function logitOf(mean: number): number {
  const wanted = Math.min(Math.max(mean, MEAN_MARGIN), 1 - MEAN_MARGIN);
  let [low, high] = [-1 / MEAN_MARGIN - 1, 1 / MEAN_MARGIN + 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (plainMean(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function plainMean(l: number): number {
  if (Math.abs(l) < 1e-2) return 0.5 + l / 12 - l ** 3 / 720;
  return -1 / Math.expm1(-l) - 1 / l;
}

/** The x below which the share u of p(x) lies, log(1 + u·(eˡ − 1)) / l; of l above 0 mirrored, so that nothing overflows. */
function valueBelow(u: number, l: number): number {
  if (l === 0) return u;
  return l > 0 ? 1 - valueBelow(u, -l) : Math.log1p(u * Math.expm1(l)) / l;
}

function logNormaliser(l: number): number {
  const size = Math.max(Math.abs(l), 1e-8);
  return Math.max(l, 0) + Math.log(-Math.expm1(-size) / size);
}
