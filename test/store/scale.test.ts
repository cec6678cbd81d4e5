import { expect, test } from 'vitest';
import type { EpochRecord } from '../../src/trial/trial.ts';
import { epochRecord, hexId, sweepPlan } from './plans.ts';
import { AT, openTestReadModel, openTestStore, temporaryLayout } from './support.ts';

/** Seconds of the fastest of three runs: what the machine can do when nobody else uses it. */
function fastest(action: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const start = performance.now();
    action();
    return (performance.now() - start) / 1000;
  });
  return Math.min(...times);
}

// Bounds are about twice the promised time, for machines that are busy with other tests.
test('10,000 trials are planned, queued and read in a moment', () => {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  const plan = sweepPlan(10_000);
  store.savePlan(plan, AT);
  const model = openTestReadModel(layout);
  expect(fastest(() => store.savePlan(plan, AT))).toBeLessThan(1);
  expect(fastest(() => store.queued())).toBeLessThan(0.6);
  expect(fastest(() => model.snapshot('beta'))).toBeLessThan(0.6);
  expect(fastest(() => model.idLength())).toBeLessThan(0.1);
  expect(model.snapshot('beta')!.trials).toHaveLength(10_000);
});

test('metrics are recorded by the hundred thousand a second', () => {
  const store = openTestStore(temporaryLayout());
  store.savePlan(sweepPlan(3), AT);
  const epochs: EpochRecord[] = Array.from({ length: 25_000 }, (_, index) => epochRecord(index + 1, -90));
  let trial = 0;
  const seconds = fastest(() => {
    const id = hexId(trial++);
    store.recordEpochs(id, store.beginAttempt(id, AT), epochs);
  });
  expect((4 * epochs.length) / seconds).toBeGreaterThan(100_000);
});
