/** `sweep run SPEC epochs=N` on what trained fewer. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { costOf } from '../../src/analysis/search/search-account.ts';
import { ResultsLayout } from '../../src/files/paths.ts';
import type { SchedulerEvent } from '../../src/scheduler/events.ts';
import type { TrialRecord } from '../../src/store/read-model.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { runSweep, type RunOptions } from '../../src/sweep.ts';
import { command } from '../support/command.ts';
import { trainedSweep } from './trained-sweep.ts';

function recordsOf(layout: ResultsLayout): unknown {
  using model = openReadModel(layout);
  const { trials } = model.snapshot('tiny')!;
  const files = trials.map(({ id }) => readFileSync(layout.files('tiny', id).path('weights')));
  const metrics = [...model.metrics('tiny')].filter(({ trial }) => trials.some(({ id }) => id === trial));
  return [trials.map(({ id, metrics: best }) => [id, best]), metrics.map((row) => ({ ...row, attempt: 0 })), files];
}

test('more epochs go on from what there is, over a stop, and come to the bits of all at once', async () => {
  const { folder, spec, layout } = await trainedSweep();
  const { train } = (() => {
    using model = openReadModel(layout);
    return model.snapshot('tiny')!.trials[0]!.config;
  })();
  const epochs = train.epochs + 3;
  const more = [`epochs=${epochs}`];
  const plan = await command('plan', spec, ...more, '--results', layout.root);
  expect(plan.stdout).toContain(
    `3 of ${epochs} epochs each of 2 trials: they go on from epoch ${train.epochs} of an earlier plan`,
  );

  const options: RunOptions = { specFile: spec, overrides: more, resultsDir: layout.root, device: 'cpu', slots: 1 };
  const stop = new AbortController();
  let trained = 0;
  const origins = new Map<unknown, string>();
  const observe = (event: SchedulerEvent): void => {
    if (event.type === 'epoch') trained++;
    if (event.type === 'log' && event.message.includes('went on from')) origins.set(event.trial, event.message);
  };
  await runSweep({ ...options, stop: stop.signal, stopNow: stop.signal }, (event) => {
    observe(event);
    if (event.type === 'epoch') stop.abort();
  });
  const result = await runSweep(options, observe);
  expect(result.counts.completed).toBe(2);
  // None twice; those that a stop leaves saved and not told are recorded with the next start.
  expect(trained).toBeLessThanOrEqual(6);
  const origin = expect.stringMatching(
    new RegExp(`^went on from [0-9a-f]{16} after epoch ${train.epochs}$`),
  ) as unknown;
  expect([...origins.values()]).toEqual([origin, origin]);

  const whole = new ResultsLayout(path.join(folder, 'whole'));
  await runSweep({ ...options, resultsDir: whole.root }, () => undefined);
  expect(recordsOf(layout)).toEqual(recordsOf(whole));
  using model = openReadModel(layout);
  const { trials, outside } = model.snapshot('tiny')!;
  expect(trials.map(({ wentOnAfter }) => wentOnAfter)).toEqual([train.epochs, train.epochs]);
  // What they went on from was paid for before.
  const sum = (some: readonly TrialRecord[], of: (trial: TrialRecord) => number): number =>
    some.reduce((all, trial) => all + of(trial), 0);
  const shorter = outside.filter(({ config }) => config.train.epochs === train.epochs);
  expect(sum(trials, ({ wentOnSeconds }) => wentOnSeconds!)).toBeCloseTo(
    sum(shorter, ({ seconds }) => seconds),
    6,
  );
  const { seconds, epochs: paid } = costOf(trials);
  expect(paid).toBe(6);
  expect(seconds).toBeCloseTo(sum(trials, (one) => one.seconds) - sum(shorter, (one) => one.seconds), 6);
});

test('where the checkpoints are gone the plan says that all is trained anew', async () => {
  const { spec, layout } = await trainedSweep();
  using model = openReadModel(layout);
  for (const { id } of model.snapshot('tiny')!.trials) rmSync(layout.files('tiny', id).path('checkpoint'));
  const reason = async (): Promise<string> => {
    const { stdout } = await command('plan', spec, 'epochs=9', '--results', layout.root);
    return /2 trials can't go on from fewer epochs, and begin anew: (.*?) \d+ more, outside/.exec(
      stdout.replaceAll(/\s+/g, ' '),
    )![1]!;
  };
  expect(await reason()).toBe('their checkpoints are gone');
  const db = new Database(layout.database);
  db.exec("UPDATE attempts SET device = 'node-1/cpu'");
  db.close();
  expect(await reason()).toBe(
    'no checkpoint of theirs is here: agents bring none of what takes them less than ten seconds, and `sweep gc` frees those there are',
  );
});

test('the plan, too, goes on from what another sweep has trained', async () => {
  const { spec, layout } = await trainedSweep();
  const other = ['name=other', '--results', layout.root];
  expect((await command('run', spec, ...other)).code).toBe(0);
  const { stdout } = await command('plan', spec, 'epochs=9', ...other);
  expect(stdout).toContain('each of 2 trials: they go on from epoch');
});
