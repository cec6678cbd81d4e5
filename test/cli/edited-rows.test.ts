/** Issue 10, line 15: what another hand wrote into the database is never trained, and never ends in a stack. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { randomStream } from '../../src/random.ts';
import { codeOf } from '../../src/store/store-error.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import { answer, command } from '../support/command.ts';
import { temporaryFolder, writeSpec } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

/** A sweep that is planned, none of its trials begun. `edit` is done to its database. */
async function edited(edit: string) {
  const folder = temporaryFolder();
  const specFile = writeSpec(folder);
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const { spec, specText, source: dataset, trials } = await planSweep({ specFile, overrides: [] });
  const { name, objective, evaluateTest } = spec;
  const store = openStore(layout, name);
  store.savePlan(
    { name, objective, evaluateTest, specText, overrides: [], swept: ['beta'], dataset, trials },
    new Date(),
  );
  store.finishRun('interrupted', new Date());
  store[Symbol.dispose]();
  const db = new Database(layout.database);
  if (edit.startsWith('UPDATE')) expect(db.prepare(edit).run().changes).toBeGreaterThan(0);
  else db.exec(edit);
  db.close();
  const run = ['run', specFile, '--device', 'cpu', '--slots', '1', '--results', layout.root];
  return { layout, trials, run };
}

const EDITS = {
  'an empty configuration': `UPDATE trials SET config = '{}' WHERE position = 0`,
  'a list for a configuration': `UPDATE trials SET config = '[1]' WHERE position = 0`,
  'no parameters': `UPDATE trials SET config = json_set(config, '$.parameters', NULL) WHERE position = 0`,
  'a parameter that is an object': `UPDATE trials SET config = json_set(config, '$.parameters.beta', json('{}'))`,
  'epochs in words': `UPDATE trials SET config = json_set(config, '$.train.epochs', 'ten')`,
  'a KL that is no list': `UPDATE trials SET kl_per_dimension = '{}'`,
  'swept parameters that are no list': `UPDATE sweeps SET swept = '7'`,
  'overrides that are no texts': `UPDATE sweeps SET overrides = '[{}]'`,
  'a time that is none': `UPDATE sweeps SET started_at = 'soon'`,
};

const NUMBERS = {
  'attempts below none': 'UPDATE trials SET attempts = -3',
  'more epochs than its plan': 'UPDATE trials SET epochs = 1000000',
  'a best epoch that it never had': 'UPDATE trials SET best_epoch = 9',
  'seconds without end': 'UPDATE trials SET seconds = 9e999',
  'CPU seconds below none': 'UPDATE trials SET cpu_seconds = -1',
  'a seed beyond all numbers': 'UPDATE trials SET seed = 9007199254740993',
  'images below none': 'UPDATE trials SET train_images = -1',
  'weights below none': 'UPDATE trials SET trainable_weights = -17476',
  'no result': 'UPDATE trials SET best_epoch = NULL',
  'a metric without end': `UPDATE metrics SET value = 9e999 WHERE name = 'val/elbo'`,
};

/** How many of the random edits below. */
const RANDOM_EDITS = 30;

/** A sweep of two trials that is done. */
async function trained() {
  const { spec, layout } = await trainedSweep();
  const at = ['--results', layout.root];
  const [{ trial }] = (await answer('export', 'tiny', ...at)) as [{ trial: string }];
  return { layout, spec, trial, at };
}

