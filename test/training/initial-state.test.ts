import { expect, it } from 'vitest';
import { randomStream } from '../../src/random.ts';
import { initialWeights } from '../../src/training/initial-state.ts';
import { testModels } from './support.ts';

const mlp = { ...testModels['mlp relu']!, own: { hidden: [200] } };
const momentsOf = (means: Float32Array) => ({ means, meanSquares: means });
const means = Float32Array.from({ length: 30 }, (_, p) => p / 29);

it('starts the output bias at the logit of the mean of each pixel, kept finite where a pixel is constant', () => {
  const bias = initialWeights(mlp, 'glorot', 0, momentsOf(means))['decoder.output.bias']!;
  expect(1 / (1 + Math.exp(-bias[10]!))).toBeCloseTo(10 / 29, 6);
  expect([bias[0], bias[29]].every(Number.isFinite)).toBe(true);
});

it('starts the one output bias of a convolution at the logit of the mean of all pixels', () => {
  const conv = testModels['conv 28']!;
  const bias = initialWeights(conv, 'glorot', 0, momentsOf(new Float32Array(784).fill(0.2)))['decoder.output.bias']!;
  expect(bias).toHaveLength(1);
  expect(bias[0]).toBeCloseTo(Math.log(0.2 / 0.8), 6);
});

it('draws weights uniformly up to √(6 / (in + out)) (Glorot & Bengio 2010), other biases 0', () => {
  const weights = initialWeights(mlp, 'glorot', 3, momentsOf(means));
  const limit = Math.sqrt(6 / (30 + 200));
  const drawn = weights['encoder.0.weight']!;
  expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(limit);
  expect(drawn.reduce((sum, v) => sum + v * v, 0) / drawn.length).toBeCloseTo(limit ** 2 / 3, 3);
  expect(weights['posterior.mean.bias']!.every((v) => v === 0)).toBe(true);
});

it('depends on the seed and the weight alone: another latent size leaves the encoder as it is', () => {
  const narrow = initialWeights(mlp, 'glorot', 3, momentsOf(means));
  const wide = initialWeights({ ...mlp, latentDim: 9 }, 'glorot', 3, momentsOf(means));
  expect(wide['encoder.0.weight']).toEqual(narrow['encoder.0.weight']);
  expect(initialWeights(mlp, 'glorot', 4, momentsOf(means))['encoder.0.weight']).not.toEqual(
    narrow['encoder.0.weight'],
  );
});

it.each([
  ['relu', (x: number) => Math.max(0, x)],
  ['leaky_relu', (x: number) => (x > 0 ? x : 0.01 * x)],
  ['elu', (x: number) => (x > 0 ? x : Math.exp(x) - 1)],
  ['tanh', Math.tanh],
] as const)(
  'he: hidden layers keep the size of what goes through %s (He et al. 2015); heads and output as glorot',
  (activation, f) => {
    const model = { ...mlp, activation, own: { hidden: [400, 300] } };
    const weights = initialWeights(model, 'he', 3, momentsOf(means));
    const meanSquare = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0) / values.length;
    const draws = randomStream(['test']).fillNormal(new Float32Array(100_000));
    const kept = meanSquare(draws.map(f)) * 400 * meanSquare(weights['encoder.1.weight']!);
    expect(kept).toBeCloseTo(1, 1);
    const conv = { ...testModels['conv 28']!, activation, own: { channels: [64, 64] } };
    const filters = initialWeights(conv, 'he', 3, momentsOf(means));
    // What a unit of the transposed convolution meets: a quarter of the 4×4 taps, on each of 64 channels.
    expect(4 * 64 * meanSquare(filters['decoder.0.weight']!)).toBeCloseTo(
      400 * meanSquare(weights['encoder.1.weight']!),
      0.5,
    );

    const glorot = initialWeights(model, 'glorot', 3, momentsOf(means));
    for (const name of ['posterior.mean.weight', 'posterior.log_variance.weight']) {
      expect(weights[name]).toEqual(glorot[name]);
    }
    const [output, full] = [weights, glorot].map((all) => Math.max(...all['decoder.output.weight']!));
    expect(output).toBeCloseTo(full! / 10, 6);
    expect(weights['encoder.0.weight']).not.toEqual(glorot['encoder.0.weight']);
  },
);
