import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/load.ts';
import { trainingProgram } from '../../src/training/programs.ts';
import { batchInputs, testModels } from '../training/support.ts';
import { engineConformance } from './conformance.ts';

engineConformance('eager', () => loadEngine({ engine: 'eager', provider: 'cpu' }));

it('leaves no tensor behind', async () => {
  const engine = await loadEngine({ engine: 'eager', provider: 'cpu' });
  const model = testModels['mlp relu']!;
  const scan = await engine.prepare(trainingProgram(model, 4, false));
  const inputs = batchInputs(model, { batchSize: 4, count: 2, seed: 1 });
  await scan.run(inputs);
  const before = tf.memory().numTensors;
  await scan.run(inputs);
  expect(tf.memory().numTensors).toBe(before);
});

it('leaves no tensor behind when a run throws, wherever that is (issue 10, line 4)', async () => {
  const engine = await loadEngine({ engine: 'eager', provider: 'cpu' });
  const model = testModels['mlp relu']!;
  const program = trainingProgram(model, 4, false);
  const inputs = batchInputs(model, { batchSize: 4, count: 2, seed: 1 });
  await (await engine.prepare(program)).run(inputs);
  const before = tf.memory().numTensors;
  let steps = 0;
  const breaksInStep2 = await engine.prepare({
    ...program,
    body: (...args) => {
      const result = program.body(...args);
      if (++steps === 2) throw new Error('no more memory');
      return result;
    },
  });
  await expect(breaksInStep2.run(inputs)).rejects.toThrow('no more memory');
  expect(tf.memory().numTensors).toBe(before);
  const last = Object.keys(inputs.state).at(-1)!;
  const misshapen = { ...inputs, state: { ...inputs.state, [last]: new Float32Array(1) } };
  await expect((await engine.prepare(program)).run(misshapen)).rejects.toThrow();
  expect(tf.memory().numTensors).toBe(before);
});
