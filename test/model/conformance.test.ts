/** What every definition of a kind must do, ours and those to come. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { plainModel } from '../../src/decoder/plain-model.ts';
import { UnsupportedOperation } from '../../src/decoder/plain-tf.ts';
import { ARCHITECTURES } from '../../src/model/architectures/index.ts';
import { imageSize, OUTPUT_BIAS, OUTPUT_WEIGHT, outputSize } from '../../src/model/architecture.ts';
import { ACTIVATIONS, activation } from '../../src/model/activation.ts';
import { hashName } from '../../src/model/hash-name.ts';
import { LIKELIHOODS } from '../../src/model/likelihoods/index.ts';
import { spreadOf } from '../../src/model/moments.ts';
import { momentsOf } from '../../src/data/pixel-means.ts';
import {
  decode,
  decoderIsTold,
  encode,
  forwardMacs,
  likelihoodOf,
  modelShape,
  weightSpecs,
} from '../../src/model/model.ts';
import * as parametersModule from '../../src/model/parameters.ts';
import type { Parameter, ParameterValue } from '../../src/model/parameter.ts';
import { DATASETS } from '../../src/data/datasets/index.ts';
import { METRICS } from '../../src/metrics/index.ts';
import { valueSchema } from '../../src/sweep-file/value-schema.ts';
import { randomStream } from '../../src/random.ts';
import { testWeights } from '../training/support.ts';
import { metricsOf, newJob, run } from '../training/trials.ts';

const { architecture, latentDim, onlyIn, PARAMETERS, toParameters } = parametersModule;
const ROOT = path.resolve(import.meta.dirname, '../..');

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend('cpu');
});

const defaults = Object.fromEntries(PARAMETERS.map((parameter) => [parameter.name, parameter.default]));

/** Those that every trial's identity has had from the start. A later one leaves the ids of trials without it alone. */
const OLD = ['mlp', 'conv', 'bernoulli'];
const FIRST = 'architecture hidden channels activation init latent_dim beta learning_rate likelihood'.split(' ');

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

  it('leaves the identities of trials from before it as they are', () => {
    const only = onlyIn(parameter.name);
    const isOfOld = only !== undefined && 'values' in only && only.values.some((one) => OLD.includes(one));
    if (FIRST.includes(parameter.name) || (only !== undefined && !isOfOld)) return;
    expect(parameter.neutral).toBeDefined();
  });

  const other = otherValue(parameter);
  // What patience does is seen in longer trainings only (train.test.ts).
  it.skipIf(other === undefined || parameter.name === 'patience')('makes a difference to what is trained', async () => {
    const only = onlyIn(parameter.name);
    const base = {
      ...{ ...defaults, hidden: [8], channels: [2, 2], lr_step: 1 },
      ...(ARCHITECTURES.some(({ name }) => name === parameter.default) && { [architecture.name]: parameter.default }),
      ...(only && { [only.parameter]: 'values' in only ? only.values[0]! : only.example }),
    };
    const trained = async (value: ParameterValue) => {
      const parameters = toParameters({ ...base, [parameter.name]: value });
      return metricsOf((await run(await newJob({ parameters, train: { epochs: 2 } }))).events);
    };
    expect(await trained(other!)).not.toEqual(await trained(parameter.neutral ?? parameter.default));
  });
});

/** A value that is not the one without effect. */
function otherValue({ values, default: usual, neutral = usual }: Parameter): ParameterValue | undefined {
  if (JSON.stringify(usual) !== JSON.stringify(neutral)) return usual;
  switch (values.kind) {
    case 'names':
      // The images here are grey.
      return values.names.find((name) => name !== neutral && fitsGrey(name));
    case 'integer':
      return neutral === values.min ? values.min + 3 : values.min;
    case 'number':
      return neutral === 0 ? 0.1 : (neutral as number) / 2;
    case 'widths':
      return [3];
  }
}

