/** −log p(x|z) of every likelihood in double precision, as its definition has it and as plainly as possible. */
import type { ModelShape } from '../../src/model/architecture.ts';
import type { Weights } from './reference.ts';

/** Nats of all images together, rows of P numbers in [0, 1], of outputs in rows of O. */
export function referenceNats(
  { likelihood, own }: Pick<ModelShape, 'likelihood' | 'own'>,
  weights: Weights,
  outputs: readonly Float64Array[],
  images: readonly Float64Array[],
): number {
  const all = (nats: (outputs: Float64Array, p: number, x: number) => number): number =>
    images.reduce((total, image, i) => image.reduce((sum, x, p) => sum + nats(outputs[i]!, p, x), total), 0);
  const normal = (sigma: number): number =>
    all((o, p, x) => (x - o[p]!) ** 2 / (2 * sigma ** 2) + Math.log(sigma) + Math.log(2 * Math.PI) / 2);
  switch (likelihood) {
    case 'bernoulli':
      return all((o, p, x) => bernoulli(o[p]!, x));
    case 'continuous_bernoulli':
      // λ = ½ has a normaliser of its own: C = 2.
      return all((o, p, x) => bernoulli(o[p]!, x) - Math.log(o[p] === 0 ? 2 : o[p]! / Math.tanh(o[p]! / 2)));
    case 'gaussian':
      return normal(own['sigma'] as number);
    case 'gaussian_learned':
      return normal(Math.exp(Math.log(1 + Math.exp(weights['likelihood.log_sigma']![0]! + 6)) - 6));
    case 'gaussian_optimal': {
      const numbers = images.length * images[0]!.length;
      const variance = all((o, p, x) => (x - o[p]!) ** 2) / numbers;
      return (numbers / 2) * (Math.log(2 * Math.PI * variance) + 1);
    }
    case 'discretized_logistic':
      return all((o, p, x) => {
        const [location, scale] = [o[2 * p]!, Math.exp(Math.max(o[2 * p + 1]!, -7))];
        const below = (v: number): number => 1 / (1 + Math.exp((location - v / 255) / scale));
        const v = Math.round(255 * x);
        return -Math.log((v === 255 ? 1 : below(v + 0.5)) - (v === 0 ? 0 : below(v - 0.5)));
      });
    case 'poisson':
      return all((o, p, x) => Math.exp(o[p]!) - x * o[p]! + logGamma(x + 1));
    case 'negative_binomial':
      return all((o, p, x) => {
        const [rate, theta] = [Math.exp(o[p]!), Math.exp(weights['likelihood.log_theta']![p]!)];
        const ofShare = theta * Math.log(theta / (theta + rate)) + x * Math.log(rate / (theta + rate));
        return logGamma(theta) + logGamma(x + 1) - logGamma(x + theta) - ofShare;
      });
    default:
      throw new Error(`nobody wrote a reference for ${likelihood}`);
  }
}

function bernoulli(logit: number, x: number): number {
  return Math.max(logit, 0) - logit * x + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** By recurrence up to 30, and Stirling's formula there. */
function logGamma(z: number): number {
  let below = 0;
  for (; z < 30; z++) below += Math.log(z);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + 1 / (12 * z) - 1 / (360 * z ** 3) - below;
}
