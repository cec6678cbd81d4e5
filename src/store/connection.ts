import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { isFileAt } from '../files/open-file.ts';
import { checkSchema } from './check-schema.ts';
import { MIGRATIONS, migrate, schemaVersion } from './migrations.ts';
import { codeOf, explaining, undoOnError } from './store-error.ts';

/** How long a writer waits for the writers of other sweeps. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens the database for writing, creating or upgrading it. A file that isn't ours, or is newer, stays untouched.
 * Write through `BEGIN IMMEDIATE` only: a transaction that starts by reading can't wait for another writer.
 */
export function openForWriting(file: string, busyTimeoutMs = BUSY_TIMEOUT_MS): Database.Database {
  return explaining(file, () => {
    const db = new Database(file, { timeout: busyTimeoutMs });
    return undoOnError(
      () => db.close(),
      () => {
        // Before the first write, the mark of the WAL mode in the header included.
        examine(db, file);
        if (db.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
          throw new SweepError(
            'STORE_UNREADABLE',
            `${file}: this file system can't hold the database (no write-ahead log). Name a folder on a local disk with --results.`,
          );
        }
        // better-sqlite3 is built with NORMAL as the default for WAL, which may lose the last commits at a power loss.
        db.pragma('synchronous = FULL');
        db.pragma('foreign_keys = ON');
        migrate(db);
        return db;
      },
    );
  });
}

/** Whether the file is one of ours, all of it: how many migrations it has. Writes nothing. */
function examine(db: Database.Database, file: string): number {
  // What a schema calls in views or defaults is no more than what SQLite itself takes for harmless. That a schema
  // can't be written but by statements made for it ("defensive") is better-sqlite3's default.
  db.pragma('trusted_schema = OFF');
  return db.transaction(() => {
    const version = schemaVersion(db, file);
    checkSchema(db, file, version);
    return version;
  })();
}

export interface ReadConnection extends Disposable {
  readonly db: Database.Database;
}

/**
 * Opens the database read-only, also while coordinators write to it. Throws NOT_FOUND where there is none, or nothing
 * in it. One of an older vae-sweep is read as an upgraded copy: upgrading it is for the next run.
 */
export function openForReading(file: string): ReadConnection {
  return explaining(file, () => {
    if (!isFileAt(file)) throw nothingRecorded(file);
    try {
      return openReadable(file, file, () => undefined);
    } catch (error) {
      // SQLite can't open a write-ahead log where it may not create files.
      if (!/^SQLITE_(CANTOPEN|READONLY)/.test(codeOf(error))) throw error;
      return openCopy(file);
    }
  });
}

/**
 * For a folder we may not write to. Copying a database by hand is safe only when nobody writes: a live writer's shared
 * memory file would have let SQLite open the original.
 */
function openCopy(file: string): ReadConnection {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-read-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return undoOnError(remove, () => {
    const copy = path.join(folder, path.basename(file));
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return openReadable(copy, file, remove);
  });
}

/** Opens the file at `location`; messages call it `file`. */
function openReadable(location: string, file: string, onClose: () => void): ReadConnection {
  const db = new Database(location, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  const close = (): void => {
    db.close();
    onClose();
  };
  return undoOnError(
    () => db.close(),
    () => {
      const version = examine(db, file);
      if (version === 0) throw nothingRecorded(file);
      if (version === MIGRATIONS.length) return { db, [Symbol.dispose]: close };
      const upgraded = openUpgraded(db);
      close();
      return upgraded;
    },
  );
}

/** One moment of the database, in a temporary file, as the next run will upgrade it. */
function openUpgraded(db: Database.Database): ReadConnection {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-read-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return undoOnError(remove, () => {
    const copy = path.join(folder, path.basename(db.name));
    db.prepare('VACUUM INTO ?').run(copy);
    const upgraded = new Database(copy);
    return undoOnError(
      () => upgraded.close(),
      () => {
        migrate(upgraded);
        upgraded.pragma('query_only = ON');
        const dispose = (): void => {
          upgraded.close();
          remove();
        };
        return { db: upgraded, [Symbol.dispose]: dispose };
      },
    );
  });
}

function nothingRecorded(file: string): SweepError {
  return new SweepError(
    'NOT_FOUND',
    `No sweep was recorded in ${path.dirname(file)} yet. Start one with \`sweep run SPEC\`, or name another folder with --results.`,
  );
}
