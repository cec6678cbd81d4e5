import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { leaveWindow, openWindow } from '../../src/executor/event-window.ts';
import { fixtureUrl } from '../fixtures/executor-options.ts';

test('a producer waits while 256 events are unsent, and goes on as they leave', async () => {
  const inFlight = openWindow();
  const thread = new Worker(new URL(fixtureUrl('executor-window-thread.ts')), {
    workerData: { inFlight, places: 300 },
    execArgv: [],
  });
  const ended = once(thread, 'exit');
  await expect.poll(() => Atomics.load(inFlight, 0)).toBe(256);
  leaveWindow(inFlight, 100);
  await ended;
  expect(Atomics.load(inFlight, 0)).toBe(200);
});