describe('issue 10, line 15', () => {
  it('a queued trial whose row was edited is refused with its place, and nothing starts', async () => {
    const { run, layout, trials } = await edited(
      `UPDATE trials SET config = json_set(config, '$.parameters.beta', 6) WHERE position = 1`,
    );
    const { code, stdout, stderr } = await command(...run);
    expect(code).toBe(5);
    expect(stderr).toContain(
      `${layout.database}: trial ${trials[1]!.id} of sweep tiny has another configuration than its id stands for`,
    );
    expect(stdout).not.toContain('devices');
  });

  it('keys in another order are no edit', async () => {
    const { run } = await edited(
      `UPDATE trials SET config = json_object('train', config -> 'train', 'dataset', config -> 'dataset', 'parameters', config -> 'parameters') WHERE position = 1`,
    );
    expect((await command(...run)).code).toBe(0);
  });

  it.each(Object.entries(EDITS))('%s is told in a sentence by every reader', async (_name, edit) => {
    const { layout, trials } = await edited(edit);
    const asked = [['report'], ['show', trials[0]!.id], ['export']];
    const answers = [];
    for (const args of asked) answers.push(await command(...args, '--results', layout.root));
    for (const { code, stderr } of answers) {
      expect(stderr).toContain('sweeps.db');
      expect(stderr).not.toMatch(/TypeError|RangeError|bug|\n {4}at /);
      expect(code).toBe(5);
    }
  });

  it.each(Object.entries(NUMBERS))(
    'a trained sweep with %s is told in a sentence by every reader',
    async (_name, edit) => {
      const { layout, trial, at } = await trained();
      const db = new Database(layout.database);
      for (const statement of edit.split(';')) expect(db.prepare(statement).run().changes).toBeGreaterThan(0);
      db.close();
      for (const args of [
        ['report', '--all'],
        ['show', trial],
        ['export', '--table', 'metrics'],
      ]) {
        const { code, stdout, stderr } = await command(...args, ...at);
        expect(stderr).toMatch(
          /sweeps\.db: trial [0-9a-f]{16} of sweep tiny has .*: the row was changed by something other/,
        );
        expect(stdout).toBe('');
        expect(code).toBe(5);
      }
    },
  );

  it('a row outside the plan whose id is not the hash of its configuration is refused by every command that tells of it', async () => {
    const { layout, spec, at } = await trained();
    expect((await command('run', spec, 'beta=4', '--device', 'cpu', ...at)).code).toBe(0);
    const db = new Database(layout.database);
    const outside = db.prepare<[], string>('SELECT trial FROM v_trials WHERE in_plan = 0').pluck().get()!;
    expect((await command('report', '--all', ...at)).code).toBe(0);
    for (const edit of [`config = json_set(config, '$.parameters.beta', 6)`, 'seed = 5', `config_id = 'f00d'`]) {
      const before = db.prepare('SELECT config, seed, config_id FROM trials WHERE in_plan = 0').get() as object;
      db.exec(`UPDATE trials SET ${edit} WHERE in_plan = 0`);
      for (const args of [['report', '--all'], ['show', outside], ['export'], ['plan', spec, 'beta=4']]) {
        const { code, stderr } = await command(...args, ...at);
        expect(stderr).toContain(
          `${layout.database}: trial ${outside} of sweep tiny has another configuration or seed than its id stands for`,
        );
        expect(code).toBe(5);
      }
      // It lists what there is, and says what is wrong with it.
      expect(await command('status', ...at)).toMatchObject({
        ...{ code: 0, stdout: expect.stringContaining('tiny') as string },
        stderr: expect.stringContaining(`trial ${outside} of sweep tiny has another configuration`) as string,
      });
      db.prepare('UPDATE trials SET config = @config, seed = @seed, config_id = @config_id WHERE in_plan = 0').run(
        before,
      );
    }
    db.close();
  });

  it('whatever one cell is changed to, every command answers or says in a sentence what is wrong', async () => {
    const { layout, spec, trial, at } = await trained();
    const whole = readFileSync(layout.database);
    const random = randomStream(['edits']);
    const pick = <Item>(items: readonly Item[]): Item => items[random.below(items.length)]!;
    for (let round = 0; round < RANDOM_EDITS; round++) {
      const db = new Database(layout.database);
      const table = pick(['sweeps', 'trials', 'attempts', 'epochs', 'metrics']);
      const column = pick(db.prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`).pluck().all());
      const value = pick([
        '-1',
        '0',
        '7',
        '9e15',
        '-9e18',
        '9e999',
        '1.5',
        "''",
        `'x'`,
        `'{}'`,
        `'[]'`,
        `'[null]'`,
        'NULL',
      ]);
      try {
        db.pragma('foreign_keys = OFF');
        db.exec(`UPDATE ${table} SET ${column} = ${value} ${pick(['', 'WHERE rowid = 1'])}`);
      } catch (error) {
        // The schema forbids it.
        expect(codeOf(error)).toMatch(/^SQLITE_(CONSTRAINT|ERROR|MISMATCH)/);
      }
      db.close();
      for (const args of [
        ...[['status'], ['report', '--all'], ['report', '--json'], ['compare', 'beta=1', 'beta=4'], ['show', trial]],
        ...[['logs', trial], ['export'], ['export', '--table', 'metrics'], ['plan', spec, '--list']],
      ]) {
        const { code, stderr } = await command(...args, ...at);
        const what = `${table}.${column} = ${value}, ${args.join(' ')}: ${stderr}`;
        expect(stderr, what).not.toMatch(/TypeError|RangeError|bug|undefined|\n {4}at /);
        expect([0, 2, 4, 5], what).toContain(code);
      }
      writeFileSync(layout.database, whole);
    }
  });

  it.each([
    ['PRAGMA user_version = -1', 'says it has schema -1'],
    [
      'CREATE TRIGGER planted AFTER UPDATE ON sweeps BEGIN DELETE FROM trials; END',
      'has a trigger, planted, which is not of vae-sweep',
    ],
    [
      "DROP VIEW v_trials; CREATE VIEW v_trials (sweep, trial) AS SELECT 'tiny', 'planted'",
      'has a view v_trials that was changed',
    ],
    [
      'ALTER TABLE metrics RENAME TO old; CREATE VIEW metrics AS SELECT * FROM old',
      'has a view metrics where its table should be',
    ],
    ['DROP TABLE metrics; CREATE TABLE metrics (song TEXT)', 'has a table metrics that was changed'],
    ['DROP TABLE metrics', 'lacks its table metrics'],
    ['DROP INDEX attempts_open', 'lacks its index attempts_open'],
  ])('issue 10, line 21: %s is told for what it is, and nothing is written', async (edit, told) => {
    const { layout, run } = await edited(edit);
    for (const args of [run, ['report', '--results', layout.root]]) {
      const { code, stderr } = await command(...args);
      expect(stderr).toContain(`${layout.database} ${told}`);
      expect(code).toBe(5);
    }
    const db = new Database(layout.database, { readonly: true });
    expect(db.prepare('SELECT count(*) FROM trials').pluck().get()).toBe(2);
    db.close();
  });

  it.each([
    'DROP VIEW v_trials',
    'DROP VIEW v_metrics; CREATE VIEW v_metrics AS SELECT 1 AS value',
    'DROP INDEX attempts_open',
    'ALTER TABLE trials ADD COLUMN "my ""note""" TEXT',
  ])('after %s, the statements that the error names mend it', async (edit) => {
    const { layout } = await edited(edit);
    const report = ['report', '--results', layout.root];
    const { code, stderr } = await command(...report);
    expect(code).toBe(5);
    const db = new Database(layout.database);
    db.exec(stderr.slice(stderr.search(/^ *(DROP|ALTER)/m)));
    db.close();
    expect((await command(...report)).code).toBe(0);
  });

  it('issue 10, line 21: what a user adds under other names stays and stops nothing', async () => {
    const { layout, run } = await edited(
      `CREATE VIEW mine AS SELECT * FROM v_trials; CREATE TABLE notes (text); CREATE INDEX by_seed ON trials (seed)`,
    );
    expect((await command(...run)).code).toBe(0);
    const db = new Database(layout.database, { readonly: true });
    expect(db.prepare('SELECT count(*) FROM mine').pluck().get()).toBe(2);
    db.close();
  });
});
