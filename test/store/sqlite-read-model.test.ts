import { chmodSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ResultsLayout } from '../../src/files/paths.ts';
import type { SweepSnapshot } from '../../src/store/read-model.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { startChild } from './children.ts';
import { epochRecord, hexId, sweepPlan, trialPlan } from './plans.ts';
import { AT, LATER, completeTrial, countsOf, openTestReadModel, openTestStore, temporaryLayout } from './support.ts';

function secondsAfter(date: Date, seconds: number): Date {
  return new Date(date.getTime() + 1000 * seconds);
}

describe('openReadModel', () => {
  test('tells where it looked when nothing was recorded', () => {
    const layout = temporaryLayout();
    expect(() => openReadModel(layout)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(() => openReadModel(layout)).toThrow(layout.root);
  });

  test('sees what a coordinator has recorded so far, and writes nothing itself', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(2), AT);
    const model = openTestReadModel(layout);
    expect(countsOf(model, 'beta')).toMatchObject({ queued: 2, running: 0 });
    const attempt = store.beginAttempt(hexId(0), AT);
    expect(countsOf(model, 'beta')).toMatchObject({ queued: 1, running: 1 });
    store.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
    expect([...model.metrics('beta', hexId(0))]).toHaveLength(4);
  });

  /** Makes the folder read-only, also for root: whose effective user becomes nobody until the test ends. */
  function makeReadOnly(layout: ResultsLayout): void {
    chmodSync(path.dirname(layout.root), 0o755);
    chmodSync(layout.root, 0o555);
    const wasRoot = process.geteuid!() === 0;
    if (wasRoot) process.seteuid!(65_534);
    onTestFinished(() => {
      if (wasRoot) process.seteuid!(0);
      chmodSync(layout.root, 0o755);
    });
  }

  test.each(['finished', 'killed'] as const)('reads a read-only folder after its coordinator was %s', async (how) => {
    const layout = temporaryLayout();
    const child = startChild('run-sweep.ts', [layout.root, 'beta', '2', '3']);
    if (how === 'finished') await child.end();
    else {
      while ((await child.nextLine()) !== `completed ${hexId(0)}`);
      await child.kill();
    }
    makeReadOnly(layout);
    // Of this user: other tests copy meanwhile, too.
    const copies = (): string[] =>
      readdirSync(tmpdir())
        .filter((name) => name.startsWith('vae-sweep-read-'))
        .filter((name) => statSync(path.join(tmpdir(), name), { throwIfNoEntry: false })?.uid === process.geteuid!());
    const before = copies();
    const model = openReadModel(layout);
    const made = copies().filter((name) => !before.includes(name));
    // What was killed may leave the log's shared memory, by which SQLite reads the database where it lies.
    if (how === 'finished') expect(made).toHaveLength(1);
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({ state: 'completed', epochs: 3 });
    model[Symbol.dispose]();
    expect(copies().filter((name) => made.includes(name))).toEqual([]);
  });
});

describe('sweeps', () => {
  test('are the newest first by their last start', () => {
    const layout = temporaryLayout();
    const [first, second] = ['first', 'second'].map((name) => openTestStore(layout, name));
    first!.savePlan(sweepPlan(1, 'first'), AT);
    second!.savePlan(sweepPlan(1, 'second'), secondsAfter(AT, 1));
    const model = openTestReadModel(layout);
    expect(model.sweeps().map(({ name }) => name)).toEqual(['second', 'first']);
    first!.savePlan(sweepPlan(1, 'first'), secondsAfter(AT, 2));
    expect(model.sweeps().map(({ name }) => name)).toEqual(['first', 'second']);
  });

  test('hold what the plan said, and keep their first start', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(1), AT);
    store.savePlan({ ...sweepPlan(1), evaluateTest: 'all' }, LATER);
    expect(openTestReadModel(layout, () => LATER).sweeps()).toEqual([
      {
        name: 'beta',
        state: 'running',
        objective: { metric: 'val/elbo', goal: 'maximize' },
        evaluateTest: 'all',
        plannedTrials: null,
        specText: 'name: beta\n',
        overrides: ['train.epochs=3'],
        swept: ['beta', 'latent_dim'],
        datasetFingerprint: 'f00d',
        createdAt: AT,
        startedAt: LATER,
        endedAt: null,
        coordinator: { host: expect.any(String) as string, pid: process.pid, heartbeatAt: LATER },
        tags: [],
        note: null,
      },
    ]);
  });

  test.each(['finished', 'interrupted', 'failed'] as const)('end as %s', (state) => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(1), AT);
    store.finishRun(state, LATER);
    expect(openTestReadModel(layout).sweeps()).toMatchObject([{ state, endedAt: LATER, coordinator: null }]);
  });

  test('issue 9, line 14: on another host are running while heartbeats come, interrupted a minute after the last', () => {
    const layout = temporaryLayout();
    const store = openStore(layout, 'beta');
    store.savePlan(sweepPlan(1), AT);
    store.beginAttempt(hexId(0), AT);
    // As the folder of another host looks from here: its lock holds nobody off.
    store[Symbol.dispose]();
    const db = new Database(layout.database);
    const heartbeat = db.prepare(`UPDATE sweeps SET host = 'elsewhere', heartbeat_at = ?`);
    onTestFinished(() => void db.close());
    let now = AT;
    const model = openTestReadModel(layout, () => now);
    const states = (): unknown[] => {
      const { sweep, trials } = model.snapshot('beta')!;
      return [sweep.state, trials[0]!.state, model.attempts('beta', hexId(0))[0]!.outcome];
    };
    for (const [seconds, expected] of [
      [-3600, ['running', 'running', null]],
      [60, ['running', 'running', null]],
      [61, ['interrupted', 'queued', 'lost']],
    ] as const) {
      now = secondsAfter(AT, seconds);
      heartbeat.run(AT.toISOString());
      expect(states()).toEqual(expected);
    }
    heartbeat.run(secondsAfter(AT, 50).toISOString());
    expect(states()).toEqual(['running', 'running', null]);
  });

  test('issue 9, line 14: on this host are running as long as their coordinator holds the lock, whatever the clocks say', () => {
    const layout = temporaryLayout();
    const store = openStore(layout, 'beta');
    store.savePlan(sweepPlan(1), AT);
    const model = openTestReadModel(layout, () => secondsAfter(AT, 86_400));
    expect(model.sweeps()).toMatchObject([{ state: 'running' }]);
    // Looking has not loosened the lock.
    expect(() => openStore(layout, 'beta')).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
    store[Symbol.dispose]();
    // This process lives on, and is the coordinator no more.
    expect(model.sweeps()).toMatchObject([{ state: 'interrupted', coordinator: { pid: process.pid } }]);
  });

  test('are interrupted at once when their coordinator was killed on this host', async () => {
    const layout = temporaryLayout();
    const child = startChild('run-sweep.ts', [layout.root, 'beta', '9', '999']);
    while ((await child.nextLine()) !== 'plan');
    const model = openTestReadModel(layout);
    expect(model.sweeps()).toMatchObject([{ state: 'running', coordinator: { pid: child.process.pid } }]);
    await child.kill();
    expect(model.sweeps()).toMatchObject([{ state: 'interrupted', coordinator: { pid: child.process.pid } }]);
  });
});

