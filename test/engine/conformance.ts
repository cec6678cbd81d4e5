/** What every engine must do. Numbers are compared with the eager engine on TF.js's pure JavaScript backend. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Arrays, Engine, ScanInputs, ScanProgram } from '../../src/engine/engine.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { trainedSpecs } from '../../src/model/model.ts';
import { decodingProgram, evaluationProgram, trainingProgram } from '../../src/training/programs.ts';
import {
  batchInputs,
  blockedModels,
  gradientProgram,
  relativeDifference,
  testModels,
  testWeights,
} from '../training/support.ts';

/** Largest difference over largest value, per tensor. */
const TOLERANCE = 1e-4;

const runningSum: ScanProgram = {
  key: 'running sum',
  state: { sum: { shape: [2] } },
  constants: { scale: { shape: [] } },
  steps: { value: { shape: [2] } },
  body: ({ sum }, { scale }, { value }) => {
    const next = tf.add(sum!, tf.mul(value!, scale!));
    return { state: { sum: next }, outputs: { before: sum!, after: next } };
  },
};

/** States that are computed from each other, from numbers, from outputs and not at all. */
const entangled: ScanProgram = {
  key: 'entangled',
  state: {
    a: { shape: [5] },
    b: { shape: [5] },
    rate: { shape: [] },
    table: { shape: [5, 5] },
    kept: { shape: [3] },
    reset: { shape: [] },
    sum: { shape: [] },
  },
  constants: { weights: { shape: [5] } },
  steps: { value: { shape: [5] } },
  body: ({ a, b, rate, table, kept, sum }, { weights }, { value }) => {
    const rows = tf.mul(tf.reshape(a!, [5, 1]), tf.reshape(b!, [1, 5]));
    const total = tf.sum(tf.mul(a!, weights!));
    return {
      state: {
        a: tf.sub(tf.mul(b!, rate!), value!),
        b: a!,
        rate: tf.sqrt(tf.add(tf.square(rate!), 3)),
        table: tf.add(table!, tf.maximum(rows, -10)),
        kept: kept!,
        reset: tf.scalar(7),
        sum: tf.add(sum!, total),
      },
      outputs: { rate: rate!, total },
    };
  },
};

