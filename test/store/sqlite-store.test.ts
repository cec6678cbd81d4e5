import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ResultsLayout } from '../../src/paths.ts';
import { openStore, type SqliteStore } from '../../src/store/sqlite-store.ts';
import type { AttemptEnd } from '../../src/store/store.ts';
import { canMove, TRIAL_STATES } from '../../src/trial/state.ts';
import { epochRecord, hexId, sweepPlan, trialPlan } from './plans.ts';
import { completeTrial, openTestReadModel, openTestStore, summaryOf, temporaryLayout } from './support.ts';

const AT = new Date('2026-11-21T10:00:00.000Z');
const LATER = new Date('2026-11-21T11:00:00.000Z');
const ENDS = TRIAL_STATES.filter((state) => state !== 'running');
const SUMMARY = summaryOf([epochRecord(1, -90)]);
const UNCHANGED = { created: false, added: 0, reused: 0, dropped: 0, recovered: 0, retried: 0 };

function begin(store: SqliteStore, trialId: string): number {
  return store.beginAttempt(trialId, { device: 'cpu', startedAt: AT });
}

function end(state: AttemptEnd['state'], cause: string | null = 'a reason'): AttemptEnd {
  const base = { endedAt: LATER, state, cause: state === 'completed' ? null : cause };
  return state === 'completed' ? { ...base, summary: SUMMARY } : base;
}

/** Takes trial 0 of a new sweep through one epoch to `state`. */
function sweepWithTrialIn(state: AttemptEnd['state']): { layout: ResultsLayout; store: SqliteStore } {
  const layout = temporaryLayout();
  const store = openTestStore(layout);
  store.savePlan(sweepPlan(2), AT);
  const attempt = begin(store, hexId(0));
  store.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
  store.endAttempt(hexId(0), attempt, end(state));
  return { layout, store };
}

const queuedIds = (store: SqliteStore): string[] => store.queued().map(({ plan }) => plan.id);

