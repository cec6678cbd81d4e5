import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStore, type SqliteStore } from '../../src/store/sqlite-store.ts';
import { epochRecord, hexId, sweepPlan, trialPlan } from './plans.ts';
import {
  AT,
  LATER,
  begin,
  completeTrial,
  countsOf,
  openTestReadModel,
  openTestStore,
  sweepWithTrialIn,
  temporaryLayout,
} from './support.ts';

const UNCHANGED = { created: false, added: 0, reused: 0, dropped: 0, recovered: 0, retried: 0 };

const queuedIds = (store: SqliteStore): string[] => store.queued();

describe('savePlan', () => {
  test('queues a new sweep in dispatch order, with plans as they were given', () => {
    const store = openTestStore(temporaryLayout());
    const plan = sweepPlan([trialPlan(5), trialPlan(1), trialPlan(3)]);
    expect(store.savePlan(plan, AT)).toEqual({ ...UNCHANGED, created: true, added: 3, kept: 0 });
    expect(store.queued()).toEqual(plan.trials.map(({ id }) => id));
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
    expect(countsOf(model, 'beta').completed).toBe(0);

    expect(store.savePlan(sweepPlan(3), AT)).toEqual({ ...UNCHANGED, kept: 3, dropped: 1 });
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({ id: hexId(0), state: 'completed', bestEpoch: 1 });
  });

  test('puts the trials of any plan in its order, whatever the plans before named', () => {
    const plans = fc.array(fc.uniqueArray(fc.nat(5)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plans, (named) => {
        const layout = temporaryLayout();
        const store = openStore(layout, 'beta');
        for (const indices of named) store.savePlan(sweepPlan(indices.map((index) => trialPlan(index))), AT);
        expect(queuedIds(store)).toEqual(named.at(-1)!.map(hexId));
        store[Symbol.dispose]();
      }),
      { numRuns: 40 },
    );
  });

  test('issue 10, leftovers: closes what a coordinator that is gone left running and queues it again', () => {
    const layout = temporaryLayout();
    const vanished = openStore(layout, 'beta');
    vanished.savePlan(sweepPlan(2), AT);
    const attempt = begin(vanished, hexId(0));
    vanished.recordEpochs(hexId(0), attempt, [epochRecord(1, -90)]);
    vanished[Symbol.dispose]();

    const store = openTestStore(layout);
    expect(store.savePlan(sweepPlan(2), LATER)).toEqual({ ...UNCHANGED, kept: 2, recovered: 1 });
    expect(store.queued()[0]).toBe(hexId(0));
    const model = openTestReadModel(layout);
    expect(model.attempts('beta', hexId(0))).toMatchObject([
      { attempt: 1, outcome: 'lost', cause: 'its coordinator is gone', endedAt: AT },
    ]);
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({ epochs: 1, bestEpoch: 1 });
  });

  test('runs that were killed are as long as they were known to live', () => {
    const layout = temporaryLayout();
    const provenance = { host: 'h', versions: {}, platform: 'linux-x64', processor: 'P', cores: 2, git: null };
    const minutes = (after: number): Date => new Date(AT.getTime() + 60_000 * after);
    const live = (from: number, beat: number): void => {
      using store = openStore(layout, 'beta');
      store.savePlan(sweepPlan(2), minutes(from));
      store.beginRun(provenance);
      store.beginAttempt(hexId(0), minutes(from + 1));
      store.heartbeat(minutes(beat));
    };
    live(0, 20);
    live(300, 307);
    const lengths = (): number[] =>
      openTestReadModel(layout)
        .runs('beta')
        .map(({ startedAt, seenAt }) => (seenAt.getTime() - startedAt.getTime()) / 60_000);
    expect(lengths()).toEqual([20, 7]);
    live(900, 901);
    expect(lengths()).toEqual([20, 7, 1]);
  });

  test.each(['failed', 'cancelled'] as const)('queues a %s trial again', (state) => {
    const { layout, store } = sweepWithTrialIn(state);
    expect(store.savePlan(sweepPlan(2), LATER)).toEqual({ ...UNCHANGED, kept: 2, retried: 1 });
    expect(queuedIds(store)).toEqual([hexId(0), hexId(1)]);
    expect(openTestReadModel(layout).snapshot('beta')!.trials[0]!.cause).toBeNull();
  });

  test('queues what was pruned again, where nothing prunes it now', () => {
    const { store } = sweepWithTrialIn('pruned');
    expect(store.savePlan(sweepPlan(2), LATER)).toEqual({ ...UNCHANGED, kept: 2 });
    expect(queuedIds(store)).toEqual([hexId(0), hexId(1)]);
  });

  test.each(['completed', 'diverged'] as const)('leaves a %s trial alone', (state) => {
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
      expect(trial).toEqual({ ...original, sweep: name, reusedFrom: 'first' });
      expect([...model.metrics(name, hexId(0))]).toEqual([...model.metrics('first', hexId(0))]);
    }
  });

  test('takes over what another sweep completed while this one had it queued, in place of its own epochs', () => {
    const layout = temporaryLayout();
    const mine = openTestStore(layout, 'mine');
    mine.savePlan(sweepPlan(2, 'mine'), AT);
    const attempt = begin(mine, hexId(0));
    mine.recordEpochs(hexId(0), attempt, [epochRecord(1, -95)]);
    const other = openTestStore(layout, 'other');
    other.savePlan(sweepPlan(2, 'other'), AT);
    completeTrial(other, hexId(0), [-95, -90], AT);

    const change = mine.savePlan(sweepPlan(2, 'mine'), LATER);
    expect(change).toEqual({ ...UNCHANGED, kept: 2, recovered: 1, reused: 1 });
    expect(queuedIds(mine)).toEqual([hexId(1)]);
    const model = openTestReadModel(layout);
    expect(model.snapshot('mine')!.trials[0]).toMatchObject({
      ...{ state: 'completed', cause: null, epochs: 2, bestEpoch: 2, attempts: 1, reusedFrom: 'other' },
    });
    expect([...model.metrics('mine', hexId(0))]).toEqual([...model.metrics('other', hexId(0))]);
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
