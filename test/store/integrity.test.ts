import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { SweepError } from '../../src/errors.ts';
import type { ResultsLayout } from '../../src/files/paths.ts';
import { checkDatabase } from '../../src/store/integrity.ts';
import { openReadModel } from '../../src/store/sqlite-read-model.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { hexId, sweepPlan } from './plans.ts';
import { AT, completeTrial, countsOf, temporaryLayout } from './support.ts';

/** A closed database: one file, no write-ahead log. */
function recordedSweep(): ResultsLayout {
  const layout = temporaryLayout();
  const store = openStore(layout, 'beta');
  store.savePlan(sweepPlan(40), AT);
  for (let index = 0; index < 30; index++) completeTrial(store, hexId(index), [-90, -80, -85], AT);
  store.finishRun('interrupted', AT);
  store[Symbol.dispose]();
  return layout;
}

/** Does all that readers do. */
function readEverything(layout: ResultsLayout): void {
  const model = openReadModel(layout);
  try {
    for (const { name } of model.sweeps()) {
      model.snapshot(name);
      countsOf(model, name);
      for (const { trial } of model.metrics(name)) model.attempts(name, trial);
    }
  } finally {
    model[Symbol.dispose]();
  }
}

describe('checkDatabase', () => {
  test('finds nothing in a sound database, or where there is none', () => {
    const layout = recordedSweep();
    expect(checkDatabase(layout)).toEqual([]);
    rmSync(layout.database);
    expect(checkDatabase(layout)).toEqual([]);
  });

  test('finds a damaged page', () => {
    const layout = recordedSweep();
    const bytes = readFileSync(layout.database);
    bytes.fill(0xff, 4096 * 12, 4096 * 13);
    writeFileSync(layout.database, bytes);
    expect(checkDatabase(layout)).not.toEqual([]);
  });

  test('finds a file that was cut off', () => {
    const layout = recordedSweep();
    truncateSync(layout.database, 4096 * 10);
    expect(checkDatabase(layout).join()).toContain(layout.database);
  });

  test('finds rows that lost their parent, and trials that run without an attempt', () => {
    const layout = recordedSweep();
    const db = new Database(layout.database);
    db.pragma('foreign_keys = OFF');
    db.exec(`DELETE FROM epochs WHERE trial_key = 1; UPDATE trials SET state = 'running' WHERE key = 40`);
    db.close();
    expect(checkDatabase(layout)).toEqual([
      `${layout.database}: 12 rows of metrics lack their row in epochs`,
      `${layout.database}: trial ${hexId(39)} is running with 0 open attempts`,
    ]);
  });
});

test('whatever byte is damaged, opening, reading and checking give an answer or a user error', () => {
  const layout = recordedSweep();
  const sound = readFileSync(layout.database);
  const damages = 150;
  for (let damage = 0; damage < damages; damage++) {
    const bytes = Buffer.from(sound);
    // Every byte of the first header, then some of every part of the file.
    const offset = damage < 100 ? damage : Math.floor((damage / damages) * bytes.length);
    bytes[offset] = bytes[offset]! ^ 0xff;
    writeFileSync(layout.database, bytes);
    for (const suffix of ['-wal', '-shm']) rmSync(`${layout.database}${suffix}`, { force: true });
    const actions = [
      () => readEverything(layout),
      () => checkDatabase(layout),
      () => openStore(layout, 'beta')[Symbol.dispose](),
    ];
    for (const action of actions) {
      try {
        action();
      } catch (error) {
        if (!(error instanceof SweepError)) throw new Error(`byte ${offset}`, { cause: error });
      }
    }
  }
});
