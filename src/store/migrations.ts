import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { INITIAL_SCHEMA } from './schema/001-initial.ts';
import { EVERY_TRIAL } from './schema/002-every-trial.ts';
import { IMAGE_COUNTS } from './schema/003-image-counts.ts';
import { NUMERICS_OF_TRIALS } from './schema/004-numerics-version.ts';
import { TRAINED_AGAIN } from './schema/005-trained-again.ts';
import { KEPT_RESULT } from './schema/006-kept-result.ts';
import { RUNS } from './schema/007-runs.ts';
import { USER_MARKS } from './schema/008-user-marks.ts';
import { CPU_SECONDS } from './schema/009-cpu-seconds.ts';
import { BIT_CLASS } from './schema/010-bit-class.ts';
import { PROPOSALS } from './schema/011-proposals.ts';
import { LATE_ENDS } from './schema/012-late-ends.ts';
import { VERDICTS } from './schema/013-verdicts.ts';
import { PHASES } from './schema/014-phases.ts';
import { LESSONS } from './schema/015-lessons.ts';
import { TRADED_RESULTS } from './schema/016-traded-results.ts';
import { SUPERSEDED_EPOCHS } from './schema/017-superseded-epochs.ts';

/** "VAES": marks an SQLite file as ours, in its header. */
export const APPLICATION_ID = 0x56414553;

/** In order; the file's `user_version` is how many of them it has. */
export const MIGRATIONS: readonly string[] = [
  INITIAL_SCHEMA,
  EVERY_TRIAL,
  IMAGE_COUNTS,
  NUMERICS_OF_TRIALS,
  TRAINED_AGAIN,
  KEPT_RESULT,
  RUNS,
  USER_MARKS,
  CPU_SECONDS,
  BIT_CLASS,
  PROPOSALS,
  LATE_ENDS,
  VERDICTS,
  PHASES,
  LESSONS,
  TRADED_RESULTS,
  SUPERSEDED_EPOCHS,
];

/**
 * How many migrations the database has; 0 for one that nothing was ever written to. Writes nothing.
 * Messages call it `file`. Throws STORE_UNREADABLE for a foreign SQLite file, STORE_VERSION for one of a newer vae-sweep.
 */
export function schemaVersion(db: Database.Database, file = db.name, known = MIGRATIONS.length): number {
  // In one transaction, because another process may be creating the schema right now.
  const header = db.transaction(() => ({
    application: db.pragma('application_id', { simple: true }) as number,
    version: db.pragma('user_version', { simple: true }) as number,
    trigger: db.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`).pluck().get(),
    objects: db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get()!,
  }))();
  if (header.application === 0 && header.version === 0 && header.objects === 0) return 0;
  if (header.application !== APPLICATION_ID) {
    throw new SweepError(
      'STORE_UNREADABLE',
      `${file} is an SQLite database, but not one of vae-sweep; it was left as it is. Name another folder with --results.`,
    );
  }
  if (header.version < 0) {
    throw new SweepError(
      'STORE_UNREADABLE',
      `${file} says it has schema ${header.version}, which no vae-sweep writes: its header was changed. It was left as it is; ` +
        'restore it from a backup, or name another folder with --results.',
    );
  }
  if (header.trigger !== undefined) {
    throw new SweepError(
      'STORE_UNREADABLE',
      `${file} has a trigger, ${header.trigger}, which is not of vae-sweep and could change what is recorded. ` +
        'It was left as it is; drop the trigger with a database tool, or name another folder with --results.',
    );
  }
  if (header.version > known) {
    throw new SweepError(
      'STORE_VERSION',
      `${file} was written by a newer vae-sweep (schema ${header.version}; this one knows up to ${known}); it was left as it is. ` +
        'Update vae-sweep, or name another folder with --results.',
    );
  }
  return header.version;
}

/**
 * Brings the database up to date, one transaction a migration, so a crash leaves it at one version or the next.
 * A database that held data is first copied to `<file>.v<version>.backup`. Several processes may do this at once.
 */
export function migrate(db: Database.Database, migrations = MIGRATIONS): void {
  const from = schemaVersion(db, db.name, migrations.length);
  for (const [version, sql] of migrations.entries()) {
    if (version < from) continue;
    db.transaction(() => {
      // Decided again under the write lock: another process may have been faster.
      if (schemaVersion(db, db.name, migrations.length) !== version) return;
      if (version > 0 && version === from) backUp(db.name, version);
      db.exec(sql);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
}

/** Called under the write lock; a second connection sees the database as it was before that transaction. */
function backUp(file: string, version: number): void {
  const unfinished = `${file}.v${version}.unfinished`;
  rmSync(unfinished, { force: true });
  const db = new Database(file, { readonly: true });
  try {
    db.prepare('VACUUM INTO ?').run(unfinished);
  } finally {
    db.close();
  }
  renameSync(unfinished, `${file}.v${version}.backup`);
}