describe('savePlan', () => {
  test('queues a new sweep in dispatch order, with plans as they were given', () => {
    const store = openTestStore(temporaryLayout());
    const plan = sweepPlan([trialPlan(5), trialPlan(1), trialPlan(3)]);
    expect(store.savePlan(plan, AT)).toEqual({ ...UNCHANGED, created: true, added: 3, kept: 0 });
    expect(store.queued()).toEqual(plan.trials.map((trial) => ({ plan: trial, attempts: 0 })));
  });

  test('changes nothing the second time', () => {
    const store = openTestStore(temporaryLayout());
    store.savePlan(sweepPlan(3), AT);
    const before = store.queued();
    expect(store.savePlan(sweepPlan(3), LATER)).toEqual({ ...UNCHANGED, kept: 3 });
    expect(store.queued()).toEqual(before);
  });

  test('drops what the plan no longer names, reorders the rest, and takes dropped trials back with their results', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(3), AT);
    completeTrial(store, hexId(0), [-90], AT);
    const narrowed = sweepPlan([trialPlan(2), trialPlan(9), trialPlan(1)]);
    expect(store.savePlan(narrowed, AT)).toEqual({ ...UNCHANGED, added: 1, kept: 2, dropped: 1 });
    expect(queuedIds(store)).toEqual([hexId(2), hexId(9), hexId(1)]);
    const model = openTestReadModel(layout);
    expect(model.countsByState('beta').completed).toBe(0);

    expect(store.savePlan(sweepPlan(3), AT)).toEqual({ ...UNCHANGED, kept: 3, dropped: 1 });
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({ id: hexId(0), state: 'completed', bestEpoch: 1 });
  });

  test('closes what a vanished coordinator left running and queues it again', () => {
    const layout = temporaryLayout();
    const vanished = openStore(layout, 'beta');
    vanished.savePlan(sweepPlan(2), AT);
    const attempt = begin(vanished, hexId(0));
    vanished.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
    vanished[Symbol.dispose]();

    const store = openTestStore(layout);
    expect(store.savePlan(sweepPlan(2), LATER)).toEqual({ ...UNCHANGED, kept: 2, recovered: 1 });
    expect(store.queued()[0]).toMatchObject({ plan: { id: hexId(0) }, attempts: 1 });
    const model = openTestReadModel(layout);
    expect(model.attempts('beta', hexId(0))).toMatchObject([
      { attempt: 1, outcome: 'lost', cause: 'coordinator vanished', endedAt: LATER },
    ]);
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({ epochs: 1, bestEpoch: 1 });
  });

  test.each(['failed', 'cancelled'] as const)('queues a %s trial again', (state) => {
    const { layout, store } = sweepWithTrialIn(state);
    expect(store.savePlan(sweepPlan(2), LATER)).toEqual({ ...UNCHANGED, kept: 2, retried: 1 });
    expect(queuedIds(store)).toEqual([hexId(0), hexId(1)]);
    expect(openTestReadModel(layout).snapshot('beta')!.trials[0]!.cause).toBeNull();
  });

  test.each(['completed', 'pruned', 'diverged'] as const)('leaves a %s trial alone', (state) => {
    const { store } = sweepWithTrialIn(state);
    expect(store.savePlan(sweepPlan(2), LATER)).toEqual({ ...UNCHANGED, kept: 2 });
    expect(queuedIds(store)).toEqual([hexId(1)]);
  });

  test('takes over what another sweep completed, naming the sweep whose folder has the files', () => {
    const layout = temporaryLayout();
    const first = openTestStore(layout, 'first');
    first.savePlan(sweepPlan(2, 'first'), AT);
    completeTrial(first, hexId(0), [-95, -90, -92], AT);
    first.recordTest(hexId(0), { 'test/elbo': -91 });
    const model = openTestReadModel(layout);
    const original = model.snapshot('first')!.trials[0]!;

    for (const name of ['second', 'third']) {
      const store = openTestStore(layout, name);
      expect(store.savePlan(sweepPlan(2, name), AT)).toMatchObject({ added: 2, reused: 1 });
      expect(queuedIds(store)).toEqual([hexId(1)]);
      const trial = model.snapshot(name)!.trials[0]!;
      expect(trial).toEqual({ ...original, sweep: name, attempts: 0, device: null, reusedFrom: 'first' });
      expect([...model.metrics(name, hexId(0))]).toEqual([...model.metrics('first', hexId(0))]);
    }
  });

  test('is all or nothing', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(2), AT);
    // The same trial twice can't be saved, and is found only after others were.
    const broken = sweepPlan([trialPlan(7), trialPlan(8), trialPlan(7)]);
    expect(() => store.savePlan({ ...broken, specText: 'changed' }, LATER)).toThrow();
    expect(queuedIds(store)).toEqual([hexId(0), hexId(1)]);
    expect(openTestReadModel(layout).snapshot('beta')!.sweep.specText).toBe('name: beta\n');
  });

  test('refuses the plan of another sweep', () => {
    const store = openTestStore(temporaryLayout(), 'beta');
    expect(() => store.savePlan(sweepPlan(1, 'gamma'), AT)).toThrow('gamma');
  });
});

