/** What every definition of a kind must do, ours and those to come. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ARCHITECTURES } from '../../src/model/architectures/index.ts';
import { OUTPUT_BIAS, OUTPUT_WEIGHT } from '../../src/model/architecture.ts';
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
    [28, 28],
    [9, 11],
    [64, 64],
  ].flatMap(([height, width]) =>
    Object.keys(ACTIVATIONS).map((name) => {
      const chosen = {
        ...defaults,
        [architecture.name]: definition.name,
        [activation.name]: name,
        [latentDim.name]: 3,
      };
      return modelShape(toParameters(chosen), { height: height!, width: width! });
    }),
  );

  it.each(shapes)('$height×$width, $activation: images to latents and back, by the weights that it names', (model) => {
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
    const images = tf.randomUniform<tf.Rank.R2>([2, model.height * model.width], 0, 1, 'float32', 1);
    const { mean, logVariance } = encode(tf, model, watched, images);
    expect([mean.shape, logVariance.shape]).toEqual([
      [2, 3],
      [2, 3],
    ]);
    const outputs = decode(tf, model, watched, mean);
    expect(outputs.shape).toEqual(images.shape);
    expect([...outputs.dataSync()].every(Number.isFinite)).toBe(true);
    expect([...read].sort()).toEqual(specs.map(({ name }) => name).sort());
    expect(read).toContain(OUTPUT_WEIGHT);
    expect(read).toContain(OUTPUT_BIAS);
  });

  it('counts the multiplications of its matrix products', () => {
    for (const model of shapes) expect(forwardMacs(model)).toBeGreaterThan(model.height * model.width);
  });
});

describe.each(LIKELIHOODS)('likelihood $name', (definition) => {
  const pixels = 12;
  const images = tf.tensor2d(randomStream(['likelihood']).fillNormal(new Float32Array(2 * pixels)), [2, pixels]);
  const grey = images.sigmoid();
  const outputs = tf.tensor2d(randomStream(['outputs']).fillNormal(new Float32Array(2 * pixels)), [2, pixels]);
  const nats = (some: tf.Tensor2D) => definition.nats(tf, some, grey).sum();

  it('has the gradient of its nats', () => {
    const gradient = tf
      .grad(nats as (x: tf.Tensor) => tf.Tensor)(outputs)
      .arraySync() as number[][];
    const step = 0.05;
    for (const [image, pixel] of [
      [0, 3],
      [1, 7],
    ] as const) {
      const shifted = (by: number): number => {
        const buffer = outputs.bufferSync();
        const values = tf.buffer<tf.Rank.R2>([2, pixels], 'float32', Float32Array.from(buffer.values));
        values.set(buffer.get(image, pixel) + by, image, pixel);
        return nats(values.toTensor()).dataSync()[0]!;
      };
      const slope = (shifted(step) - shifted(-step)) / (2 * step);
      expect(gradient[image]![pixel]).toBeCloseTo(slope, 2);
    }
  });

  it('shows a pixel at its mean where the output is what that mean starts with', () => {
    for (const mean of [0.05, 0.5, 0.8]) {
      const [shown] = definition.mean(tf, tf.tensor2d([[definition.outputBias(mean)]])).dataSync();
      expect(shown).toBeCloseTo(mean, 4);
    }
  });

  it('has the ELBO of the image of means as its constant one', () => {
    const means = Float32Array.from({ length: pixels }, (_, p) => 0.1 + 0.06 * p);
    const bias = tf.tensor2d(
      Float32Array.from(means, (mean) => definition.outputBias(mean)),
      [1, pixels],
    );
    const [ofMeans] = definition.nats(tf, bias, tf.tensor2d(means, [1, pixels])).dataSync();
    expect(definition.constantElbo(means, means)).toBeCloseTo(-ofMeans!, 3);
  });
});
