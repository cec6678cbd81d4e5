import { expect, test } from 'vitest';
import { systemClock } from '../../src/scheduler/clock.ts';

test('the system’s timers fire in order, unless they were cancelled', async () => {
  const fired: string[] = [];
  const startedMs = systemClock.monotonicMs();
  const cancel = systemClock.setTimer(1, () => fired.push('cancelled'));
  cancel();
  await new Promise<void>((resolve) => {
    systemClock.setTimer(20, () => {
      fired.push('late');
      resolve();
    });
    systemClock.setTimer(1, () => fired.push('early'));
  });
  expect(fired).toEqual(['early', 'late']);
  expect(systemClock.monotonicMs()).toBeGreaterThan(startedMs);
  const beforeMs = Date.now();
  const nowMs = systemClock.now().getTime();
  expect(nowMs >= beforeMs && nowMs <= Date.now()).toBe(true);
});