describe('attempts', () => {
  test('are numbered, and each has its own row', () => {
    const { layout, store } = sweepWithTrialIn('queued');
    const second = store.beginAttempt(hexId(0), { device: 'gpu:1', startedAt: LATER });
    expect(second).toBe(2);
    store.attemptStarted(hexId(0), second, { engine: 'eager', provider: 'cuda' });
    const model = openTestReadModel(layout);
    expect(model.attempts('beta', hexId(0))).toEqual([
      {
        attempt: 1,
        device: 'cpu',
        engine: null,
        startedAt: AT,
        endedAt: LATER,
        outcome: 'requeued',
        cause: 'a reason',
      },
      {
        attempt: 2,
        device: 'gpu:1',
        engine: 'eager/cuda',
        startedAt: LATER,
        endedAt: null,
        outcome: null,
        cause: null,
      },
    ]);
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({ state: 'running', device: 'gpu:1', attempts: 2 });
  });

  test.each(ENDS)('may end as %s', (state) => {
    const { layout } = sweepWithTrialIn(state);
    const trial = openTestReadModel(layout).snapshot('beta')!.trials[0]!;
    expect(trial.state).toBe(state);
    expect(trial.cause).toBe(state === 'completed' ? null : 'a reason');
  });

  test.each(ENDS.filter((state) => !canMove(state, 'running')))('do not begin on a %s trial', (state) => {
    const { store } = sweepWithTrialIn(state);
    expect(() => begin(store, hexId(0))).toThrow(`can't go from ${state} to running`);
  });

  test('do not begin twice', () => {
    const store = openTestStore(temporaryLayout());
    store.savePlan(sweepPlan(1), AT);
    begin(store, hexId(0));
    expect(() => begin(store, hexId(0))).toThrow("can't go from running to running");
  });

  test('write nothing once they are closed, also when a later attempt runs', () => {
    const { layout, store } = sweepWithTrialIn('queued');
    const late = [
      () => store.recordEpochs(hexId(0), 1, [epochRecord(2, -80)]),
      () => store.endAttempt(hexId(0), 1, end('failed')),
      () => store.attemptStarted(hexId(0), 1, { engine: 'compiled', provider: 'cpu' }),
    ];
    for (const write of late) expect(write).toThrow('Attempt 1');
    begin(store, hexId(0));
    for (const write of late) expect(write).toThrow('Attempt 1');
    expect(openTestReadModel(layout).snapshot('beta')!.trials[0]).toMatchObject({ state: 'running', epochs: 1 });
  });

  test('complete with a summary, and only then', () => {
    const store = openTestStore(temporaryLayout());
    store.savePlan(sweepPlan(1), AT);
    const attempt = begin(store, hexId(0));
    store.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
    const bare = { endedAt: AT, cause: null };
    expect(() => store.endAttempt(hexId(0), attempt, { ...bare, state: 'completed' })).toThrow('without a summary');
    expect(() => store.endAttempt(hexId(0), attempt, { ...bare, state: 'failed', summary: SUMMARY })).toThrow('with a');
    store.endAttempt(hexId(0), attempt, end('completed'));
  });

  test('do not complete with a best epoch that was never recorded, and stay open', () => {
    const store = openTestStore(temporaryLayout());
    store.savePlan(sweepPlan(1), AT);
    const attempt = begin(store, hexId(0));
    expect(() => store.endAttempt(hexId(0), attempt, end('completed'))).toThrow('never recorded');
    store.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
    store.endAttempt(hexId(0), attempt, end('completed'));
  });

  test('of an unknown trial, or before any plan, are an error', () => {
    const store = openTestStore(temporaryLayout());
    expect(() => begin(store, hexId(0))).toThrow('no plan');
    store.savePlan(sweepPlan(1), AT);
    expect(() => begin(store, hexId(77))).toThrow(`no trial ${hexId(77)}`);
  });
});

describe('recordTest', () => {
  test('adds test metrics at the best epoch once', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(1), AT);
    completeTrial(store, hexId(0), [-90, -80, -85], AT);
    store.recordTest(hexId(0), { 'test/elbo': -81 });
    store.recordTest(hexId(0), { 'test/elbo': -1, 'test/kl': 12 });
    const rows = [...openTestReadModel(layout).metrics('beta')].filter(({ name }) => name.startsWith('test/'));
    expect(rows.map(({ epoch, name, value }) => [epoch, name, value])).toEqual([
      [2, 'test/elbo', -81],
      [2, 'test/kl', 12],
    ]);
  });

  test('refuses a trial that is not completed, and metrics of another split', () => {
    const { store } = sweepWithTrialIn('pruned');
    expect(() => store.recordTest(hexId(0), { 'test/elbo': -1 })).toThrow('pruned');
    expect(() => store.recordTest(hexId(0), { 'val/elbo': -1 })).toThrow('val/elbo');
  });
});

describe('the results folder', () => {
  test('is made by the first sweep', () => {
    const layout = temporaryLayout();
    openTestStore(new ResultsLayout(path.join(layout.root, 'deep', 'er')));
  });

  test('that cannot be made is told with its path', () => {
    const layout = temporaryLayout();
    writeFileSync(layout.root, 'a file');
    expect(() => openStore(layout, 'beta')).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    expect(() => openStore(layout, 'beta')).toThrow(layout.root);
  });

  test('that is moved away stops the run, and nothing is recorded elsewhere', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(1), AT);
    renameSync(layout.root, `${layout.root}-moved`);
    expect(() => begin(store, hexId(0))).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    renameSync(`${layout.root}-moved`, layout.root);
    expect(begin(store, hexId(0))).toBe(1);
  });

  test('is free for the next coordinator when opening the database failed', () => {
    const layout = temporaryLayout();
    const blocked = openTestStore(layout, 'other');
    blocked[Symbol.dispose]();
    renameSync(layout.database, `${layout.database}-good`);
    writeFileSync(layout.database, 'not a database, but longer than the header of one: '.repeat(9));
    expect(() => openStore(layout, 'beta')).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    renameSync(`${layout.database}-good`, layout.database);
    openTestStore(layout, 'beta');
  });
});
