import { statSync } from 'node:fs';
import type { ResultsLayout } from '../files/paths.ts';
import { readResults } from '../store/read-results.ts';
import type { ReadModel } from '../store/read-model.ts';

/** How often the database's files are looked at; reading it takes at most a fifth of the time. */
const LOOK_MS = 250;
/** A coordinator that dies writes nothing: its silence must be noticed, too. */
const SILENCE_MS = 5000;

/**
 * Calls `read` with the results opened for reading, at once and whenever their files changed, until aborted. They are closed
 * again each time, so no reader stands in a writer's way, and a file that was replaced is read anew. `isRunning`: whether
 * silence may mean something. What opening or `read` throws after the first time goes to `onTrouble`; then it goes on.
 */
export function watchResults(
  layout: ResultsLayout,
  stop: AbortSignal,
  {
    read,
    isRunning,
    onTrouble,
  }: {
    readonly read: (model: ReadModel) => void;
    readonly isRunning: () => boolean;
    readonly onTrouble: (error: unknown) => void;
  },
): void {
  let seen = '';
  let readAt = 0;
  const readNow = (): void => {
    seen = stampOf(layout.database);
    readResults(layout, (results) => {
      try {
        read(results);
      } finally {
        readAt = performance.now();
      }
    });
  };
  const look = (): void => {
    const before = performance.now();
    try {
      const isSilent = isRunning() && before - readAt >= SILENCE_MS;
      if (isSilent || stampOf(layout.database) !== seen) readNow();
    } catch (error) {
      onTrouble(error);
    }
    next(before);
  };
  let timer: NodeJS.Timeout | undefined;
  const next = (before: number): void => {
    if (!stop.aborted) timer = setTimeout(look, Math.max(LOOK_MS, 4 * (performance.now() - before)));
  };
  stop.addEventListener('abort', () => clearTimeout(timer), { once: true });
  const before = performance.now();
  readNow();
  next(before);
}

/** Size and time of the database and its log. An empty log, which reading may make and remove, says nothing. */
function stampOf(database: string): string {
  return [database, `${database}-wal`]
    .map((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats === undefined || stats.size === 0 ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    })
    .join(' | ');
}
