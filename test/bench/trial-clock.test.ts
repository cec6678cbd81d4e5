import { expect, test, vi } from 'vitest';
import type { Engine, Scan, ScanInputs, ScanProgram } from '../../src/engine/engine.ts';
import { TrialClock } from './trial-clock.ts';

const training: ScanProgram = {
  key: 'train',
  state: { w: { shape: [1] } },
  constants: {},
  steps: {},
  body: (state) => ({ state, outputs: {} }),
};
const evaluation: ScanProgram = { ...training, key: 'evaluate', state: {} };
const inputs: ScanInputs = { count: 1, state: {}, constants: {}, steps: {} };

/** Each run takes `runMs` of the test's clock, compiling takes half of that. */
function slowEngine(runMs: number): Engine {
  const take = <T>(ms: number, value: T): Promise<T> => {
    vi.advanceTimersByTime(ms);
    return Promise.resolve(value);
  };
  const scan: Scan = { run: () => take(runMs, { state: {}, outputs: {} }) };
  return { choice: { engine: 'eager', provider: 'cpu' }, library: 'none', prepare: () => take(runMs / 2, scan) };
}

test('what lies between the epochs, and behind the last, is not training', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const clock = new TrialClock();
    const engine = clock.watch(slowEngine(100));
    for (let epoch = 0; epoch < 2; epoch++) {
      const train = await engine.prepare(training);
      await train.run(inputs);
      // Making the next inputs belongs to training.
      vi.advanceTimersByTime(10);
      await train.run(inputs);
      await (await engine.prepare(evaluation)).run(inputs);
      // A checkpoint.
      vi.advanceTimersByTime(7);
    }
    vi.advanceTimersByTime(3);
    clock.stop();
    expect(clock.idleMs).toBe(2 * (50 + 100 + 7) + 3);
    expect(clock.evaluationMs).toBe(2 * (50 + 100));
    expect(clock.totalMs).toBe(2 * (50 + 210 + 157) + 3);
  } finally {
    vi.useRealTimers();
  }
});
