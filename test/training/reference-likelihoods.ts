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
    default:
      throw new Error(`nobody wrote a reference for ${likelihood}`);
  }
}

function bernoulli(logit: number, x: number): number {
  return Math.max(logit, 0) - logit * x + Math.log1p(Math.exp(-Math.abs(logit)));
}
