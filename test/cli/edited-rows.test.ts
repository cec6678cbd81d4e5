/** Issue 10, line 15: what another hand wrote into the database is never trained, and never ends in a stack. */
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { ResultsLayout } from '../../src/paths.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import { command } from '../support/command.ts';
import { temporaryFolder, writeSpec } from './support.ts';

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
  const run = ['run', specFile, '--device', 'cpu', '--results', layout.root];
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
