import { statSync } from 'node:fs';

/** What tells a file from another one of the same name; undefined when there is none. */
export function fileId(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}
