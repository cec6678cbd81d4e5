/** Sweeps of one database that want the same trials. */
import type { ChildProcess } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { SqliteStore } from '../../src/store/sqlite-store.ts';
import type { Claim, SweepStore } from '../../src/store/store.ts';
import { startChild } from './children.ts';
import { hexId, epochRecord, sweepPlan } from './plans.ts';
import { AT, completeTrial, end, LATER, openTestReadModel, openTestStore, temporaryLayout } from './support.ts';

function stores(...names: readonly string[]) {
  const layout = temporaryLayout();
  const opened = names.map((name) => {
    const store = openTestStore(layout, name);
    store.savePlan(sweepPlan(2, name), AT);
    return store;
  });
  return { layout, stores: opened as [SqliteStore, SqliteStore, SqliteStore] };
}

describe('a claim', () => {
  test('begins an attempt where no other sweep has the trial, or has only planned it', () => {
    const [a, b] = stores('a', 'b').stores;
    expect(a.claim(hexId(0), AT)).toEqual({ kind: 'begun', attempt: 1 });
    expect(b.claim(hexId(1), AT)).toEqual({ kind: 'begun', attempt: 1 });
    expect(() => a.claim(hexId(0), AT)).toThrow("can't go from running to running");
  });

  test('is refused while another sweep’s attempt is open, naming its coordinator, and changes nothing', () => {
    const { layout, stores: opened } = stores('a', 'b');
    const [a, b] = opened;
    a.claim(hexId(0), AT);
    const by = { sweep: 'a', pid: process.pid, silent: false };
    expect(b.claim(hexId(0), AT)).toMatchObject({ kind: 'held', by });
    expect(b.claim(hexId(0), new Date(AT.getTime() + 61_000))).toMatchObject({ by: { ...by, silent: true } });
    expect(b.queued()).toEqual([hexId(0), hexId(1)]);
    expect(openTestReadModel(layout).attempts('b', hexId(0))).toEqual([]);
  });

  test.each(['queued', 'failed', 'cancelled', 'diverged', 'pruned'] as const)(
    'is free again when the other sweep’s attempt ended without a result: %s',
    (state) => {
      const [a, b] = stores('a', 'b').stores;
      a.beginAttempt(hexId(0), AT);
      a.endAttempt(hexId(0), 1, end(state));
      expect(b.claim(hexId(0), AT)).toEqual({ kind: 'begun', attempt: 1 });
    },
  );

  test('takes a result over, from the sweep that trained it, and says what it is', () => {
    const { layout, stores: opened } = stores('z', 'a', 'm');
    const [z, a, m] = opened;
    m.beginAttempt(hexId(0), AT);
    m.recordEpochs(hexId(0), 1, [epochRecord(1, -50)]);
    m.endAttempt(hexId(0), 1, end('queued'));
    completeTrial(z, hexId(0), [-90, -80, -85], LATER);
    const summary = {
      ...{ bestEpoch: 2, epochs: 3, metrics: epochRecord(2, -80).metrics },
      ...{ klPerDimension: [1.5, 0.5], trainableWeights: 1234 },
    };
    expect(a.claim(hexId(0), LATER)).toEqual({ kind: 'reused', from: 'z', attempts: 0, summary });
    expect(m.claim(hexId(0), LATER)).toEqual({ kind: 'reused', from: 'z', attempts: 1, summary });

    const model = openTestReadModel(layout);
    const metrics = [...model.metrics('z', hexId(0))];
    for (const name of ['a', 'm']) {
      expect(model.snapshot(name)!.trials[0]).toMatchObject({ state: 'completed', cause: null, reusedFrom: 'z' });
      expect([...model.metrics(name, hexId(0))]).toEqual(metrics);
    }
    expect(model.attempts('a', hexId(0))).toEqual([]);
  });

  test('comes after the death of the coordinator whose row still says running', async () => {
    const layout = temporaryLayout();
    const dying = startChild('run-sweep.ts', [layout.root, 'a', '2', '1000000']);
    while ((await dying.nextLine()) !== `epoch ${hexId(0)} 1`);
    const store = openTestStore(layout, 'b');
    store.savePlan(sweepPlan(2, 'b'), AT);
    expect(claimBesideStopped(store, dying.process)).toMatchObject({
      kind: 'held',
      by: { sweep: 'a', pid: dying.process.pid },
    });
    await dying.kill();
    expect(store.claim(hexId(0), AT)).toEqual({ kind: 'begun', attempt: 1 });

    const resumed = openTestStore(layout, 'a');
    resumed.savePlan(sweepPlan(2, 'a'), LATER);
    expect(resumed.claim(hexId(0), LATER)).toMatchObject({ kind: 'held', by: { sweep: 'b' } });
  });

  test('is one of any number of processes that ask at the same time', async () => {
    const layout = temporaryLayout();
    const count = 300;
    const children = ['a', 'b', 'c'].map((name) => startChild('claim-trials.ts', [layout.root, name, `${count}`]));
    for (const child of children) expect(await child.nextLine()).toBe('ready');
    for (const child of children) child.say('go');
    const begun: string[] = [];
    for (const child of children) {
      for (let line = await child.nextLine(); line !== 'done'; line = await child.nextLine()) begun.push(line!);
    }
    expect(begun.toSorted()).toEqual(Array.from({ length: count }, (_, index) => hexId(index)));
  });
});

/** What a claim comes to beside a process that is stopped, at a moment when it isn't in the middle of a write. */
function claimBesideStopped(store: SweepStore, writer: ChildProcess): Claim {
  for (;;) {
    writer.kill('SIGSTOP');
    try {
      return store.claim(hexId(0), AT);
    } catch (error) {
      if (!String(error).includes('database is locked')) throw error;
      writer.kill('SIGCONT');
    }
  }
}
