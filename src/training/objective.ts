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
