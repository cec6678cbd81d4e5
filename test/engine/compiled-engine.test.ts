import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Scan, ScanProgram, TensorSpec } from '../../src/engine/engine.ts';
import { CompiledEngine } from '../../src/engine/compiled/compiled-engine.ts';
import { compileDeviceStepScan } from '../../src/engine/compiled/device-step-scan.ts';
import { compileLoopScan } from '../../src/engine/compiled/loop-scan.ts';
import { CpuGraph } from '../../src/engine/compiled/onnx/cpu-graph.ts';
import { addOutput, recordStep } from '../../src/engine/compiled/record-step.ts';
import { traceBackend } from '../../src/engine/compiled/trace-backend.ts';
import { loadEngine } from '../../src/engine/load.ts';
import { trainingProgram } from '../../src/training/programs.ts';
import {
  batchInputs,
  blockedModels,
  gradientProgram,
  relativeDifference,
  testModels,
  testWeights,
} from '../training/support.ts';
import { engineConformance } from './conformance.ts';

const load = () => loadEngine({ engine: 'compiled', provider: 'cpu' });
// How graphics cards run a program, which this machine may not have.
const loadLoop = () => Promise.resolve(new CompiledEngine('cpu', compileLoopScan));
const loadDeviceStep = () => Promise.resolve(new CompiledEngine('cpu', compileDeviceStepScan));
engineConformance('compiled', load);
engineConformance('compiled, as one loop,', loadLoop);
engineConformance('compiled, as steps on a device,', loadDeviceStep);

it.each(['mlp tanh', 'conv of one layer'])('computes %s to the same bits in every way', async (name) => {
  const model = testModels[name]!;
  const inputs = batchInputs(model, { batchSize: 3, count: 4, seed: 1, clipNorm: 1 });
  const [fused, ...others] = await Promise.all(
    [load, loadLoop, loadDeviceStep].map(async (load) =>
      (await (await load()).prepare(trainingProgram(model, 3, true))).run(inputs),
    ),
  );
  for (const single of others) expect(single).toEqual(fused);
});

describe('convolutions in blocks of channels', () => {
  it.each([
    ['conv in blocks', 16],
    ['conv in blocks', 30],
    ['conv in blocks', 5],
    ['conv partly in blocks', 16],
    ['conv in blocks of five layers', 16],
    ['conv in blocks, of colours', 32],
  ])('compute of %s, %i images, what they compute without', async (name, images) => {
    const model = blockedModels[name]!;
    const program = gradientProgram(model, images);
    const inputs = { ...batchInputs(model, { batchSize: images, count: 1, seed: 1 }), constants: testWeights(model) };
    const [blocked, plain] = await Promise.all(
      [load, loadLoop].map(async (load) => (await (await load()).prepare(program)).run({ ...inputs, state: {} })),
    );
    for (const [output, values] of Object.entries(plain!.outputs)) {
      expect(relativeDifference(blocked!.outputs[output]!, values), output).toBeLessThan(1e-5);
    }
  });

  it.runIf(process.arch === 'x64')('are what a step runs', () => {
    const graph = new CpuGraph('');
    const name = (input: string, { shape }: TensorSpec): string => graph.input(input, 'float32', shape);
    recordStep(
      gradientProgram(blockedModels['conv in blocks']!, 16),
      graph,
      { state: name, constant: name, step: name },
      (step) => {
        for (const output of Object.values(step.outputs)) addOutput(graph, traceBackend.value(output));
      },
    );
    const convolutions = graph.graph().node.filter(({ opType, domain }) => opType === 'Conv' && domain !== '');
    // Of two layers each in the encoder and the decoder: forward, the filter's gradient and the input's. One way has four phases.
    expect(convolutions).toHaveLength(4 * (1 + 1 + 4));
  });
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