function fitsGrey(name: string): boolean {
  return LIKELIHOODS.find((one) => one.name === name)?.channels?.includes(1) !== false;
}

it.each([
  ['src/model/architectures', ARCHITECTURES],
  ['src/model/likelihoods', LIKELIHOODS],
  ['src/metrics', METRICS],
  ['src/data/datasets', DATASETS],
])('every definition in %s is in its list', async (folder, list: readonly { readonly name: string }[]) => {
  for (const file of await readdir(path.join(ROOT, folder))) {
    const exported = (await import(path.join(ROOT, folder, file))) as Record<string, unknown>;
    for (const one of Object.values(exported)) {
      if (typeof one === 'object' && one !== null && 'name' in one) expect(list, file).toContain(one);
    }
  }
});

it('every parameter that is exported is in the list', () => {
  for (const one of Object.values(parametersModule)) {
    if (typeof one === 'object' && 'values' in one && 'default' in one) expect(PARAMETERS).toContain(one);
  }
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

  it.each(shapes.filter(({ channels }) => channels === 1))(
    '$height×$width×$channels, $activation: in a page it decodes the same, or says what it would need',
    (model) => {
      const values = testWeights(model);
      const weights = Object.fromEntries(
        weightSpecs(model).map(({ name, shape }) => [name, tf.tensor(values[name]!, [...shape])]),
      );
      const latents = randomStream(['in a page']).fillNormal(new Float32Array(2 * model.latentDim));
      const outputs = decode(tf, model, weights, tf.tensor2d(latents, [2, model.latentDim]));
      const expected = likelihoodOf(model).mean(tf, outputs).dataSync();
      try {
        plainModel(model, values)
          .decode(latents)
          .forEach((pixel, i) => expect(pixel).toBeCloseTo(expected[i]!, 4));
      } catch (error) {
        if (!(error instanceof UnsupportedOperation)) throw error;
      }
    },
  );

  it('names weights for labels where it is told them, and draws otherwise under each', () => {
    for (const { model } of [shapes[0]!, shapes.at(-1)!].map((shape) => ({ model: { ...shape, classes: 3 } }))) {
      const specs = weightSpecs(model);
      const values = testWeights(model);
      const weights = Object.fromEntries(specs.map(({ name, shape }) => [name, tf.tensor(values[name]!, [...shape])]));
      const told = (places: number[]) => tf.oneHot(places, 3).cast<tf.Tensor2D>('float32');
      const alike = (row: tf.Tensor2D) => row.tile<tf.Tensor2D>([3, 1]);
      const image = tf.randomUniform<tf.Rank.R2>([1, imageSize(model)], 0, 1, 'float32', 1);
      const { mean } = encode(tf, model, weights, alike(image), told([0, 1, 0]));
      const latents = tf.randomNormal<tf.Rank.R2>([1, 3], 0, 1, 'float32', 1);
      for (const outputs of [mean, decode(tf, model, weights, alike(latents), told([0, 1, 0]))]) {
        const [first, other, again] = outputs.arraySync() as [number[], number[], number[]];
        expect(again).toEqual(first);
        expect(other.every((value, i) => value !== first[i])).toBe(true);
      }
      expect(decoderIsTold(model)).toBe(true);
    }
  });

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
  const own = Object.fromEntries((definition.parameters ?? []).map((one) => [one.name, one.default]));
  const SPREAD = 0.3;
  const weightsFrom = (spread: number, numbers = size) =>
    Object.fromEntries(
      (definition.weights ?? []).map(({ name, shape, initial }) => [
        name,
        tf.fill([...(typeof shape === 'function' ? shape(numbers) : shape)], initial(spread)),
      ]),
    );
  const weights = weightsFrom(SPREAD);
  const isOfCounts = definition.isOfCounts === true;
  const normal = (stream: string, columns: number): tf.Tensor2D =>
    tf.tensor2d(randomStream([stream]).fillNormal(new Float32Array(2 * columns)), [2, columns]);
  const grey = normal('likelihood', size).sigmoid().mul(255).round().div(255).as2D(2, size);
  const images = isOfCounts ? grey.mul<tf.Tensor2D>(255).sub<tf.Tensor2D>(100).relu<tf.Tensor2D>() : grey;
  const outputs = normal('outputs', pixels * outputChannels);
  const nats = (some: tf.Tensor2D) => definition.nats(tf, some, images, { own, weights }).sum();
  /** Of an image whose pixels have these means, the outputs that a decoder starts with. */
  const startingAt = (means: Float32Array, spread = SPREAD): tf.Tensor2D =>
    tf.tensor2d(
      Array.from({ length: pixels }, (_, p) =>
        definition.outputBias([...means.subarray(p * channels, (p + 1) * channels)], () => spread),
      ).flat(),
      [1, pixels * outputChannels],
    );

  it('has the gradient of its nats, one number for each image', () => {
    expect(definition.nats(tf, outputs, images, { own, weights }).shape).toEqual([2]);
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
      expect(gradient[image]![output]! / slope).toBeCloseTo(1, 1.5);
    }
  });

  // Of one number x, whatever the others: in steps of a grey level, or finely over all that a density reaches.
  it.each([-4, -0.4, 0, 1e-3, 0.3, 2])('is 1 over all values of a number, where each output is %d', (output) => {
    const isMass = definition.mass !== undefined || isOfCounts;
    const levels = definition.mass === 'bits' ? 2 : isOfCounts ? 512 : 256;
    const isBounded = isMass || definition.name === 'continuous_bernoulli';
    const count = isMass ? levels : 20_001;
    const [low, high] = isOfCounts ? [0, levels - 1] : isBounded ? [0, 1] : [output - 6, output + 6];
    const at = Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
    // One pixel whose channels are all alike, each with the same value: the density of all is that of one, to the power.
    const values = tf.tensor2d(
      Float32Array.from({ length: count * channels }, (_, i) => at[Math.floor(i / channels)]!),
      [count, channels],
    );
    const all = tf.fill<tf.Rank.R2>([count, outputChannels], output);
    const p = [...definition.nats(tf, all, values, { own, weights: weightsFrom(SPREAD, channels) }).dataSync()].map(
      (n) => Math.exp(-n / channels),
    );
    const ends = isMass ? 0 : (p[0]! + p.at(-1)!) / 2;
    const total = (p.reduce((sum, one) => sum + one, 0) - ends) * (isMass ? 1 : (high - low) / (count - 1));
    expect(total).toBeCloseTo(1, 3);
  });

  it('shows pixels at their means where the outputs are what these start with', () => {
    const means = Float32Array.from({ length: size }, (_, i) => 0.05 + (0.9 * i) / size);
    const shown = definition.mean(tf, startingAt(means));
    expect(shown.shape).toEqual([1, size]);
    shown.dataSync().forEach((value, i) => expect(value).toBeCloseTo(means[i]!, 4));
  });

  it('has the mean ELBO of its own constant image as its constant one', () => {
    const bytes = Uint8Array.from({ length: 5 * size }, (_, i) => (i * 97 + 31 * Math.floor(i / size) ** 2) % 256);
    const training = momentsOf({ count: 5, images: isOfCounts ? Float32Array.from(bytes) : bytes }, size);
    const spread = spreadOf(training);
    const started = weightsFrom(spread);
    const constant = startingAt(training.means, spread).tile<tf.Tensor2D>([5, 1]);
    const judged = tf.tensor2d([...bytes], [5, size]).div<tf.Tensor2D>(isOfCounts ? 1 : 255);
    const elbo = -definition.nats(tf, constant, judged, { own, weights: started }).mean().dataSync()[0]!;
    expect(definition.constantElbo(training, training, own)! / elbo).toBeCloseTo(1, 4);
  });
});
