/** Issue 9, lines 6 and 9: every reader finds every trial, under an id that is its own, as the sweep has it that knows most. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { runSweep } from '../../src/sweep.ts';
import { epochRecord, sweepPlan, trialPlan } from '../store/plans.ts';
import { AT, completeTrial, openTestStore } from '../store/support.ts';
import { answer, command } from '../support/command.ts';
import { ToyExecutor } from '../support/toy-executor.ts';
import { toySurroundings } from '../support/toy-surroundings.ts';

const SPEC = `name: tiny
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { hidden: [8], latent_dim: 2, beta: [1, 2, 4] }
seeds: 2
train: { epochs: 2, batch_size: 16 }
`;

let folder: string;
let results: readonly ['--results', string];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-trials-'));
  results = ['--results', path.join(folder, 'results')];
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** Runs a spec to its end, or to a stop after `stopAfter` epochs, on toy devices. */
async function run(overrides: readonly string[], { spec = SPEC, stopAfter = Infinity } = {}): Promise<void> {
  const specFile = path.join(folder, 'spec.yaml');
  writeFileSync(specFile, spec);
  const stop = new AbortController();
  let epochs = 0;
  await runSweep(
    { specFile, overrides, resultsDir: results[1], device: 'cpu', stop: stop.signal },
    ({ type }) => {
      if (type === 'epoch' && ++epochs === stopAfter) stop.abort();
    },
    toySurroundings(new ToyExecutor()),
  );
}

interface Row {
  readonly trial: string;
  readonly seed: number;
  readonly params: { readonly beta: number };
  readonly in_plan: boolean;
}
const exported = async (sweep = 'tiny') => (await answer('export', sweep, ...results)) as Row[];

describe('issue 9, line 6: after an override narrowed the plan', () => {
  beforeEach(async () => {
    await run([]);
    await run(['beta=1,4', 'seeds=1']);
  });

  test('report ranks the plan, counts the others apart, and takes them in by --all', async () => {
    const { stdout } = await command('report', ...results);
    expect(stdout).toMatch(/^tiny · 2\/2 trials completed · /);
    expect(stdout).toContain('\n and 4 more trials, outside this plan (--all: with them)\n');
    expect((await command('report', '--format', 'md', ...results)).stdout).toContain(
      '\nand 4 more trials, outside this plan\n',
    );
    expect(await answer('report', ...results)).toMatchObject({
      trials: { total: 2, completed: 2 },
      best: [{ config: { beta: 1 }, n: 1 }, { config: { beta: 4 } }],
      outside_plan: 4,
    });

    const all = await command('report', '--all', ...results);
    expect(all.stdout).toMatch(/^tiny · 6\/6 trials completed · /);
    expect(all.stdout).not.toContain('outside');
    // What it suggests is about the same trials.
    expect(all.stdout.replaceAll(/\s+/g, ' ')).toContain(' sweep compare tiny beta=2 beta=1 --all --results ');
    expect(await answer('report', '--all', ...results)).toMatchObject({
      best: [{ config: { beta: 1 }, n: 2 }, { config: { beta: 2 }, n: 2 }, { config: { beta: 4 } }],
      outside_plan: 0,
    });
  });

  test('status counts the plan, and the others apart', async () => {
    expect(await answer('status', ...results)).toMatchObject({ sweeps: [{ done: 2, total: 2, outside_plan: 4 }] });
    expect((await command('status', ...results)).stdout).toMatch(/ outside plan .*\n tiny +finished +2\/2 +\+4 /);
  });

  test('show, logs, export and the views find all of them', async () => {
    const rows = await exported();
    expect(rows).toHaveLength(6);
    const outside = rows.filter((row) => !row.in_plan);
    expect(outside).toHaveLength(4);
    for (const { trial } of outside) {
      expect(await answer('show', trial, ...results)).toMatchObject({ trial, state: 'completed', in_plan: false });
      expect((await command('logs', trial, ...results)).stdout).toContain(' completed\n');
    }
    const shown = (await command('show', outside[0]!.trial, ...results)).stdout;
    expect(shown.replaceAll(/\s+/g, ' ')).toContain('outside the present plan');
    const metrics = (await answer('export', '--table', 'metrics', ...results)) as Row[];
    expect(new Set(metrics.map(({ trial }) => trial))).toEqual(new Set(rows.map(({ trial }) => trial)));
    const db = new Database(new ResultsLayout(results[1]).database, { readonly: true });
    expect(db.prepare('SELECT in_plan, count(*) AS n FROM v_trials GROUP BY 1').all()).toEqual([
      { in_plan: 0, n: 4 },
      { in_plan: 1, n: 2 },
    ]);
    expect(db.prepare('SELECT count(*) FROM v_metrics').pluck().get()).toBe(metrics.length);
    db.close();
  });

  test('compare says where the trials are that it does not find, and how to have them', async () => {
    const missing = await command('compare', 'beta=1', 'beta=2', ...results);
    expect(missing).toMatchObject({ code: 4, stdout: '' });
    expect(missing.stderr).toBe(
      '✗ No trial of the present plan of tiny has beta=2. Values of beta here: 1, 4. 2 trials outside this plan do: add --all.\n',
    );
    const { stdout } = await command('compare', 'beta=1', 'beta=2', '--all', ...results);
    expect(stdout).toContain('2 pairs');
    expect(await answer('compare', 'beta=1', 'beta=4', ...results)).toMatchObject({
      pairs: [{}],
      notes: expect.arrayContaining(['4 more trials, outside this plan, not compared (--all: with them)']) as string[],
      outside_plan: 4,
    });
  });

  test('plan knows that they are finished, and says what the present plan leaves out', async () => {
    const spec = path.join(folder, 'spec.yaml');
    const whole = (await command('plan', spec, '--device', 'cpu', ...results)).stdout;
    expect(whole).toContain('\n  6 already finished\n  0 to run on ');
    const narrow = (await command('plan', spec, 'beta=1', '--device', 'cpu', ...results)).stdout;
    expect(narrow).toContain('\n  2 already finished\n');
    expect(narrow).toContain('\n  4 more, outside this plan, stay as they are\n');
  });
});

