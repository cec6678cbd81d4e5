/** Issue 10, line 16: a coordinator whose lock file is deleted or replaced in mid-run ends, and leaves the next one alone. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hexId, sweepPlan } from './plans.ts';
import { AT, LATER, openTestReadModel, openTestStore, temporaryLayout } from './support.ts';

const LOST = expect.objectContaining({ code: 'STORE_LOCKED' }) as unknown;

test('issue 10, line 16: once the lock file is gone, nothing more is recorded', () => {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  store.savePlan(sweepPlan(2), AT);
  rmSync(layout.lock('beta'));
  expect(() => store.heartbeat(LATER)).toThrow(LOST);
  expect(() => store.claim(hexId(0), LATER)).toThrow(/coordinator\.lock was removed or replaced/);
});

test('issue 10, line 16: the run of a second coordinator is not ended by the first', () => {
  const layout = temporaryLayout();
  const first = openTestStore(layout);
  first.savePlan(sweepPlan(2), AT);
  rmSync(layout.lock('beta'));
  const second = openTestStore(layout);
  second.savePlan(sweepPlan(2), LATER);
  expect(() => first.finishRun('failed', LATER)).toThrow(LOST);
  first[Symbol.dispose]();
  second.heartbeat(LATER);
  expect(openTestReadModel(layout).snapshot('beta')!.sweep.state).toBe('running');
});
