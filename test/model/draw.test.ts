/** Draws of each likelihood are held to e^−nats, its own probabilities: their mean, variance and distribution. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { drawFault, type Likelihood } from '../../src/model/likelihood.ts';
import { LIKELIHOODS } from '../../src/model/likelihoods/index.ts';
import { poissonDraw } from '../../src/model/samplers.ts';
import { randomStream } from '../../src/random.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const DRAWS = 40_000;

/** Of one number: what the decoder says of it, and what else the likelihood knows. */
interface Case {
  readonly outputs: readonly number[];
  readonly own?: Record<string, number>;
  readonly weights?: Record<string, number>;
}

const theta = (value: number) => ({ 'likelihood.log_theta': Math.log(value) });
const CASES: Record<string, readonly Case[]> = {
  bernoulli: [{ outputs: [-2] }, { outputs: [0.3] }],
  continuous_bernoulli: [-30, -1, -1e-3, 0, 0.7, 25].map((logit) => ({ outputs: [logit] })),
  gaussian: [
    { outputs: [0.3], own: { sigma: 0.1 } },
    { outputs: [-1], own: { sigma: 0.5 } },
  ],
  gaussian_learned: [
    { outputs: [0.3], weights: { 'likelihood.log_sigma': -1 } },
    { outputs: [0.3], weights: { 'likelihood.log_sigma': -6.5 } },
  ],
  gaussian_optimal: [
    { outputs: [0.3], weights: { 'likelihood.variance': 0.04 } },
    { outputs: [0.3], weights: { 'likelihood.variance': 1e-9 } },
  ],
  discretized_logistic: [
    { outputs: [0.5, -2] },
    { outputs: [0.02, -3] },
    { outputs: [1.2, -1] },
    { outputs: [0.301, -9] },
  ],
  poisson: [0.05, 3, 9.9, 10.1, 300].map((rate) => ({ outputs: [Math.log(rate)] })),
  negative_binomial: [
    { outputs: [Math.log(2)], weights: theta(0.3) },
    { outputs: [Math.log(40)], weights: theta(1) },
    { outputs: [Math.log(40)], weights: theta(8) },
    { outputs: [Math.log(3)], weights: theta(300) },
  ],
};

const evenly = (count: number, of: (i: number) => number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => of(i));

/** Values that are possible, or the middles of small steps, and how wide these are. */
function valuesOf({ name, mass, isOfCounts }: Likelihood): { values: Float32Array; width: number } {
  if (isOfCounts) return { values: evenly(4_000, (i) => i), width: 1 };
  if (mass === 'bits') return { values: evenly(2, (i) => i), width: 1 };
  if (mass === 'bytes') return { values: evenly(256, (v) => v / 255), width: 1 };
  if (name === 'continuous_bernoulli') return { values: evenly(20_000, (i) => (i + 0.5) / 20_000), width: 1 / 20_000 };
  return { values: evenly(40_000, (i) => -4 + (i + 0.5) / 5_000), width: 1 / 5_000 };
}

function probabilities(likelihood: Likelihood, { outputs, own = {}, weights = {} }: Case): number[] {
  const { values, width } = valuesOf(likelihood);
  return tf.tidy(() => {
    const told = Object.fromEntries(Object.entries(weights).map(([name, value]) => [name, tf.tensor1d([value])]));
    const all = tf.tile<tf.Tensor2D>(tf.tensor2d([...outputs], [1, outputs.length]), [values.length, 1]);
    const nats = likelihood.nats(tf, all, tf.tensor2d(values, [values.length, 1]), { own, weights: told });
    return Array.from(nats.dataSync(), (value) => width * Math.exp(-value));
  });
}

/** Many numbers of the same case, as those of one image. */
function drawn(likelihood: Likelihood, { outputs, own = {}, weights = {} }: Case, count: number): number[] {
  const all = Float32Array.from({ length: count * outputs.length }, (_, i) => outputs[i % outputs.length]!);
  const told = Object.fromEntries(
    Object.entries(weights).map(([name, value]) => [name, new Float32Array(count).fill(value)]),
  );
  return Array.from(likelihood.draw!(all, randomStream(['test', likelihood.name]), { own, weights: told }));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(LIKELIHOODS)('draws of $name', (likelihood) => {
  it.each(CASES[likelihood.name]!)('have the distribution of its nats: $outputs $own $weights', (given) => {
    const { values, width } = valuesOf(likelihood);
    const shares = probabilities(likelihood, given);
    const moment = (of: (value: number) => number): number =>
      shares.reduce((sum, share, i) => sum + share * of(values[i]!), 0);
    expect(moment(() => 1)).toBeCloseTo(1, 3);
    const mean = moment((value) => value);
    const variance = moment((value) => (value - mean) ** 2);
    const fourth = moment((value) => (value - mean) ** 4);

    const draws = drawn(likelihood, given, DRAWS);
    expect(drawFault(draws, DRAWS, likelihood.isOfCounts === true)).toBeUndefined();
    const spread = meanOf(draws.map((draw) => (draw - mean) ** 2));
    // Four standard errors; what a grid rounds away beside it.
    expect(Math.abs(meanOf(draws) - mean)).toBeLessThan(4 * Math.sqrt(variance / DRAWS) + 1e-4 * Math.abs(mean));
    expect(Math.abs(spread - variance)).toBeLessThan(4 * Math.sqrt((fourth - variance ** 2) / DRAWS) + 2e-3 * variance);

    // Kolmogorov's distance, which 1 sample in 1,000 of the right distribution exceeds.
    const sorted = Float64Array.from(draws).sort();
    let [sum, below, distance] = [0, 0, 0];
    shares.forEach((share, i) => {
      sum += share;
      // Of a probability at the value, of a density at the step's end.
      const end = width === 1 ? values[i]! + 1e-6 : values[i]! + width / 2;
      while (below < DRAWS && sorted[below]! <= end) below++;
      distance = Math.max(distance, Math.abs(below / DRAWS - sum));
    });
    expect(distance).toBeLessThan(1.95 / Math.sqrt(DRAWS) + 1e-4);
  });

  it('are the same for the same stream, and more of them begin with the same', () => {
    const [given] = CASES[likelihood.name]!;
    const some = drawn(likelihood, given!, 100);
    expect(drawn(likelihood, given!, 100)).toEqual(some);
    expect(drawn(likelihood, given!, 500).slice(0, 100)).toEqual(some);
  });
});

it('draws counts of any rate that a decoder may say, and none of a rate of 0', () => {
  const random = randomStream(['test', 'rates']);
  expect(poissonDraw(random, 0)).toBe(0);
  const rate = Math.exp(20);
  const draws = Array.from({ length: 2_000 }, () => poissonDraw(random, rate));
  expect(draws.every(Number.isSafeInteger)).toBe(true);
  expect(Math.abs(meanOf(draws) - rate)).toBeLessThan(4 * Math.sqrt(rate / draws.length));
  const spread = meanOf(draws.map((draw) => (draw - rate) ** 2)) / rate;
  expect(Math.abs(spread - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
});

it('draws by any dispersion that training may end in', () => {
  const likelihood = LIKELIHOODS.find(({ name }) => name === 'negative_binomial')!;
  for (const logTheta of [-100, 100]) {
    const draws = drawn(likelihood, { outputs: [25], weights: { 'likelihood.log_theta': logTheta } }, 1_000);
    expect(drawFault(draws, 1_000, true)).toBeUndefined();
  }
});