test('issue 9, line 6: --all tells trials apart that differ only in how they were trained, or on what', async () => {
  await run([]);
  await run(['epochs=1']);
  const model = (await answer('report', '--all', ...results)) as { best: { config: object }[] };
  expect(model.best).toHaveLength(6);
  expect(new Set(model.best.map(({ config }) => JSON.stringify(config))).size).toBe(6);
  const { stdout } = await command('report', '--all', '--where', 'epochs=1', ...results);
  expect(stdout.match(/epochs 1,/g)).toHaveLength(1);
  // What differs is no fact of all, stands in one column, and can be compared.
  expect(model).toMatchObject({ trained_on: { planned_epochs: null, dataset: 'sprites-mini' } });
  const csv = (await command('report', '--all', '--format', 'csv', ...results)).stdout;
  const header = csv.split('\n')[0]!.split(',');
  expect(new Set(header).size).toBe(header.length);
  const values = [...new Set(model.best.map(({ config }) => (config as { epochs: number }).epochs))];
  const [one, other] = values.map((value) => `epochs=${value}`) as [string, string];
  expect(await answer('compare', one, other, '--all', ...results)).toMatchObject({ differs: ['epochs'] });

  await run(['dataset.validation=16']);
  const mixed = await command('report', '--all', ...results);
  expect(mixed.code).toBe(2);
  expect(mixed.stderr).toContain('--where');
  // The remedy does what it says.
  expect(await answer('report', '--all', '--where', 'validation_images=16', ...results)).toMatchObject({
    trials: { total: 6 },
  });
});

