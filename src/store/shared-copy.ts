import { renameSync, rmSync } from 'node:fs';
import type Database from 'better-sqlite3';

/** How old the copy gets at most; of a large database, whose copying takes longer, so many times what that takes. */
const COPY_EVERY_MS = 30_000;
const COPY_SHARE = 20;

/** A database that one process holds alone, as it was a moment ago: for readers on other machines. */
export function copyOf(file: string): string {
  return `${file}.snapshot`;
}

/**
 * Copies it now, then again and again, and a last time when disposed of; in small steps, between which others go on. Never
 * fails: a copy that can't be written leaves the one before.
 */
export function keepCopy(db: Database.Database): AsyncDisposable {
  const copy = copyOf(db.name);
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const write = async (): Promise<void> => {
    const startedMs = performance.now();
    try {
      rmSync(`${copy}.new`, { force: true });
      await db.backup(`${copy}.new`);
      renameSync(`${copy}.new`, copy);
    } catch {
      // The database itself says what is wrong with the disk.
    }
    if (isOver) return;
    const tookMs = performance.now() - startedMs;
    timer = setTimeout(again, Math.max(COPY_EVERY_MS, tookMs * COPY_SHARE));
    timer.unref();
  };
  const again = (): void => void (writing = write());
  let writing = write();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      clearTimeout(timer);
      await writing;
      if (db.open) await write();
    },
  };
}