export function engineConformance(name: string, load: () => Promise<Engine>): void {
  describe(`${name} engine`, () => {
    let engine: Engine;
    let reference: Engine;
    beforeAll(async () => {
      engine = await load();
      reference = await loadEngine({ engine: 'eager', provider: 'cpu' });
    });

    it('carries the state and stacks the outputs in order', async () => {
      const scan = await engine.prepare(runningSum);
      const result = await scan.run({
        count: 3,
        state: { sum: Float32Array.of(1, 10) },
        constants: { scale: Float32Array.of(2) },
        steps: { value: Float32Array.of(1, 2, 3, 4, 5, 6) },
      });
      expect([...result.state['sum']!]).toEqual([19, 34]);
      expect([...result.outputs['before']!]).toEqual([1, 10, 3, 14, 9, 22]);
      expect([...result.outputs['after']!]).toEqual([3, 14, 9, 22, 19, 34]);
    });

    it('computes every state from the states before', async () => {
      const scan = await engine.prepare(entangled);
      const result = await scan.run({
        count: 2,
        state: {
          a: Float32Array.of(1, 2, 3, 4, 5),
          b: Float32Array.of(-1, 0, 1, 2, -3),
          rate: Float32Array.of(1),
          table: new Float32Array(25),
          kept: Float32Array.of(8, 9, 10),
          reset: Float32Array.of(0),
          sum: Float32Array.of(100),
        },
        constants: { weights: Float32Array.of(1, 1, 1, 1, 10) },
        steps: { value: Float32Array.of(1, 1, 1, 1, 1, 0, 0, 0, 0, 0.5) },
      });
      const state = mapArrays(result.state);
      // After one step a = (-2, -1, 0, 1, -4), b = (1, 2, 3, 4, 5), rate = 2 and sum = 160.
      expect(state).toMatchObject({ a: [2, 4, 6, 8, 9.5], b: [-2, -1, 0, 1, -4], kept: [8, 9, 10], reset: [7] });
      expect(state['rate']![0]).toBeCloseTo(Math.sqrt(7), 6);
      expect(state['sum']).toEqual([160 - 42]);
      expect(state['table']!.slice(0, 5)).toEqual([-1 - 2, -4, 1 - 6, 2 - 8, -3 - 10]);
      expect(state['table']!.slice(20)).toEqual([-5 - 4, -8, 5 - 10, 10 - 10, -10 - 10]);
      expect(mapArrays(result.outputs)).toEqual({ rate: [1, 2], total: [60, -42] });
    });

    it('leaves its inputs as they are', async () => {
      const scan = await engine.prepare(runningSum);
      const inputs = {
        count: 2,
        state: { sum: Float32Array.of(1, 1) },
        constants: { scale: Float32Array.of(3) },
        steps: { value: Float32Array.of(1, 2, 3, 4) },
      };
      const copy = structuredClone(inputs);
      await scan.run(inputs);
      expect(inputs).toEqual(copy);
    });

    it('takes bytes as they are, from wherever in their memory they lie', async () => {
      const bytes: ScanProgram = {
        key: 'bytes',
        state: {},
        constants: {},
        steps: { images: { shape: [3], type: 'uint8' } },
        body: (_, __, { images }) => ({ state: {}, outputs: { floats: tf.cast(images!, 'float32') } }),
      };
      const scan = await engine.prepare(bytes);
      const images = Uint8Array.of(9, 0, 1, 127, 128, 254, 255, 9).subarray(1, 7);
      const { outputs } = await scan.run({ count: 2, state: {}, constants: {}, steps: { images } });
      expect([...outputs['floats']!]).toEqual([0, 1, 127, 128, 254, 255]);
    });

    it('gives the same bits however a run is cut', async () => {
      const model = testModels['mlp relu']!;
      const scan = await engine.prepare(trainingProgram(model, 4, false));
      const whole = batchInputs(model, { batchSize: 4, count: 5, seed: 1 });
      const together = await scan.run(whole);
      const first = await scan.run(slice(whole, 0, 2));
      const second = await scan.run({ ...slice(whole, 2, 5), state: first.state });
      for (const name of Object.keys(together.state)) expect(second.state[name]).toEqual(together.state[name]);
    });

    it.each(Object.entries({ ...testModels, ...blockedModels }))(
      'agrees on the loss and every gradient of %s',
      async (_, model) => {
        const program = gradientProgram(model, 5);
        const inputs = batchInputs(model, { batchSize: 5, count: 1, seed: 2 });
        const [actual, expected] = await both(program, {
          ...inputs,
          state: {},
          constants: testWeights(model),
        });
        expect(Object.keys(actual.outputs).sort()).toEqual(
          ['kl', 'reconstruction', ...trainedSpecs(model).map((spec) => `gradient.${spec.name}`)].sort(),
        );
        for (const [output, values] of Object.entries(expected.outputs)) {
          expect(relativeDifference(actual.outputs[output]!, values), output).toBeLessThan(TOLERANCE);
        }
      },
    );

    it.each([
      ['mlp relu', 1.5],
      ['conv 28', 1.5],
      ['mlp told labels', 1.5],
      ['conv told labels', 1.5],
      ['mlp gaussian_learned', 1.5],
      ['mlp gaussian_optimal', 1.5],
      // The squares of these gradients overflow (issue 10, line 1).
      ['mlp relu', 1e25],
      ['conv 28', 1e25],
    ])('agrees on three clipped Adam steps of %s, β = %d', async (name, beta) => {
      const model = testModels[name]!;
      const inputs = batchInputs(model, { batchSize: 5, count: 3, seed: 3, clipNorm: 1, beta });
      const [actual, expected] = await both(trainingProgram(model, 5, true), inputs);
      for (const [output, values] of Object.entries(expected.state)) {
        expect(relativeDifference(actual.state[output]!, values), output).toBeLessThan(1e-3);
      }
      const weight = 'posterior.mean.weight';
      expect(relativeDifference(actual.state[weight]!, inputs.state[weight]!), 'it trains').toBeGreaterThan(0.01);
    });

    it('agrees on three steps of AdamW with free bits and a capacity', async () => {
      const model = testModels['mlp bounded']!;
      const more = { freeBits: 0.1, capacity: 2, decay: 0.01 };
      const program = trainingProgram(model, 5, false, { freeBits: true, capacity: true, decays: true });
      const [actual, expected] = await both(program, batchInputs(model, { batchSize: 5, count: 3, seed: 6, ...more }));
      for (const [output, values] of Object.entries(expected.state)) {
        expect(relativeDifference(actual.state[output]!, values), output).toBeLessThan(1e-3);
      }
    });

    it.each([
      ...['mlp elu', 'conv 64', 'mlp gaussian_optimal', 'conv discretized_logistic in colour'],
      ...['mlp told labels', 'mlp told labels by its heads', 'conv told labels'],
    ])('agrees on evaluation and decoding of %s', async (name) => {
      const model = testModels[name]!;
      const weights = testWeights(model);
      const { steps } = batchInputs(model, { batchSize: 5, count: 2, seed: 4 });
      const { images, noise, condition } = steps as Record<'images' | 'noise', Float32Array> & {
        condition?: Float32Array;
      };
      const told: Arrays = condition === undefined ? {} : { condition };
      const evaluated = await both(evaluationProgram(model, 5), {
        count: 2,
        state: {},
        constants: weights,
        steps: { images, noise, ...told },
      });
      const decoded = await both(decodingProgram(model, 5), {
        count: 2,
        state: {},
        constants: weights,
        steps: { latents: noise, ...told },
      });
      for (const [actual, expected] of [evaluated, decoded]) {
        for (const [output, values] of Object.entries(expected.outputs)) {
          expect(relativeDifference(actual.outputs[output]!, values), output).toBeLessThan(TOLERANCE);
        }
      }
    });

    async function both(program: ScanProgram, inputs: ScanInputs) {
      const actual = await (await engine.prepare(program)).run(inputs);
      const expected = await (await reference.prepare(program)).run(inputs);
      return [actual, expected] as const;
    }
  });
}

function mapArrays(arrays: Readonly<Record<string, Float32Array>>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(arrays).map(([name, values]) => [name, [...values]]));
}

/** Steps `from` to `to` of a run. */
function slice(inputs: ScanInputs, from: number, to: number): ScanInputs {
  const steps = Object.fromEntries(
    Object.entries(inputs.steps).map(([name, values]) => {
      const size = values.length / inputs.count;
      return [name, values.slice(from * size, to * size)];
    }),
  );
  return { ...inputs, count: to - from, steps };
}