test('issue 9, line 6: plan says which trials go on, are tried again or come from another sweep', async () => {
  await run(['beta=1', 'seeds=1'], { spec: SPEC.replace('tiny', 'other') });
  await run(['beta=2,4', 'seeds=1'], { stopAfter: 2 });
  const failing = new ToyExecutor({
    fate: ({ config }) =>
      config.parameters['beta'] === 4
        ? { epochs: 1, outcome: { kind: 'failed', failure: { kind: 'bug', message: 'it broke' } } }
        : { epochs: 0, outcome: { kind: 'stopped', reason: 'interrupted' } },
  });
  const options = { specFile: path.join(folder, 'spec.yaml'), overrides: ['beta=4', 'seeds=1'] };
  await runSweep({ ...options, resultsDir: results[1], device: 'cpu' }, () => undefined, toySurroundings(failing));
  const rows = await exported();
  for (const { trial, params } of rows) {
    if (params.beta !== 2) continue;
    mkdirSync(path.join(results[1], 'tiny', trial), { recursive: true });
    writeFileSync(path.join(results[1], 'tiny', trial, 'checkpoint.safetensors'), '');
  }
  const { stdout } = await command('plan', options.specFile, 'seeds=1', '--device', 'cpu', ...results);
  expect(stdout).toContain('\n  1 to take over from other\n');
  expect(stdout).toMatch(/\n {2}2 to run on .*\(1 from its last checkpoint, 1 again after it\s+failed\)\n/);
});

describe('issue 9, line 9: a trial of several sweeps', () => {
  test('is shown as the one has it that completed it, not as one that has it queued', async () => {
    const one = SPEC.replace('tiny', 'asleep');
    await run([], { spec: one, stopAfter: 1 });
    await run([]);
    const [completed] = await exported();
    const asleep = (await exported('asleep')).find(({ trial }) => trial === completed!.trial);
    expect(asleep).toMatchObject({ state: 'queued' });
    expect(await answer('show', completed!.trial, ...results)).toMatchObject({ sweep: 'tiny', state: 'completed' });
    expect((await command('logs', completed!.trial, ...results)).stdout).toContain(' completed\n');
  });

  test('has the device and the attempts that made its result, whatever its own sweep lost', async () => {
    const layout = new ResultsLayout(results[1]);
    const plan = (name: string) => sweepPlan([trialPlan(1)], name);
    const { id } = trialPlan(1);
    const mine = openTestStore(layout, 'mine');
    mine.savePlan(plan('mine'), AT);
    const lost = mine.beginAttempt(id, AT);
    mine.attemptStarted(id, lost, { device: 'gpu:7', engine: { engine: 'eager', provider: 'cuda' }, bitClass: 'toy' });
    mine.recordEpochs(id, lost, [epochRecord(1, -95)]);
    const other = openTestStore(layout, 'other');
    other.savePlan(plan('other'), AT);
    completeTrial(other, id, [-95, -90], AT);
    mine.savePlan(plan('mine'), AT);
    forgetVersion(layout);

    expect(await exported('mine')).toMatchObject([{ device: 'cpu', attempts: 1, reused_from: 'other' }]);
    const db = new Database(layout.database, { readonly: true });
    expect(db.prepare('SELECT sweep, device, attempts FROM v_trials ORDER BY sweep').all()).toEqual([
      { sweep: 'mine', device: 'cpu', attempts: 1 },
      { sweep: 'other', device: 'cpu', attempts: 1 },
    ]);
    db.close();
    expect(await answer('show', id, ...results)).toMatchObject({ sweep: 'other', device: 'cpu', attempts: [{}] });
  });
});

/** The ids are made up: what an earlier version called so can't be told from that. */
function forgetVersion(layout: ResultsLayout): void {
  const db = new Database(layout.database);
  db.exec('UPDATE trials SET numerics_version = 2');
  db.close();
}

test('issue 9, line 9: suggested ids are unique in the whole results folder', async () => {
  const layout = new ResultsLayout(results[1]);
  const ids = ['abcdef01aaaaaaaa', 'abcdef02aaaaaaaa'];
  for (const [index, name] of ['first', 'second'].entries()) {
    const store = openTestStore(layout, name);
    store.savePlan(sweepPlan([{ ...trialPlan(index), id: ids[index]! }], name), AT);
    completeTrial(store, ids[index]!, [-90], AT);
    store.finishRun('finished', AT);
  }
  forgetVersion(layout);
  for (const [index, name] of ['first', 'second'].entries()) {
    const { stdout } = await command('report', name, ...results);
    const [, suggested] = / sweep show ([0-9a-f]+) /.exec(stdout)!;
    expect(suggested).toBe(ids[index]!.slice(0, 8));
    const shown = await command('show', suggested!, ...results);
    expect(shown.stdout).toContain(`${ids[index]!} · ${name} · completed`);
    expect(shown.stdout).toContain(`sweep logs ${suggested!} `);
  }
});
