import type { tf } from '../../engine/tfjs.ts';
import type { Likelihood } from '../likelihood.ts';

/** Pixel means are kept this far from 0 and 1, so that a constant pixel's logit stays finite. */
const MEAN_MARGIN = 1e-3;

/** The decoder's outputs are logits; a grey value counts as the probability of 1. */
export const bernoulli: Likelihood = {
  name: 'bernoulli',
  description: 'cross-entropy with the grey value as the probability of 1',
  mass: 'bits',

  /**
   * On logits, as max(l, 0) − l·x + log(1 + exp(−|l|)), which neither overflows nor clips. Differentiable towards the
   * logits only. The logarithm, by far the slowest part, is taken of products of up to 64 pixels: each factor is in [1, 2].
   */
  nats(tfjs, logits, images) {
    const [batch, pixels] = logits.shape;
    const together = largestDivisor(pixels, 64);
    const nats = tfjs.customGrad((...args) => {
      const [l, save] = args as [tf.Tensor, tf.GradSaveFunc];
      save([l]);
      const factors = tfjs.reshape(tfjs.add(tfjs.exp(tfjs.neg(tfjs.abs(l))), 1), [batch, pixels / together, together]);
      const linear = tfjs.sub(tfjs.relu(l), tfjs.mul(l, images));
      return {
        value: tfjs.add(tfjs.sum(linear, 1), tfjs.sum(tfjs.log(tfjs.prod(factors, 2)), 1)),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
          tfjs.mul(tfjs.expandDims(dy, 1), tfjs.sub(tfjs.sigmoid(saved!), images)),
      };
    });
    return nats(logits) as tf.Tensor1D;
  },

  mean: (tfjs, logits) => tfjs.sigmoid(logits),

  /** Black or white. */
  draw: (logits, random) => logits.map((l) => Number(random.uniform() < 1 / (1 + Math.exp(-l)))),

  outputBias: (means) => means.map(logit),

  /** −Σ_p [log(1 + exp(l_p)) − l_p·x_p] is linear in the images x, so their means stand for them. */
  constantElbo(training, { means }) {
    let nats = 0;
    for (let p = 0; p < training.means.length; p++) {
      const l = logit(training.means[p]!);
      nats += Math.log1p(Math.exp(l)) - l * means[p]!;
    }
    return -nats;
  },
};

function logit(mean: number): number {
  const inside = Math.min(Math.max(mean, MEAN_MARGIN), 1 - MEAN_MARGIN);
  return Math.log(inside / (1 - inside));
}

function largestDivisor(value: number, limit: number): number {
  let divisor = Math.min(value, limit);
  while (value % divisor !== 0) divisor--;
  return divisor;
}
