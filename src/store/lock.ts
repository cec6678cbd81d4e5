import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import { isFileAt } from '../files/open-file.ts';
import { fileId } from './file-id.ts';
import { codeOf, explaining } from './store-error.ts';

/** Who holds a lock. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  readonly since: Date;
}

/** A lock that is held. */
export interface SweepLock extends Disposable {
  /**
   * Throws STORE_LOCKED where the file is no longer the one that was locked: another coordinator may have locked what
   * is there now. Looks at the name only, since opening the file would drop the lock.
   */
  readonly check: () => void;
}

/** Two that start at the same moment may refuse each other; so long, one tries again. */
const RACE_MS = 500;

/**
 * Becomes the one coordinator of a sweep until disposed or dead. The lock is an exclusive transaction on the SQLite file
 * `file`: the kernel keeps it while the process is stopped and frees it when the process dies, so it is never stale.
 * The holder is named in `<file>.json` beside it. Throws STORE_LOCKED naming that holder.
 *
 * Opening `file` in any other way in this process, even to copy it, would silently drop the lock (POSIX).
 */
export function acquireSweepLock(file: string, holder: LockHolder): SweepLock {
  return explaining(file, () => {
    const holderFile = `${file}.json`;
    const db = new Database(file, { timeout: RACE_MS });
    try {
      db.exec('BEGIN EXCLUSIVE');
      // A loser that reads between these two lines sees the last holder, or none. Renamed, so never a half.
      rmSync(`${holderFile}.new`, { force: true });
      // Exclusively, so that nothing is written through a link.
      writeFileSync(`${holderFile}.new`, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
      renameSync(`${holderFile}.new`, holderFile);
    } catch (error) {
      db.close();
      throw codeOf(error).startsWith('SQLITE_BUSY') ? lockedError(file, holderFile) : error;
    }
    const id = fileId(file);
    return {
      check: () => {
        if (fileId(file) !== id) throw lostError(file);
      },
      [Symbol.dispose]: () => {
        if (!db.open) return;
        try {
          if (fileId(file) === id) rmSync(holderFile, { force: true });
        } catch {
          // Only a note, which the next holder replaces: it must not hide the error that ended this one.
        }
        db.close();
      },
    };
  });
}

/**
 * Whether a coordinator holds the lock now, also one that was stopped or whose machine slept; undefined where that can't
 * be told, as there is no such file or none that may be read. Doesn't get in the way of one that is just acquiring it.
 */
export function isLocked(file: string): boolean | undefined {
  let db: Database.Database | undefined;
  try {
    if (!isFileAt(file)) return undefined;
    db = new Database(file, { readonly: true, timeout: 0 });
    db.prepare('SELECT 1 FROM sqlite_schema').all();
    return false;
  } catch (error) {
    return codeOf(error).startsWith('SQLITE_BUSY') ? true : undefined;
  } finally {
    db?.close();
  }
}

function lostError(file: string): SweepError {
  return new SweepError(
    'STORE_LOCKED',
    `${file} was removed or replaced while the sweep ran, so another coordinator may lead it now; this one ends and ` +
      'records nothing more. Leave that file alone; look with `sweep status` whether another one runs, and if none does, ' +
      'run the sweep again: it goes on from the checkpoints.',
  );
}

function lockedError(file: string, holderFile: string): SweepError {
  return new SweepError(
    'STORE_LOCKED',
    `${file}: this sweep has a coordinator already: ${describeHolder(holderFile)}. ` +
      'Follow it with `sweep status`, wait for its end, or stop it there with Ctrl-C; then run the sweep again.',
  );
}

function describeHolder(holderFile: string): string {
  try {
    const text = isFileAt(holderFile) ? readFileSync(holderFile, 'utf8') : '';
    const { host, pid, since } = JSON.parse(text) as Record<keyof LockHolder, string>;
    return `process ${pid} on ${host}, since ${since}`;
  } catch {
    return 'a process that has just started';
  }
}
