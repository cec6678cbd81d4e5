import Database from 'better-sqlite3';
import { SweepError, messageOf, type ErrorCode } from '../errors.ts';
import { processLimit } from '../executor/process-limits.ts';

/** What SQLite's and the file system's error codes mean to a user, the first match first. */
const MEANINGS: readonly (readonly [codes: RegExp, code: ErrorCode, reasonAndFix: string])[] = [
  [
    // SQLite reports a quota or file size limit as a failed write; growing its shared memory fails on a full disk only.
    /^(SQLITE_FULL|SQLITE_IOERR_(WRITE|SHMSIZE|FSYNC|DIR_FSYNC)|ENOSPC|EDQUOT|EFBIG)$/,
    'STORE_FULL',
    'The disk is full, over its quota or failing. What was recorded before is safe, and nothing of this step was written. ' +
      'Free some space, then run the sweep again.',
  ],
  [
    // Our statements are fixed: where one does not compile (plain SQLITE_ERROR), the file's schema is not what it was.
    /^SQLITE_(CORRUPT|NOTADB|FORMAT|ERROR$)/,
    'STORE_UNREADABLE',
    'The file is damaged or is no SQLite database. Run `sweep doctor` to see what is wrong; ' +
      'restore it from a backup, or move it away to start anew.',
  ],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    'STORE_LOCKED',
    'Another process keeps writing to it. Wait for that process or stop it, then run this command again.',
  ],
  [
    /^(EMFILE|ENFILE)$/,
    'STORE_UNREADABLE',
    'Too many files are open. Give fewer --slots, or have the hard limit raised (`ulimit -Hn`), then run the sweep again.',
  ],
  [
    /^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH|IOERR|NOLFS)|EACCES|EPERM|EROFS|EEXIST|ENOTDIR|EISDIR|ENOENT|ELOOP|ENAMETOOLONG|EIO|ENXIO)/,
    'STORE_UNREADABLE',
    'Check that the folder exists and that you may read and write it, or name another one with --results.',
  ],
];

/** A row that holds what vae-sweep never writes. The message names it: `trial … of sweep … has …`. */
export class DamagedRow extends Error {}

/** SQLite's or the operating system's code of an error, e.g. `SQLITE_FULL` or `EACCES`; empty for any other. */
export function codeOf(error: unknown): string {
  // SQLite keeps no checksums: a flipped byte in a stored JSON text first shows when it is parsed.
  if (error instanceof SyntaxError) return 'SQLITE_CORRUPT';
  if (error instanceof Database.SqliteError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** The SweepError that tells a user what an error at `file` means; errors that are no user's business as they are. */
export function storeError(error: unknown, file: string): unknown {
  if (error instanceof SweepError) return error;
  if (error instanceof DamagedRow) {
    return new SweepError(
      'STORE_UNREADABLE',
      `${file}: ${error.message}: the row was changed by something other than vae-sweep. ` +
        'Restore the database from a backup, or name another folder with --results to start anew.',
      { cause: error },
    );
  }
  const code = codeOf(error);
  const meaning = MEANINGS.find(([codes]) => codes.test(code));
  if (!meaning) return error;
  const limit = /^(SQLITE_IOERR_WRITE|EFBIG)$/.test(code) ? processLimit('Max file size') : Infinity;
  const fix = limit === Infinity ? meaning[2] : fileSizeFix(limit);
  return new StorageError(meaning[1], `${file}: ${messageOf(error)} (${code}). ${fix}`, file, code, {
    cause: error,
  });
}

/** What SQLite or the operating system refused at a place. */
class StorageError extends SweepError {
  readonly file: string;
  readonly systemCode: string;
  constructor(code: ErrorCode, message: string, file: string, systemCode: string, options: ErrorOptions) {
    super(code, message, options);
    this.file = file;
    this.systemCode = systemCode;
  }
}

function fileSizeFix(limit: number): string {
  return (
    `No file may grow beyond ${limit} bytes here (\`ulimit -f\`). What was recorded before is safe, and nothing of this ` +
    'step was written. Raise the limit (`ulimit -f unlimited`), then run the sweep again.'
  );
}

/** What a run that meets `error` waits for, in words; undefined where waiting would not help. */
export function passingTrouble(error: unknown): string | undefined {
  if (!(error instanceof StorageError)) return undefined;
  const { file, systemCode } = error;
  if (/^SQLITE_(BUSY|LOCKED)/.test(systemCode)) {
    return (
      `${file}: another process holds the lock for writing (a stopped sweep, a backup, a database tool); nothing is lost, ` +
      'and the run goes on when that process lets go or ends'
    );
  }
  // Files that may not grow here won't by themselves, unlike a full disk.
  if (/^(SQLITE_IOERR_WRITE|EFBIG)$/.test(systemCode) && processLimit('Max file size') !== Infinity) return undefined;
  if (/^(SQLITE_(FULL|IOERR_(WRITE|SHMSIZE))|ENOSPC|EDQUOT|EFBIG)$/.test(systemCode)) {
    return `${file}: the disk is full or over its quota (${systemCode}); nothing is lost, and the run goes on when there is room`;
  }
  return undefined;
}

/** Runs `action` on the database or folder `file`; what it throws is told as by `storeError`. */
export function explaining<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw storeError(error, file);
  }
}

/** Runs `action`; when it throws, `undo` takes back what was acquired before. */
export function undoOnError<T>(undo: () => void, action: () => T): T {
  try {
    return action();
  } catch (error) {
    undo();
    throw error;
  }
}
