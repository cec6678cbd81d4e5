import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { Scan, ScanProgram } from '../../src/engine/engine.ts';
import { CompiledEngine } from '../../src/engine/compiled/compiled-engine.ts';
import { compileDeviceStepScan } from '../../src/engine/compiled/device-step-scan.ts';
import { compileLoopScan } from '../../src/engine/compiled/loop-scan.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { randomStream } from '../../src/random.ts';
import { trainingProgram } from '../../src/training/programs.ts';
import { batchInputs, testModels } from '../training/support.ts';
import { engineConformance } from './conformance.ts';

const load = () => loadEngine({ engine: 'compiled', provider: 'cpu' });
// How graphics cards run a program, which this machine may not have.
const loadLoop = () => Promise.resolve(new CompiledEngine('cpu', compileLoopScan));
const loadDeviceStep = () => Promise.resolve(new CompiledEngine('cpu', compileDeviceStepScan));
engineConformance('compiled', load);
engineConformance('compiled, as one loop,', loadLoop);
engineConformance('compiled, as steps on a device,', loadDeviceStep);

it.each(['mlp tanh', 'conv of three layers'])('computes %s to the same bits in every way', async (name) => {
  const model = testModels[name]!;
  const inputs = batchInputs(model, { batchSize: 3, count: 4, seed: 1, clipNorm: 1 });
  const [fused, ...others] = await Promise.all(
    [load, loadLoop, loadDeviceStep].map(async (load) =>
      (await (await load()).prepare(trainingProgram(model, 3, true))).run(inputs),
    ),
  );
  for (const single of others) expect(single).toEqual(fused);
});

it('computes a transposed convolution to few channels to the bits that its channels have among many', async () => {
  const [batch, height, width, maps] = [20, 17, 30, 32];
  // With five channels each phase is a product of its own; one product has those of three, of fifteen images at a time.
  const [few, many] = [3, 5];
  const normal = (name: string, size: number) => randomStream([name]).fillNormal(new Float32Array(size));
  const filter = normal('filter', 4 * 4 * many * maps);
  const of = async (channels: number): Promise<Float32Array> => {
    const program: ScanProgram = {
      key: `to ${channels} channels`,
      state: { unused: { shape: [] } },
      constants: { filter: { shape: [4, 4, channels, maps] }, bias: { shape: [channels] } },
      steps: { input: { shape: [batch, 9, 15, maps] } },
      body: (state, { filter, bias }, { input }) => {
        const size: [number, number, number, number] = [batch, height, width, channels];
        const product = tf.conv2dTranspose(input as tf.Tensor4D, filter as tf.Tensor4D, size, 2, 'same');
        return { state, outputs: { pixels: tf.slice(tf.add(product, bias!), [0, 0, 0, 0], [-1, -1, -1, few]) } };
      },
    };
    const { outputs } = await (
      await (await load()).prepare(program)
    ).run({
      count: 1,
      state: { unused: Float32Array.of(0) },
      constants: {
        filter: filter.filter((_, i) => Math.floor(i / maps) % many < channels),
        bias: normal('bias', many).slice(0, channels),
      },
      steps: { input: normal('input', batch * 9 * 15 * maps) },
    });
    return outputs['pixels']!;
  };
  expect(await of(few)).toEqual(await of(many));
});

/** Multiplies by `factor`. */
function scaling(factor: number): ScanProgram {
  return {
    key: `times ${factor}`,
    state: { value: { shape: [] } },
    constants: {},
    steps: { unused: { shape: [] } },
    body: ({ value }) => ({ state: { value: tf.mul(value!, factor) }, outputs: {} }),
  };
}
const apply = async (scan: Scan): Promise<number[]> => {
  const inputs = {
    count: 1,
    state: { value: Float32Array.of(1) },
    constants: {},
    steps: { unused: new Float32Array(1) },
  };
  return [...(await scan.run(inputs)).state['value']!];
};

it("knows what likelihoods of one's own clip with, and their gradients", async () => {
  const program: ScanProgram = {
    key: 'clips',
    state: { value: { shape: [4] }, slope: { shape: [4] } },
    constants: {},
    steps: { unused: { shape: [] } },
    body: ({ value }) => {
      const clipped = (x: tf.Tensor): tf.Tensor => tf.add(tf.clipByValue(x, -1, 1), tf.softplus(x));
      return { state: { value: clipped(value!), slope: tf.grad(clipped)(value!) }, outputs: {} };
    },
  };
  const values = [-3, -0.5, 0.5, 2];
  const { state } = await (
    await (await load()).prepare(program)
  ).run({
    count: 1,
    state: { value: Float32Array.from(values), slope: new Float32Array(4) },
    constants: {},
    steps: { unused: new Float32Array(1) },
  });
  for (const [i, x] of values.entries()) {
    expect(state['value']![i]).toBeCloseTo(Math.min(Math.max(x, -1), 1) + Math.log1p(Math.exp(x)), 5);
    expect(state['slope']![i]).toBeCloseTo(Number(Math.abs(x) < 1) + 1 / (1 + Math.exp(-x)), 5);
  }
});

it('frees the programs not used for longest, and compiles them again when they are wanted', async () => {
  const engine = await load();
  const first = await engine.prepare(scaling(1));
  for (let factor = 2; factor <= 12; factor++)
    expect(await apply(await engine.prepare(scaling(factor)))).toEqual([factor]);
  await expect(apply(first)).rejects.toThrow();
  expect(await apply(await engine.prepare(scaling(1)))).toEqual([1]);
});

it('tries again to compile what failed before', async () => {
  const engine = await load();
  const program = scaling(3);
  const body = (): never => {
    throw new Error('no memory');
  };
  await expect(engine.prepare({ ...program, body })).rejects.toThrow('no memory');
  expect(await apply(await engine.prepare(program))).toEqual([3]);
});

it.each([{ shape: [1] }, { shape: [4] }, undefined])('refuses a body that returns a state as %o', async (spec) => {
  const program: ScanProgram = {
    ...scaling(1),
    key: `returns ${JSON.stringify(spec)}`,
    state: { value: { shape: [2] } },
    body: () => ({ state: spec ? { value: tf.ones(spec.shape) } : {}, outputs: {} }),
  };
  await expect((await load()).prepare(program)).rejects.toThrow('the body returns value with shape');
});
