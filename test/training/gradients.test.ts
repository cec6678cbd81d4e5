import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/load.ts';
import { randomStream } from '../../src/random.ts';
import { imageSize } from '../../src/model/architecture.ts';
import { trainedSpecs } from '../../src/model/model.ts';
import { batchInputs, gradientProgram, relativeDifference, testModels, testWeights } from './support.ts';
import { referenceLoss, type ReferenceBatch, type Weights } from './reference.ts';

const BATCH = 3;
const BETA = 1.5;

/** A KL of some latents is above λ here, of others below; the KL of all is below one C and above the other. */
const OTHERS = [{ freeBits: 0.3 }, { capacity: 0.4 }, { capacity: 9 }];

function labelsIn(rows: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: BATCH }, (_, i) => Array.from(rows).indexOf(1, i * classes) - i * classes);
}

describe.each([
  ...Object.keys(testModels).map((name) => [name, {}] as const),
  ...OTHERS.map((terms) => ['mlp tanh', terms] as const),
])('the objective of %s %o', (name, terms: { freeBits?: number; capacity?: number }) => {
  const model = testModels[name]!;
  const pixels = imageSize(model);
  const inputs = batchInputs(model, { batchSize: BATCH, count: 1, seed: 5, beta: BETA, ...terms });
  const { images, noise } = inputs.steps as Record<'images' | 'noise', Float32Array>;
  const batch: ReferenceBatch = {
    images: Array.from({ length: BATCH }, (_, i) =>
      Float64Array.from(images.subarray(i * pixels, (i + 1) * pixels), (value) => (model.isReal ? value : value / 255)),
    ),
    noise: Array.from({ length: BATCH }, (_, i) =>
      Float64Array.from(noise.subarray(i * model.latentDim, (i + 1) * model.latentDim)),
    ),
    ...(model.classes && { labels: labelsIn(inputs.steps['condition']!, model.classes) }),
    beta: BETA,
    ...terms,
  };
  const weights: Weights = Object.fromEntries(
    Object.entries(testWeights(model)).map(([key, values]) => [key, Float64Array.from(values)]),
  );
  const computed = (async () => {
    const engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
    const scan = await engine.prepare(
      gradientProgram(model, BATCH, { freeBits: 'freeBits' in terms, capacity: 'capacity' in terms }),
    );
    const constants = { ...inputs.constants, ...testWeights(model) };
    return (await scan.run({ ...inputs, state: {}, constants })).outputs;
  })();

  it.skipIf(Object.keys(terms).length > 0)('is the sum over pixels and latents, averaged over images', async () => {
    const { reconstruction, kl } = await computed;
    const expected = referenceLoss(model, weights, batch);
    expect((reconstruction![0]! + BETA * kl![0]!) / expected).toBeCloseTo(1, 5);
  });

  it.each(trainedSpecs(model).map((spec) => spec.name))(
    'has the gradient of finite differences towards %s',
    async (weight) => {
      const gradient = (await computed)[`gradient.${weight}`]!;
      // All elements of small tensors; of large ones some, drawn once.
      const stream = randomStream(['finite differences', weight]);
      const size = gradient.length;
      const picked = size <= 20 ? [...gradient.keys()] : Array.from({ length: 20 }, () => stream.below(size));
      const step = 1e-6;
      const differences = picked.map((i) => {
        const at = (offset: number): number => {
          const values = weights[weight]!.slice();
          values[i]! += offset;
          return referenceLoss(model, { ...weights, [weight]: values }, batch);
        };
        return (at(step) - at(-step)) / (2 * step);
      });
      const actual = Float32Array.from(picked, (i) => gradient[i]!);
      expect(relativeDifference(actual, differences)).toBeLessThan(1e-4);
    },
  );
});
