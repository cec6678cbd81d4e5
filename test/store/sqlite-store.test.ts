import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { budgetUse } from '../../src/analysis/progress/budget-use.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import { holdingSweeps, removeRows } from '../../src/store/remove.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import type { LateEnd } from '../../src/trial/late-end.ts';
import { canMove, TRIAL_STATES } from '../../src/trial/state.ts';
import type { TrialId } from '../../src/trial/trial.ts';
import { epochRecord, hexId, sweepPlan } from './plans.ts';
import {
  AT,
  LATER,
  begin,
  completeTrial,
  countsOf,
  end,
  openTestReadModel,
  openTestStore,
  summaryOf,
  sweepWithTrialIn,
  temporaryLayout,
} from './support.ts';

const ENDS = TRIAL_STATES.filter((state) => state !== 'running');
const SUMMARY = summaryOf([epochRecord(1, -90)]);

describe('attempts', () => {
  test('are numbered, and each has its own row', () => {
    const { layout, store } = sweepWithTrialIn('queued');
    const second = store.beginAttempt(hexId(0), LATER);
    expect(second).toBe(2);
    store.attemptStarted(hexId(0), second, {
      device: 'gpu:1',
      engine: { engine: 'eager', provider: 'cuda' },
      bitClass: 'toy',
    });
    const model = openTestReadModel(layout);
    expect(model.attempts('beta', hexId(0))).toEqual([
      {
        attempt: 1,
        device: null,
        engine: null,
        bitClass: null,
        startedAt: AT,
        endedAt: LATER,
        outcome: 'requeued',
        cause: 'a reason',
      },
      {
        attempt: 2,
        device: 'gpu:1',
        engine: 'eager/cuda',
        bitClass: 'toy',
        startedAt: LATER,
        endedAt: null,
        outcome: null,
        cause: null,
      },
    ]);
    expect(model.snapshot('beta')!.trials[0]).toMatchObject({
      ...{ state: 'running', device: 'gpu:1', bitClass: 'toy', attempts: 2 },
    });
  });

  test('are counted with all that was trained, neither by a shorter trial nor by another sweep', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    const id = hexId(0);
    store.savePlan(sweepPlan(1), AT);
    const after = (history: number, epochs: number, from?: TrialId): unknown => {
      const attempt = begin(store, id);
      const records = Array.from({ length: epochs }, (_, i) => epochRecord(i + 1, -90 - i));
      store.supersedeEpochs(id, attempt, records.slice(0, history));
      if (from !== undefined) store.wentOn(id, attempt, { trial: from, epoch: history });
      else if (history === 0) store.wentOn(id, attempt, null);
      store.recordEpochs(id, attempt, records);
      store.endAttempt(id, attempt, end('queued'));
      return store.epochsOf(id);
    };
    expect(after(2, 3, hexId(9))).toEqual({ recorded: 3, trained: 1 });
    // Its own checkpoint was refused, then the shorter one's, too.
    expect(after(2, 3, hexId(9))).toEqual({ recorded: 3, trained: 2 });
    expect(after(0, 2)).toEqual({ recorded: 2, trained: 4 });
    expect(after(1, 3)).toEqual({ recorded: 3, trained: 6 });
    const model = openTestReadModel(layout);
    expect(budgetUse(model.snapshot('beta')!.trials).epochs).toBe(6);
    const other = openTestStore(layout, 'other');
    other.savePlan({ ...sweepPlan(1), name: 'other' }, AT);
    completeTrial(other, id, [-90], AT);
    expect(store.claim(id, AT).kind).toBe('reused');
    expect(store.epochsOf(id)).toEqual({ recorded: 1, trained: 6 });
    expect(budgetUse(model.snapshot('beta')!.trials).epochs).toBe(6);
  });

  test('wait after the rung that their trial was promoted from, also where the pause is not on record', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    const plan = sweepPlan(2);
    store.savePlan(plan, AT);
    for (const [i, epochs] of [1, 2].entries()) {
      const attempt = begin(store, hexId(i));
      store.recordEpochs(hexId(i), attempt, [epochRecord(1, -90), epochRecord(2, -80)].slice(0, epochs));
      store.endAttempt(hexId(i), attempt, end('queued', 'its coordinator is gone'));
    }
    const rung = { pruning: 'halving', cohort: 0, rung: 0, epoch: 1, metric: 'val/elbo' };
    const verdict = { value: -90, verdict: 'promoted', place: 1, among: 2 } as const;
    const verdicts = [...new Set(plan.trials.map(({ configId }) => configId))].map((configId) => ({
      configId,
      ...verdict,
    }));
    store.recordVerdicts(rung, verdicts, AT);
    // The second is on its way already.
    expect(
      openTestReadModel(layout)
        .snapshot('beta')!
        .trials.map(({ pausedAt }) => pausedAt),
    ).toEqual([1, null]);
  });

  test('supersede the recorded epochs that they do not go on from, and keep the others (issue 10, line 5)', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(sweepPlan(1), AT);
    const model = openTestReadModel(layout);
    /** An attempt that starts with epochs of these ELBOs, and records one more. */
    const after = (history: readonly number[], elbo: number): unknown => {
      const attempt = begin(store, hexId(0));
      const epochs = history.map((value, index) => epochRecord(index + 1, value));
      const repeated = store.supersedeEpochs(hexId(0), attempt, epochs);
      store.recordEpochs(hexId(0), attempt, [...epochs, epochRecord(history.length + 1, elbo)]);
      store.endAttempt(hexId(0), attempt, end('queued'));
      const { epochs: count, seconds, bestEpoch, metrics } = model.snapshot('beta')!.trials[0]!;
      expect(seconds).toBeCloseTo(count * epochRecord(1, -90).seconds);
      const rows = [...model.metrics('beta')].filter(({ name }) => name === 'val/elbo');
      expect(rows).toHaveLength(count);
      return [repeated, rows.map((row) => [row.attempt, row.value]), bestEpoch, metrics['val/elbo']];
    };
    const [a, b, c] = [
      [1, -95],
      [2, -90],
      [3, -92],
    ];
    expect(after([], -95)).toEqual([0, [a], 1, -95]);
    expect(after([-95], -90)).toEqual([0, [a, b], 2, -90]);
    expect(after([-95, -90], -92)).toEqual([0, [a, b, c], 2, -90]);
    // A checkpoint from before the best epoch.
    expect(after([-95], -91)).toEqual([2, [a, [4, -91]], 2, -91]);
    // One with other numbers: as of another processor.
    expect(after([-96], -97)).toEqual([
      2,
      [
        [5, -96],
        [5, -97],
      ],
      1,
      -96,
    ]);
    // None.
    expect(after([], -99)).toEqual([2, [[6, -99]], 1, -99]);
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

  test('that are withdrawn leave their trial the cause that it waited for', () => {
    const { layout, store } = sweepWithTrialIn('queued');
    store.withdrawAttempt(hexId(0), store.beginAttempt(hexId(0), LATER));
    const [trial] = openTestReadModel(layout).snapshot('beta')!.trials;
    expect(trial).toMatchObject({ state: 'queued', attempts: 1, cause: 'a reason' });
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
      () =>
        store.attemptStarted(hexId(0), 1, {
          device: 'cpu',
          engine: { engine: 'compiled', provider: 'cpu' },
          bitClass: 'toy',
        }),
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

describe('transaction', () => {
  const trials = sweepPlan(2);

  test('shows readers what several calls wrote at once, when all is written', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(trials, AT);
    const model = openTestReadModel(layout);
    const states = (): string[] => model.snapshot('beta')!.trials.map(({ state }) => state);
    store.transaction(() => {
      completeTrial(store, hexId(0), [-90, -80], AT);
      begin(store, hexId(1));
      expect(states()).toEqual(['queued', 'queued']);
    });
    expect(states()).toEqual(['completed', 'running']);
  });

  test('records nothing when a part of it is refused, and the store goes on', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(trials, AT);
    const broken = (): void =>
      store.transaction(() => {
        completeTrial(store, hexId(0), [-90], AT);
        store.recordEpochs(hexId(1), 1, [epochRecord(1, -90)]);
      });
    expect(broken).toThrow('Attempt 1');
    expect(countsOf(openTestReadModel(layout), 'beta')).toMatchObject({ queued: 2, completed: 0 });
    expect(begin(store, hexId(0))).toBe(1);
  });

  test('is refused where the database was moved away, before anything is written', () => {
    const layout = temporaryLayout();
    const store = openTestStore(layout);
    store.savePlan(trials, AT);
    renameSync(layout.root, `${layout.root}-moved`);
    let isCalled = false;
    const write = (): void => void (isCalled = true);
    expect(() => store.transaction(write)).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    expect(isCalled).toBe(false);
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

test('how an attempt ended that had been given up is kept beside the results, once, and goes with the trial', () => {
  const { layout, store } = sweepWithTrialIn('completed');
  const late: LateEnd = {
    ...{ trial: hexId(0), attempt: 1, execution: 'run-1', device: 'a/cpu', outcome: 'diverged', cause: 'loss is NaN' },
    ...{ epoch: 3, metrics: { 'val/elbo': -7 } },
  };
  const model = openTestReadModel(layout);
  const before = model.snapshot('beta', 'all');
  store.recordLateEnd(late, LATER);
  store.recordLateEnd({ ...late, outcome: 'completed' }, LATER);
  const { trial, ...rest } = late;
  expect(model.lateEnds('beta', trial)).toEqual([{ ...rest, toldAt: LATER }]);
  expect(model.lateEnds('beta', hexId(1))).toEqual([]);
  expect(model.snapshot('beta', 'all')).toEqual(before);
  store[Symbol.dispose]();
  holdingSweeps(layout, ['beta'], () => removeRows(layout, [{ sweep: 'beta', trials: 'all' }]));
  expect(model.lateEnds('beta', trial)).toEqual([]);
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
