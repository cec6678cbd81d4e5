/** What every definition of a kind must do, ours and those to come. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../src/model/architectures/index.ts';
import { imageSize, OUTPUT_BIAS, OUTPUT_WEIGHT, outputSize } from '../../src/model/architecture.ts';
import { ACTIVATIONS, activation } from '../../src/model/activation.ts';
import { hashName } from '../../src/model/hash-name.ts';
import { LIKELIHOODS } from '../../src/model/likelihoods/index.ts';
import { decode, encode, forwardMacs, modelShape, weightSpecs } from '../../src/model/model.ts';
import { architecture, latentDim, PARAMETERS, toParameters } from '../../src/model/parameters.ts';
import { valueSchema } from '../../src/sweep-file/value-schema.ts';
import { randomStream } from '../../src/random.ts';
import { testWeights } from '../training/support.ts';

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const defaults = Object.fromEntries(PARAMETERS.map((parameter) => [parameter.name, parameter.default]));

describe.each(PARAMETERS)('parameter $name', (parameter) => {
  it('is called in snake_case, by a name that no other has, in identities neither', () => {
    expect(parameter.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(PARAMETERS.filter(({ name }) => name === parameter.name)).toHaveLength(1);
    expect(PARAMETERS.filter(({ name }) => hashName(name) === hashName(parameter.name))).toHaveLength(1);
  });

  it('may take its default and, where it has one, the value that stands for its absence', () => {
    expect(valueSchema(parameter).parse(parameter.default)).toEqual(parameter.default);
    if (parameter.neutral !== undefined) expect(valueSchema(parameter).safeParse(parameter.neutral).success).toBe(true);
    expect(parameter.description).toMatch(/\.$/);
  });
});

describe.each(ARCHITECTURES)('architecture $name', (definition) => {
  const shapes = [
    [28, 28, 1],
    [9, 11, 3],
    [64, 64, 1],
  ].flatMap(([height, width, channels]) =>
    Object.keys(ACTIVATIONS).map((name) => {
      const chosen = {
        ...defaults,
        [architecture.name]: definition.name,
        [activation.name]: name,
        [latentDim.name]: 3,
      };
      const model = modelShape(toParameters(chosen), { height: height!, width: width!, channels: channels! });
      // Twice as many numbers of a pixel as it has channels, as a likelihood of means and scales reads.
      return { ...model, outputChannels: channels! === 3 ? 6 : model.outputChannels };
    }),
  );

  it.each(shapes)(
    '$height×$width×$channels, $activation: images to latents and back, by the weights that it names',
    (model) => {
      const specs = weightSpecs(model);
      const weights = Object.fromEntries(
        Object.entries(testWeights(model)).map(([name, values]) => {
          return [name, tf.tensor(values, [...specs.find((spec) => spec.name === name)!.shape])];
        }),
      );
      const read = new Set<string>();
      const watched = new Proxy(weights, {
        get: (all, name: string) => {
          read.add(name);
          return all[name];
        },
      });
      const images = tf.randomUniform<tf.Rank.R2>([2, imageSize(model)], 0, 1, 'float32', 1);
      const { mean, logVariance } = encode(tf, model, watched, images);
      expect([mean.shape, logVariance.shape]).toEqual([
        [2, 3],
        [2, 3],
      ]);
      const outputs = decode(tf, model, watched, mean);
      expect(outputs.shape).toEqual([2, outputSize(model)]);
      expect([...outputs.dataSync()].every(Number.isFinite)).toBe(true);
      expect([...read].sort()).toEqual(specs.map(({ name }) => name).sort());
      expect(read).toContain(OUTPUT_WEIGHT);
      expect(read).toContain(OUTPUT_BIAS);
    },
  );

  it('counts the multiplications of its matrix products', () => {
    for (const model of shapes) expect(forwardMacs(model)).toBeGreaterThan(model.height * model.width);
  });
});

describe.each(
  LIKELIHOODS.flatMap((definition) => (definition.channels ?? [1, 3]).map((channels) => ({ ...definition, channels }))),
)('likelihood $name, $channels channels', ({ channels, ...definition }) => {
  const pixels = 12;
  const size = pixels * channels;
  const outputChannels = definition.outputChannels?.(channels) ?? channels;
  const normal = (stream: string, columns: number): tf.Tensor2D =>
    tf.tensor2d(randomStream([stream]).fillNormal(new Float32Array(2 * columns)), [2, columns]);
  const images = normal('likelihood', size).sigmoid();
  const outputs = normal('outputs', pixels * outputChannels);
  const nats = (some: tf.Tensor2D) => definition.nats(tf, some, images).sum();
  /** Of an image whose pixels have these means, the outputs that a decoder starts with. */
  const startingAt = (means: Float32Array): tf.Tensor2D =>
    tf.tensor2d(
      Array.from({ length: pixels }, (_, p) =>
        definition.outputBias([...means.subarray(p * channels, (p + 1) * channels)]),
      ).flat(),
      [1, pixels * outputChannels],
    );

  it('has the gradient of its nats, one number for each image', () => {
    expect(definition.nats(tf, outputs, images).shape).toEqual([2]);
    const gradient = tf
      .grad(nats as (x: tf.Tensor) => tf.Tensor)(outputs)
      .arraySync() as number[][];
    const step = 0.05;
    for (const [image, output] of [
      [0, 3],
      [1, 7],
    ] as const) {
      const shifted = (by: number): number => {
        const buffer = outputs.bufferSync();
        const values = tf.buffer<tf.Rank.R2>([2, pixels * outputChannels], 'float32', Float32Array.from(buffer.values));
        values.set(buffer.get(image, output) + by, image, output);
        return nats(values.toTensor()).dataSync()[0]!;
      };
      const slope = (shifted(step) - shifted(-step)) / (2 * step);
      expect(gradient[image]![output]).toBeCloseTo(slope, 2);
    }
  });

  it('shows pixels at their means where the outputs are what these start with', () => {
    const means = Float32Array.from({ length: size }, (_, i) => 0.05 + (0.9 * i) / size);
    const shown = definition.mean(tf, startingAt(means));
    expect(shown.shape).toEqual([1, size]);
    shown.dataSync().forEach((value, i) => expect(value).toBeCloseTo(means[i]!, 4));
  });

  it('has the ELBO of the image of means as its constant one', () => {
    const means = Float32Array.from({ length: size }, (_, i) => 0.1 + (0.7 * i) / size);
    const [ofMeans] = definition.nats(tf, startingAt(means), tf.tensor2d(means, [1, size])).dataSync();
    expect(definition.constantElbo(means, means)).toBeCloseTo(-ofMeans!, 3);
  });
});
