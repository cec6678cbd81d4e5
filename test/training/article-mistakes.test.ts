/**
 * The project grew out of five tutorial articles on VAEs. Each test is one of their mistakes, turned round: it fails if
 * this code makes it too. The articles are named by the ready spec that corrects them (sweeps/article-….yaml).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load.ts';
import type { ImageSet } from '../../src/data/source.ts';
import { randomStream } from '../../src/random.ts';
import { imageSize, type ModelShape } from '../../src/model/architecture.ts';
import { modelShape, weightSpecs } from '../../src/model/model.ts';
import { evaluateSplit, evaluationMetrics, evaluationPace } from '../../src/training/evaluate.ts';
import { evaluationProgram } from '../../src/training/programs.ts';
import { batchInputs, gradientProgram, testModels, testWeights } from './support.ts';

const model = testModels['mlp tanh']!;
let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
});

async function terms(options: {
  beta?: number;
  batchSize?: number;
  noise?: number;
  weights?: Record<string, Float32Array>;
}) {
  const { beta = 1, batchSize = 4, noise = 1, weights = testWeights(model) } = options;
  const inputs = batchInputs(model, { batchSize, count: 1, seed: 6, beta });
  const scan = await engine.prepare(gradientProgram(model, batchSize));
  const steps = { ...inputs.steps, noise: (inputs.steps['noise'] as Float32Array).map((value) => value * noise) };
  const { outputs } = await scan.run({ count: 1, state: {}, constants: weights, steps });
  return outputs;
}

describe('mlp-256-128-64', () => {
  it('z has noise in it (the article multiplied mean and σ)', async () => {
    const [quiet, noisy] = [await terms({ noise: 0 }), await terms({ noise: 1 })];
    expect(noisy['reconstruction']![0]).not.toBe(quiet['reconstruction']![0]);
    expect(noisy['kl']![0]).toBe(quiet['kl']![0]);
  });

  it('the KL is in the loss (the article trained a plain autoencoder)', async () => {
    const [without, withKl] = [await terms({ beta: 0 }), await terms({ beta: 1 })];
    expect(without['gradient.posterior.mean.weight']).not.toEqual(withKl['gradient.posterior.mean.weight']);
  });

  it('mean and log-variance are two heads on the same layer (the article stacked them)', () => {
    const shape = (name: string) => weightSpecs(model).find((spec) => spec.name === name)!.shape;
    expect(shape('posterior.mean.weight')).toEqual(shape('posterior.log_variance.weight'));
    expect(shape('posterior.log_variance.weight')).toEqual([5, model.latentDim]);
  });

  it('the decoder starts at the latent and mirrors the encoder (the article left its layers unconnected)', () => {
    const shapes = weightSpecs(model)
      .filter(({ name }) => /^decoder.*weight$/.test(name))
      .map(({ shape }) => shape);
    expect(shapes).toEqual([
      [3, 5],
      [5, 7],
      [7, 30],
    ]);
  });
});

describe('conv-32-64', () => {
  const parameters = {
    architecture: 'conv',
    channels: [32, 64],
    activation: 'relu',
    init: 'he',
    latent_dim: 32,
    beta: 1,
  } as const;
  const conv = modelShape(
    { ...parameters, learning_rate: 1e-3, likelihood: 'bernoulli' },
    { height: 28, width: 28, channels: 1 },
  );

  it('28 pixels become 14 and 7, flattened before the heads (the article kept 6×6 maps)', () => {
    const head = weightSpecs(conv).find(({ name }) => name === 'posterior.mean.weight')!;
    expect(head.shape).toEqual([7 * 7 * 64, 32]);
  });

  it('and come back as 28 (the article decoded 8 → 17 → 35)', async () => {
    const { images, outputs } = await evaluateRandom({ ...conv, own: { channels: [3, 4] } }, 4);
    expect(outputs['reconstruction']!.every((nats) => Number.isFinite(nats))).toBe(true);
    expect(images.images.length).toBe(4 * 28 * 28);
  });
});

describe('mlp-512-manifold', () => {
  it('the reconstruction is a sum over pixels (a mean would weigh the KL 784 times)', async () => {
    // At zero weights every logit is 0, so each of the 30 pixels costs log 2.
    const zeros = Object.fromEntries(
      Object.entries(testWeights(model)).map(([name, v]) => [name, new Float32Array(v.length)]),
    );
    const { reconstruction } = await terms({ weights: zeros });
    expect(reconstruction![0]).toBeCloseTo(30 * Math.log(2), 4);
  });
});

describe('mlp-128-64', () => {
  it('the KL is added: raising β pushes the posterior towards the prior (the article subtracted it)', async () => {
    const bias = 'gradient.posterior.log_variance.bias';
    const [one, two] = [await terms({ beta: 1 }), await terms({ beta: 2 })];
    // The KL's share of the gradient towards the mean head's bias is β·mean: it has the sign of the mean.
    const share = one['gradient.posterior.mean.bias']!.map((g, j) => two['gradient.posterior.mean.bias']![j]! - g);
    const { outputs } = await evaluateRandom(
      model,
      4,
      batchInputs(model, { batchSize: 4, count: 1, seed: 6 }).steps['images'] as Uint8Array,
    );
    const means = share.map((_, j) => [0, 1, 2, 3].reduce((sum, i) => sum + outputs['mean']![i * 3 + j]! / 4, 0));
    expect(one[bias]).toHaveLength(3);
    share.forEach((value, j) => expect(value).toBeCloseTo(means[j]!, 4));
  });
});

describe('mlp-deep-8', () => {
  it('the head is a log-variance: KL at mean 0 is ½(e^s − s − 1) (the article took it for log σ)', async () => {
    const weights = Object.fromEntries(
      Object.entries(testWeights(model)).map(([name, v]) => [name, new Float32Array(v.length)]),
    );
    weights['posterior.log_variance.bias']!.fill(0.8);
    const { kl } = await terms({ weights });
    expect(kl![0]).toBeCloseTo((3 * (Math.exp(0.8) - 0.8 - 1)) / 2, 5);
  });

  it('both terms are averaged over images alike, so the batch size does not change their balance (β_eff was 50,176)', async () => {
    const one = await terms({ batchSize: 1 });
    const inputs = batchInputs(model, { batchSize: 1, count: 1, seed: 6, beta: 1 });
    const repeat = (values: Arrays): Arrays => {
      const copy = new (values.constructor as Float32ArrayConstructor)(values.length * 4);
      for (let i = 0; i < 4; i++) copy.set(values, i * values.length);
      return copy;
    };
    const scan = await engine.prepare(gradientProgram(model, 4));
    const { outputs } = await scan.run({
      count: 1,
      state: {},
      constants: testWeights(model),
      steps: {
        ...inputs.steps,
        images: repeat(inputs.steps['images']!),
        noise: repeat(inputs.steps['noise']!),
        imageWeights: new Float32Array(4).fill(1 / 4),
      },
    });
    expect(outputs['reconstruction']![0]).toBeCloseTo(one['reconstruction']![0]!, 4);
    expect(outputs['kl']![0]).toBeCloseTo(one['kl']![0]!, 5);
  });

  it('held-out evaluation samples z (decoding the mean looks better than it is, and is no bound)', async () => {
    const { outputs, images } = await evaluateRandom(model, 8);
    const weights = testWeights(model);
    const sums = await evaluateSplit(
      engine,
      model,
      weights,
      'validation',
      images,
      evaluationPace(model),
      () => undefined,
    );
    if (typeof sums === 'string') throw new Error('it was stopped');
    const decodedMean = await evaluateRandom(model, 8, undefined, 0);
    const mean = (values: Float32Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    expect(sums.reconstruction / 8).not.toBeCloseTo(mean(decodedMean.outputs['reconstruction']!), 3);
    const dataset = { name: 'sprites-mini', train: null, validation: null, binarization: 'static' } as const;
    const measured = evaluationMetrics('val', model, sums, { parameters: { beta: 4 }, dataset });
    expect(measured['val/elbo']).toBe(-(measured['val/reconstruction']! + measured['val/kl']!));
    const grey = { ...dataset, binarization: 'grey' } as const;
    expect(evaluationMetrics('val', model, sums, { parameters: { beta: 4 }, dataset: grey })).not.toHaveProperty(
      'val/bits_per_dim',
    );
    expect(measured['val/bits_per_dim']).toBeCloseTo(-measured['val/elbo']! / (imageSize(model) * Math.LN2), 12);
    expect(outputs['kl']).toHaveLength(24);
  });
});

type Arrays = Float32Array | Uint8Array;

/** The evaluation program on random images, with unit-scale test weights. */
async function evaluateRandom(shape: ModelShape, count: number, batch?: Uint8Array, noise = 1) {
  const stream = randomStream(['test batch', 6]);
  const pixels = shape.height * shape.width;
  const images: ImageSet = { count: 9, images: new Uint8Array(9 * pixels).map(() => stream.below(256)) };
  const scan = await engine.prepare(evaluationProgram(shape, count));
  const { outputs } = await scan.run({
    count: 1,
    state: {},
    constants: testWeights(shape),
    steps: {
      images: batch ?? images.images.subarray(0, count * pixels),
      noise: randomStream(['evaluation', 'validation', 0])
        .fillNormal(new Float32Array(count * shape.latentDim))
        .map((value) => value * noise),
    },
  });
  const shown = { count, images: images.images.slice(0, count * pixels) };
  return { outputs, images: shown };
}
