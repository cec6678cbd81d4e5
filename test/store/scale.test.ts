import { expect, test } from 'vitest';
import type { EpochRecord } from '../../src/trial/trial.ts';
import { epochRecord, hexId, sweepPlan } from './plans.ts';
import { AT, openTestReadModel, openTestStore, temporaryLayout } from './support.ts';

// How long these take is the bench's to judge: cases `status-report`, `resume` and `metric-rows`.
test('10,000 trials are planned twice, queued and read', () => {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  const plan = sweepPlan(10_000);
  store.savePlan(plan, AT);
  store.savePlan(plan, AT);
  const model = openTestReadModel(layout);
  expect(store.queued()).toHaveLength(10_000);
  expect(model.snapshot('beta')!.trials).toHaveLength(10_000);
});

test('25,000 epochs are recorded at once', () => {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  store.savePlan(sweepPlan(1), AT);
  const epochs: EpochRecord[] = Array.from({ length: 25_000 }, (_, index) => epochRecord(index + 1, -90));
  store.recordEpochs(hexId(0), store.beginAttempt(hexId(0), AT), epochs);
  expect([...openTestReadModel(layout).metrics('beta', hexId(0))]).toHaveLength(4 * epochs.length);
});
