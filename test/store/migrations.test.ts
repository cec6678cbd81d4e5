import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openForReading, openForWriting } from '../../src/store/connection.ts';
import { APPLICATION_ID, MIGRATIONS, migrate, schemaVersion } from '../../src/store/migrations.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { startChild } from './children.ts';
import { hexId, sweepPlan, trialPlan } from './plans.ts';
import { AT, openTestReadModel, openTestStore, temporaryLayout } from './support.ts';

const LATEST = MIGRATIONS.length;
const NEXT = [...MIGRATIONS, `ALTER TABLE sweeps ADD COLUMN note TEXT`, `UPDATE sweeps SET note = name || '!'`];

function databaseFile(): string {
  const { root, database } = temporaryLayout();
  mkdirSync(root);
  return database;
}

function open(file: string): Database.Database {
  const db = new Database(file);
  onTestFinished(() => void db.close());
  return db;
}

/** A database of the latest schema that holds one sweep. */
function databaseWithSweep(): Database.Database {
  const db = open(databaseFile());
  migrate(db);
  db.exec(`INSERT INTO sweeps (name, state, metric, goal, evaluate_test, spec_text, overrides, swept,
    dataset_fingerprint, created_at, started_at)
    VALUES ('beta', 'finished', 'val/elbo', 'maximize', 'all', '', '[]', '[]', '', '', '')`);
  return db;
}

