import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { stopwatch } from '../../src/training/stopwatch.ts';

/** Until the watch has seen so many seconds of this thread's CPU. */
function workUntil(taken: ReturnType<typeof stopwatch>, cpuSeconds: number): void {
  while (taken().cpuSeconds! < cpuSeconds) Math.sqrt(Math.random());
}

test('goes on from what was taken before, and what was not known stays so', () => {
  const taken = stopwatch({ seconds: 10, cpuSeconds: 5 });
  workUntil(taken, 5.01);
  expect(taken().seconds).toBeGreaterThan(10);
  expect(stopwatch({ seconds: 10, cpuSeconds: null })().cpuSeconds).toBeNull();
  // As in a checkpoint of an earlier version.
  expect(stopwatch({ seconds: 10 })().cpuSeconds).toBeNull();
});

test('what is written over what it began with changes nothing', () => {
  const state = { seconds: 10, cpuSeconds: 5 };
  const taken = stopwatch(state);
  workUntil(taken, 5.01);
  Object.assign(state, { seconds: 1000, cpuSeconds: 1000 });
  expect(taken().seconds).toBeLessThan(1000);
  expect(taken().cpuSeconds).toBeLessThan(1000);
});

const WORK = `for (let x = 0; process.threadCpuUsage().user < 5e5; ) for (let i = 0; i < 1e6; i++) x += Math.sqrt(i);`;

test("counts this thread's CPU alone", async () => {
  const taken = stopwatch({ seconds: 0, cpuSeconds: 0 });
  const worker = new Worker(WORK, { eval: true });
  await new Promise((resolve) => worker.once('exit', resolve));
  // The other thread took half a second; this one started it and waited.
  expect(taken().cpuSeconds!).toBeLessThan(0.5);
});
