/** Taking sweeps and trials out of the database, as their one writer. */
import os from 'node:os';
import { existsSync } from 'node:fs';
import { SweepError } from '../errors.ts';
import { refuseLink } from '../files/no-links.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { TrialId } from '../trial/trial.ts';
import { openForWriting } from './connection.ts';
import { acquireSweepLock, type SweepLock } from './lock.ts';
import { explaining } from './store-error.ts';
import { forgetMarks } from './user-marks.ts';

/** A whole sweep, or some of its trials. */
export interface Removal {
  readonly sweep: string;
  readonly trials: readonly TrialId[] | 'all';
}

/**
 * Does what needs these sweeps to have no coordinator, as the only one of each meanwhile. A sweep without a folder has
 * none to lock, and none that could run. Throws STORE_LOCKED where one runs.
 */
export function holdingSweeps<Result>(layout: ResultsLayout, sweeps: readonly string[], use: () => Result): Result {
  const locks: SweepLock[] = [];
  try {
    // In one order, so that two who want the same don't wait for each other.
    for (const sweep of [...new Set(sweeps)].sort()) {
      refuseLink(layout.sweep(sweep));
      if (!existsSync(layout.sweep(sweep))) continue;
      for (const suffix of ['', '-journal']) refuseLink(`${layout.lock(sweep)}${suffix}`);
      locks.push(acquireSweepLock(layout.lock(sweep), { host: os.hostname(), pid: process.pid, since: new Date() }));
    }
    return use();
  } finally {
    for (const lock of locks) lock[Symbol.dispose]();
  }
}

/**
 * Removes the rows in one transaction; to be called within `holdingSweeps`.
 * @throws SweepError USAGE, and nothing is removed, where a sweep that stays took a result over from one of these
 */
export function removeRows(layout: ResultsLayout, removals: readonly Removal[]): void {
  const db = openForWriting(layout.database);
  try {
    explaining(db.name, () =>
      db
        .transaction(() => {
          db.exec('CREATE TEMP TABLE doomed (key INTEGER PRIMARY KEY)');
          const all = db.prepare(
            'INSERT INTO doomed SELECT t.key FROM trials t JOIN sweeps s ON s.key = t.sweep_key WHERE s.name = ?',
          );
          const one = db.prepare(
            `INSERT OR IGNORE INTO doomed SELECT t.key FROM trials t JOIN sweeps s ON s.key = t.sweep_key
             WHERE s.name = ? AND t.trial_id = ?`,
          );
          for (const { sweep, trials } of removals) {
            if (trials === 'all') all.run(sweep);
            else for (const trial of trials) one.run(sweep, trial);
          }
          const heirs = db
            .prepare<[], string>(
              `SELECT DISTINCT hs.name FROM doomed d JOIN trials t ON t.key = d.key JOIN sweeps s ON s.key = t.sweep_key
               JOIN trials h ON h.trial_id = t.trial_id AND h.reused_from = s.name JOIN sweeps hs ON hs.key = h.sweep_key
               WHERE h.key NOT IN (SELECT key FROM doomed)`,
            )
            .pluck()
            .all();
          if (heirs.length > 0) {
            throw new SweepError('USAGE', `${heirs.join(', ')} took results over meanwhile: nothing was removed.`);
          }
          for (const table of ['metrics', 'epochs', 'late_ends', 'attempts']) {
            db.exec(`DELETE FROM ${table} WHERE trial_key IN (SELECT key FROM doomed)`);
          }
          db.exec('DELETE FROM trials WHERE key IN (SELECT key FROM doomed); DROP TABLE doomed');
          for (const { sweep, trials } of removals) {
            if (trials !== 'all') continue;
            db.prepare('DELETE FROM verdicts WHERE sweep_key = (SELECT key FROM sweeps WHERE name = ?)').run(sweep);
            db.prepare('DELETE FROM lessons WHERE sweep_key = (SELECT key FROM sweeps WHERE name = ?)').run(sweep);
            db.prepare('DELETE FROM proposals WHERE sweep_key = (SELECT key FROM sweeps WHERE name = ?)').run(sweep);
            db.prepare('DELETE FROM runs WHERE sweep_key = (SELECT key FROM sweeps WHERE name = ?)').run(sweep);
            db.prepare('DELETE FROM sweeps WHERE name = ?').run(sweep);
          }
          forgetMarks(db);
        })
        .immediate(),
    );
  } finally {
    db.close();
  }
}