describe('openForWriting', () => {
  test('marks a new database as ours and opens it durably', () => {
    const db = openForWriting(databaseFile());
    onTestFinished(() => void db.close());
    expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(db.pragma('user_version', { simple: true })).toBe(LATEST);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test('fills a file that a crash left empty', () => {
    const file = databaseFile();
    writeFileSync(file, '');
    const db = openForWriting(file);
    onTestFinished(() => void db.close());
    expect(schemaVersion(db)).toBe(LATEST);
  });

  test.each([
    ['a newer database', `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 99`, 'STORE_VERSION'],
    ['the database of another program', 'CREATE TABLE songs (title TEXT)', 'STORE_UNREADABLE'],
    ['a database with another mark', 'PRAGMA application_id = 42', 'STORE_UNREADABLE'],
  ])('refuses %s and leaves it as it was', (_name, sql, code) => {
    const file = databaseFile();
    new Database(file).exec(sql).close();
    const before = readFileSync(file);
    for (const action of [openForWriting, openForReading]) {
      expect(() => action(file)).toThrow(expect.objectContaining({ code }));
      expect(() => action(file)).toThrow(file);
    }
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(path.dirname(file))).toEqual(['sweeps.db']);
  });

  test('names both versions of a newer database', () => {
    const file = databaseFile();
    new Database(file).exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 99`).close();
    expect(() => openForWriting(file)).toThrow(`schema 99; this one knows up to ${LATEST}`);
  });

  test('refuses what is no database at all and leaves it as it was', () => {
    const file = databaseFile();
    const garbage = Buffer.alloc(8192, 'garbage ');
    writeFileSync(file, garbage);
    for (const action of [openForWriting, openForReading]) {
      expect(() => action(file)).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
    }
    expect(readFileSync(file)).toEqual(garbage);
  });

  test('lets several coordinators create the database at the same moment', async () => {
    const layout = temporaryLayout();
    const children = ['a', 'b', 'c', 'd'].map((name) => startChild('run-sweep.ts', [layout.root, name, '1', '1']));
    await Promise.all(children.map((child) => child.end()));
    for (const child of children) expect(child.lines.at(-1)).toBe('done');
    expect(openTestReadModel(layout).sweeps()).toHaveLength(4);
  });
});

describe('migrate', () => {
  test('upgrades an older database, and keeps it as it was in a backup', () => {
    const db = databaseWithSweep();
    migrate(db, NEXT);
    expect(schemaVersion(db, db.name, NEXT.length)).toBe(NEXT.length);
    expect(db.prepare('SELECT name, note FROM sweeps').all()).toEqual([{ name: 'beta', note: 'beta!' }]);
    const backup = open(`${db.name}.v${LATEST}.backup`);
    expect(schemaVersion(backup)).toBe(LATEST);
    expect(backup.prepare('SELECT name FROM sweeps').pluck().all()).toEqual(['beta']);
    expect(backup.prepare(`SELECT count(*) FROM pragma_table_info('sweeps') WHERE name = 'note'`).pluck().get()).toBe(
      0,
    );
    expect(readdirSync(path.dirname(db.name)).filter((name) => name.includes('.v'))).toHaveLength(1);
  });

  test('that fails leaves the version before the failing step, and can be done again', () => {
    const db = databaseWithSweep();
    const broken = [...NEXT.slice(0, -1), `UPDATE sweeps SET note = 'half'; SELECT no_such_function()`];
    expect(() => migrate(db, broken)).toThrow('no_such_function');
    expect(schemaVersion(db, db.name, NEXT.length)).toBe(LATEST + 1);
    expect(db.prepare('SELECT note FROM sweeps').pluck().get()).toBeNull();
    migrate(db, NEXT);
    expect(db.prepare('SELECT note FROM sweeps').pluck().get()).toBe('beta!');
  });

  test('issue 9, lines 6, 9 and 14: from schema 1, whose results every reader gets also before a run upgrades it', () => {
    const layout = temporaryLayout();
    const store = openStore(layout, 'beta');
    const at = new Date();
    store.savePlan(sweepPlan(3), at);
    const ends = ['lost: signal 9', 'interrupted'];
    for (const [index, cause] of ends.entries()) {
      store.endAttempt(hexId(index), store.beginAttempt(hexId(index), at), { endedAt: at, state: 'queued', cause });
    }
    store.savePlan(sweepPlan([trialPlan(0)]), at);
    store[Symbol.dispose]();
    // As the first vae-sweep left it: with the first schema's views, no index of the others and no counts.
    const old = open(layout.database);
    const views = /CREATE VIEW[^;]+;/g;
    old.exec(
      'DROP VIEW v_trials; DROP VIEW v_metrics; DROP INDEX trials_outside_plan; DROP TABLE runs; ' +
        'DROP TABLE choices; ALTER TABLE trials DROP COLUMN phase; ALTER TABLE trials DROP COLUMN went_on_from; ALTER TABLE trials DROP COLUMN went_on_after; ALTER TABLE trials DROP COLUMN superseded_epochs; ' +
        'DROP TABLE lessons; DROP TABLE verdicts; ALTER TABLE trials DROP COLUMN paused_at; ALTER TABLE trials DROP COLUMN is_revived; ' +
        'DROP TABLE late_ends; DROP TABLE proposals; ALTER TABLE sweeps DROP COLUMN planned_trials; DROP TABLE user_tags; DROP TABLE user_notes; ALTER TABLE epochs DROP COLUMN cpu_seconds; ' +
        'ALTER TABLE attempts DROP COLUMN bit_class; PRAGMA user_version = 1',
    );
    for (const column of ['train_images', 'validation_images', 'numerics_version', 'cpu_seconds'])
      old.exec(`ALTER TABLE trials DROP COLUMN ${column}`);
    for (const [view] of MIGRATIONS[0]!.matchAll(views)) old.exec(view);
    old.close();
    const before = readFileSync(layout.database);

    const outcomes = (): unknown[] => {
      using model = openReadModel(layout);
      return ends.map((_, index) => model.attempts('beta', hexId(index))[0]!.outcome);
    };
    expect(outcomes()).toEqual(['lost', 'requeued']);
    using model = openReadModel(layout);
    expect(model.snapshot('beta')!.outside).toHaveLength(2);
    expect(readFileSync(layout.database)).toEqual(before);
    // What computed them, nobody wrote down then.
    expect([model.attempts('beta', hexId(0))[0]!, ...model.snapshot('beta')!.trials]).toMatchObject([
      { bitClass: null },
      { bitClass: null },
    ]);

    const upgraded = openForWriting(layout.database);
    expect(upgraded.prepare('SELECT count(*) FROM v_trials WHERE in_plan = 0').pluck().get()).toBe(2);
    upgraded.close();
    expect(outcomes()).toEqual(['lost', 'requeued']);
  });

  test('of a current database writes nothing', () => {
    const db = databaseWithSweep();
    const before = readFileSync(db.name);
    migrate(db);
    expect(readFileSync(db.name)).toEqual(before);
  });
});

test('trials of a version that did not count its images have their counts after the next run (issue 9, line 5)', () => {
  const layout = temporaryLayout();
  mkdirSync(layout.root);
  const db = open(layout.database);
  migrate(db, MIGRATIONS.slice(0, 1));
  db.exec(`INSERT INTO sweeps (name, state, metric, goal, evaluate_test, spec_text, overrides, swept,
    dataset_fingerprint, created_at, started_at)
    VALUES ('old', 'finished', 'val/elbo', 'maximize', 'all', '', '[]', '[]', '', '', '')`);
  const insert = db.prepare(`INSERT INTO trials (sweep_key, trial_id, config_id, seed, position, in_plan, state, config)
    VALUES (1, ?, '', 0, ?, 1, 'completed', ?)`);
  const datasets = [
    { name: 'mnist', train: 60000, validation: null, binarization: 'static' },
    { name: 'mnist', train: 100, validation: 0, binarization: 'grey' },
    { name: 'of-another-version', train: 7, validation: 0, binarization: 'grey' },
  ];
  for (const [i, dataset] of datasets.entries()) {
    const config = { parameters: {}, train: { epochs: 3, batch_size: 128, clip_norm: null }, dataset };
    insert.run(hexId(i), i, JSON.stringify(config));
  }
  const view = `SELECT dataset, binarization, train_images, validation_images, batch_size, clip_norm, planned_epochs
    FROM v_trials WHERE sweep = 'old' ORDER BY trial`;

  openTestStore(layout).savePlan(sweepPlan(1), AT);
  const rest = { batch_size: 128, clip_norm: null, planned_epochs: 3 };
  expect(db.prepare(view).all()).toEqual([
    { ...rest, dataset: 'mnist', binarization: 'static', train_images: 55_000, validation_images: 5000 },
    { ...rest, dataset: 'mnist', binarization: 'grey', train_images: 100, validation_images: 0, batch_size: 100 },
    { ...rest, dataset: 'of-another-version', binarization: 'grey', train_images: null, validation_images: null },
  ]);
});
