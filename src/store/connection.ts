import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { isFileAt } from '../files/open-file.ts';
import { checkSchema } from './check-schema.ts';
import { networkFileSystem } from './file-system.ts';
import { MIGRATIONS, migrate, schemaVersion } from './migrations.ts';
import { copyOf } from './shared-copy.ts';
import { codeOf, explaining, undoOnError } from './store-error.ts';

/** How long a writer waits for the writers of other sweeps. */
const BUSY_TIMEOUT_MS = 10_000;

/** What this process holds alone, by file: its own readers have no other way in. */
const heldAlone = new Map<string, Database.Database>();

/**
 * Opens the database for writing, creating or upgrading it. A file that isn't ours, or is newer, stays untouched. On a
 * network file system, whose machines share no memory for a write-ahead log, this process has it alone until it is closed.
 * Write through `BEGIN IMMEDIATE` only: a transaction that starts by reading can't wait for another writer.
 */
export function openForWriting(file: string, busyTimeoutMs = BUSY_TIMEOUT_MS): Database.Database {
  return explaining(file, () => {
    const db = new Database(file, { timeout: busyTimeoutMs });
    return undoOnError(
      () => db.close(),
      () => {
        const isShared = networkFileSystem(path.dirname(file)) !== undefined;
        // Before the first access: so no shared memory is made, also for one that has a write-ahead log.
        if (isShared) db.pragma('locking_mode = EXCLUSIVE');
        // Before the first write, the mark of the WAL mode in the header included.
        examine(db, file);
        if (isShared) holdAlone(db, file);
        else if (db.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
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

function holdAlone(db: Database.Database, file: string): void {
  // Its journal stays, emptied: there is one change of the folder less in each transaction.
  if (db.pragma('journal_mode = PERSIST', { simple: true }) !== 'persist') {
    throw new SweepError(
      'STORE_UNREADABLE',
      `${file}: its write-ahead log can't be given up on a network file system.`,
    );
  }
  // Kept by the locking mode, when the transaction is over.
  db.exec('BEGIN EXCLUSIVE; COMMIT');
  heldAlone.set(path.resolve(file), db);
}

/** Whether no other process can read it while `db` is open. */
export function isHeldAlone(db: Database.Database): boolean {
  return heldAlone.get(path.resolve(db.name)) === db;
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
  /** Of a copy, since another process has the database alone: when it was made. */
  readonly copiedAt?: Date | undefined;
}

/**
 * Opens the database read-only, also while coordinators write to it. Throws NOT_FOUND where there is none, or nothing
 * in it. One of an older vae-sweep is read as an upgraded copy: upgrading it is for the next run.
 */
export function openForReading(file: string): ReadConnection {
  return explaining(file, () => {
    if (!isFileAt(file)) throw nothingRecorded(file);
    const held = heldAlone.get(path.resolve(file));
    if (held?.open === true) return { db: held, [Symbol.dispose]: () => undefined };
    if (networkFileSystem(path.dirname(file)) !== undefined) return openShared(file);
    try {
      return openReadable(file, file, () => undefined);
    } catch (error) {
      // SQLite can't open a write-ahead log where it may not create files.
      if (!/^SQLITE_(CANTOPEN|READONLY)/.test(codeOf(error))) throw error;
      return openCopy(file);
    }
  });
}

/** What no process has alone; else what that one copies now and then. */
function openShared(file: string): ReadConnection {
  try {
    return openReadable(file, file, () => undefined, 0);
  } catch (error) {
    if (!codeOf(error).startsWith('SQLITE_BUSY')) throw error;
    const copiedAt = statSync(copyOf(file), { throwIfNoEntry: false })?.mtime;
    if (copiedAt !== undefined) return { ...openCopy(copyOf(file), file), copiedAt };
    throw new SweepError(
      'STORE_LOCKED',
      `${file}: on a network file system one process at a time opens it, and it has not copied it for others yet. ` +
        'Try again in a minute.',
    );
  }
}

/**
 * For a folder we may not write to. Copying a database by hand is safe only when nobody writes: a live writer's shared
 * memory file would have let SQLite open the original.
 */
function openCopy(original: string, file = original): ReadConnection {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-read-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return undoOnError(remove, () => {
    const copy = path.join(folder, path.basename(file));
    copyFileSync(original, copy);
    if (existsSync(`${original}-wal`)) copyFileSync(`${original}-wal`, `${copy}-wal`);
    return openReadable(copy, file, remove);
  });
}

/** Opens the file at `location`; messages call it `file`. */
function openReadable(location: string, file: string, onClose: () => void, timeout = BUSY_TIMEOUT_MS): ReadConnection {
  const db = new Database(location, { readonly: true, timeout });
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
