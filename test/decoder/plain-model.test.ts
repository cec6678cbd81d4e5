import { beforeAll, describe, expect, it } from 'vitest';
import { plainModel } from '../../src/decoder/plain-model.ts';
import { UnsupportedOperation } from '../../src/decoder/plain-tf.ts';
import type { Arrays, Engine } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { ACTIVATIONS } from '../../src/model/activation.ts';
import { imageSize, type Architecture, type ModelShape } from '../../src/model/architecture.ts';
import { ARCHITECTURES } from '../../src/model/architectures/index.ts';
import { decodingProgram, evaluationProgram } from '../../src/training/programs.ts';
import { oneHot } from '../../src/training/one-hot.ts';
import { randomStream } from '../../src/random.ts';
import { testModels, testWeights } from '../training/support.ts';

/** Largest difference of a pixel in [0, 1], and of a posterior mean, which is of the size of 1. */
const TOLERANCE = 1e-5;
const COUNT = 3;

let engine: Engine;
beforeAll(async () => {
  engine = await loadEngine({ engine: 'compiled', provider: 'cpu' });
});

const mlp = testModels['mlp relu']!;
const conv = testModels['conv 28']!;
const models: Readonly<Record<string, ModelShape>> = {
  ...testModels,
  'mlp of one layer': { ...mlp, own: { hidden: [9] } },
  'mlp of four layers': { ...mlp, own: { hidden: [9, 8, 7, 6] }, activation: 'elu' },
  ...Object.fromEntries(
    (Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]).map((name) => [
      `conv ${name}`,
      { ...conv, activation: name },
    ]),
  ),
};

describe.each(Object.entries(models))('%s', (_name, model) => {
  const weights = testWeights(model);
  const plain = plainModel(model, weights);
  const stream = randomStream(['plain model']);
  const labels = Uint16Array.from({ length: COUNT }, (_, i) => (i + 1) % (model.classes ?? 1));
  const told: Arrays = model.classes === undefined ? {} : { condition: oneHot(labels, model.classes) };

  it('decodes as the engine does', async () => {
    const latents = stream.fillNormal(new Float32Array(COUNT * model.latentDim)).map((z) => 2 * z);
    const scan = await engine.prepare(decodingProgram(model, COUNT));
    const { outputs } = await scan.run({ count: 1, state: {}, constants: weights, steps: { latents, ...told } });
    expect(largestDifference(plain.decode(latents, labels), outputs['pixels']!)).toBeLessThan(TOLERANCE);
  });

  it('encodes as the engine does', async () => {
    const bytes = new Uint8Array(COUNT * imageSize(model)).map(() => stream.below(256));
    const images = model.isReal ? Float32Array.from(bytes) : bytes;
    const scan = await engine.prepare(evaluationProgram(model, COUNT));
    const { outputs } = await scan.run({
      count: 1,
      state: {},
      constants: weights,
      steps: { images, ...told, noise: new Float32Array(COUNT * model.latentDim) },
    });
    const means = plain.encode(
      Float32Array.from(images, (value) => (model.isReal ? value : value / 255)),
      labels,
    );
    expect(largestDifference(means, outputs['mean']!)).toBeLessThan(TOLERANCE);
  });
});

it("says which weights are missing or of another model's size", () => {
  const { 'decoder.0.bias': bias, ...rest } = testWeights(mlp);
  expect(bias).toHaveLength(5);
  expect(() => plainModel(mlp, rest)).toThrow('no weights called decoder.0.bias');
  expect(() => plainModel(mlp, { ...rest, 'decoder.0.bias': new Float32Array(3) })).toThrow(
    '3 numbers for the shape [5]',
  );
});

it('needs no encoder to decode', () => {
  const decoder = Object.fromEntries(Object.entries(testWeights(conv)).filter(([name]) => name.startsWith('decoder.')));
  const plain = plainModel(conv, decoder);
  expect(plain.decode(new Float32Array(conv.latentDim))).toHaveLength(imageSize(conv));
  expect(() => plain.encode(new Float32Array(imageSize(conv)))).toThrow('no weights called encoder.0.weight');
});

it('names what a definition needs that runs with TF.js only', () => {
  const weights = testWeights(mlp);
  const definition = ARCHITECTURES[0] as { -readonly [Member in keyof Architecture]: Architecture[Member] };
  const before = { ...definition };
  try {
    definition.decode = (tf, model, given, latents) => tf.selu(before.decode(tf, model, given, latents));
    expect(() => plainModel(mlp, weights)).toThrow(new UnsupportedOperation('tf.selu'));
    definition.decode = (tf, model, given, latents) => before.decode(tf, model, given, latents.cumsum());
    expect(() => plainModel(mlp, weights)).toThrow(UnsupportedOperation);
  } finally {
    definition.decode = (...given) => before.decode(...given);
  }
});

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
}