describe('trials', () => {
  test('come in plan order, as they were planned', () => {
    const layout = temporaryLayout();
    const plan = sweepPlan([trialPlan(7), trialPlan(3), trialPlan(5)]);
    openTestStore(layout).savePlan(plan, AT);
    const { trials } = openTestReadModel(layout).snapshot('beta')!;
    expect(trials).toMatchObject(plan.trials);
    expect(trials[0]).toMatchObject({ params: { beta: 8, latent_dim: 10 }, metrics: {}, klPerDimension: null });
  });

  test('carry the objective of every split and nothing else, where that is all that is asked for', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(2), AT);
    completeTrial(store, hexId(0), [-90, -80, -85], AT);
    store.recordTest(hexId(0), { 'test/elbo': -81, 'test/kl': 12 });
    const model = openTestReadModel(layout);
    const [whole, lean] = [model.snapshot('beta')!, model.snapshot('beta', 'objective')!];
    expect(lean.trials.map(({ metrics }) => metrics)).toEqual([
      { 'train/elbo': -79, 'val/elbo': -80, 'test/elbo': -81 },
      {},
    ]);
    const withoutMetrics = ({ sweep, trials }: SweepSnapshot) => [
      sweep,
      trials.map((trial) => ({ ...trial, metrics: {}, lastElbo: null })),
    ];
    expect(withoutMetrics(lean)).toEqual(withoutMetrics(whole));
    expect(whole.trials.map(({ lastElbo }) => lastElbo)).toEqual([-85, null]);
  });

  test('of a sweep that is not there are undefined, and none', () => {
    const layout = temporaryLayout();
    openTestStore(layout).savePlan(sweepPlan(1), AT);
    const model = openTestReadModel(layout);
    expect(model.snapshot('gamma')).toBeUndefined();
    expect([...model.metrics('gamma')]).toEqual([]);
    expect(model.attempts('gamma', hexId(0))).toEqual([]);
  });

  test('are found by the start of their id, in all sweeps or one', () => {
    const layout = temporaryLayout();
    const abc = { ...trialPlan(0), id: 'abc0000000000000' };
    const abd = { ...trialPlan(1), id: 'abd0000000000000' };
    openTestStore(layout, 'first').savePlan(sweepPlan([abc, abd], 'first'), AT);
    openTestStore(layout, 'second').savePlan(sweepPlan([abd], 'second'), AT);
    const model = openTestReadModel(layout);
    const found = (prefix: string, sweep?: string): string[] =>
      model.trialsByPrefix(prefix, sweep).map((trial) => `${trial.sweep}/${trial.id.slice(0, 3)}`);
    expect(found('ab')).toEqual(['first/abc', 'first/abd', 'second/abd']);
    expect(found('abd')).toEqual(['first/abd', 'second/abd']);
    expect(found('abd0000000000000', 'second')).toEqual(['second/abd']);
    expect(found('abe')).toEqual([]);
    expect(found('%')).toEqual([]);
  });
});

describe('metrics', () => {
  test('come by trial in plan order, then epoch, then name, and leave the model free for other questions', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan([trialPlan(2), trialPlan(1)]), AT);
    for (const id of [hexId(1), hexId(2)]) completeTrial(store, id, [-90, -80], AT);
    const model = openTestReadModel(layout);
    const order: string[] = [];
    for (const { trial, epoch, name } of model.metrics('beta')) {
      expect(model.attempts('beta', trial)).toHaveLength(1);
      order.push(`${trial === hexId(2) ? 0 : 1} ${epoch} ${name}`);
    }
    expect(order).toHaveLength(16);
    expect(order).toEqual(order.toSorted());
  });
});
