/**
 * The β-VAE objective, per image, in nats (Kingma & Welling 2014, appendix B; Higgins et al. 2017):
 *
 *   D + β·R,   D = −E_q(z|x) log p(x|z),   R = KL(q(z|x) ‖ N(0, I))
 *
 * D is estimated with one sample z = mean + σ·ε. Both terms are sums inside an image: a mean over pixels would weigh
 * the KL by the number of pixels.
 */
import { tf } from '../engine/tfjs.ts';

/** z = mean + σ ⊙ ε with σ = exp(½ log σ²); all [B, J], ε ~ N(0, I). */
export function reparameterize(mean: tf.Tensor2D, logVariance: tf.Tensor2D, noise: tf.Tensor2D): tf.Tensor2D {
  return tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise));
}

/** KL(N(mean, σ²) ‖ N(0, 1)) of each latent dimension, [B, J]: ½(mean² + σ² − log σ² − 1). */
export function klPerDimension(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Tensor2D {
  const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
  return tf.mul(terms, 0.5);
}

/**
 * −log Bernoulli(images | sigmoid(logits)), summed over pixels: [B] from [B, P]. On logits, as
 * max(l, 0) − l·x + log(1 + exp(−|l|)), which neither overflows nor clips. Differentiable towards the logits only.
 *
 * The logarithm, by far the slowest part, is taken of products of up to 64 pixels: each factor is in [1, 2].
 */
export function bernoulliNats(logits: tf.Tensor2D, images: tf.Tensor2D): tf.Tensor1D {
  const [batch, pixels] = logits.shape;
  const together = largestDivisor(pixels, 64);
  const nats = tf.customGrad((...args) => {
    const [l, save] = args as [tf.Tensor, tf.GradSaveFunc];
    save([l]);
    const factors = tf.reshape(tf.add(tf.exp(tf.neg(tf.abs(l))), 1), [batch, pixels / together, together]);
    const linear = tf.sub(tf.relu(l), tf.mul(l, images));
    return {
      value: tf.add(tf.sum(linear, 1), tf.sum(tf.log(tf.prod(factors, 2)), 1)),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
        tf.mul(tf.expandDims(dy, 1), tf.sub(tf.sigmoid(saved!), images)),
    };
  });
  return nats(logits) as tf.Tensor1D;
}

function largestDivisor(value: number, limit: number): number {
  let divisor = Math.min(value, limit);
  while (value % divisor !== 0) divisor--;
  return divisor;
}
