import { expect, it } from 'vitest';
import { weightSpecs } from '../../src/vae/architecture.ts';
import { initialWeights } from '../../src/vae/initial-state.ts';
import { testModels } from './support.ts';

const mlp = { ...testModels['mlp relu']!, widths: [200] };
const means = Float32Array.from({ length: 30 }, (_, p) => p / 29);

it('starts the output bias at the logit of the mean of each pixel, kept finite where a pixel is constant', () => {
  const bias = initialWeights(weightSpecs(mlp), 0, means)['decoder.output.bias']!;
  expect(1 / (1 + Math.exp(-bias[10]!))).toBeCloseTo(10 / 29, 6);
  expect([bias[0], bias[29]].every(Number.isFinite)).toBe(true);
});

it('starts the one output bias of a convolution at the logit of the mean of all pixels', () => {
  const conv = testModels['conv 28']!;
  const bias = initialWeights(weightSpecs(conv), 0, new Float32Array(784).fill(0.2))['decoder.output.bias']!;
  expect(bias).toHaveLength(1);
  expect(bias[0]).toBeCloseTo(Math.log(0.2 / 0.8), 6);
});

it('draws weights uniformly up to √(6 / (in + out)) (Glorot & Bengio 2010), other biases 0', () => {
  const weights = initialWeights(weightSpecs(mlp), 3, means);
  const limit = Math.sqrt(6 / (30 + 200));
  const drawn = weights['encoder.0.weight']!;
  expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(limit);
  expect(drawn.reduce((sum, v) => sum + v * v, 0) / drawn.length).toBeCloseTo(limit ** 2 / 3, 3);
  expect(weights['posterior.mean.bias']!.every((v) => v === 0)).toBe(true);
});

it('depends on the seed and the weight alone: another latent size leaves the encoder as it is', () => {
  const narrow = initialWeights(weightSpecs(mlp), 3, means);
  const wide = initialWeights(weightSpecs({ ...mlp, latentDim: 9 }), 3, means);
  expect(wide['encoder.0.weight']).toEqual(narrow['encoder.0.weight']);
  expect(initialWeights(weightSpecs(mlp), 4, means)['encoder.0.weight']).not.toEqual(narrow['encoder.0.weight']);
});
