import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { removeQuietly } from './atomic-file.ts';

/** What writes hasn't stood still for so long: of other machines, and where a new process has an old one's number. */
const ABANDONED_MS = 3_600_000;

/** Where a file is written until it takes its place. No other is ever called like it, and the name says who writes. */
export function temporaryPath(target: string): string {
  return `${target}.${hostTag()}-${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/** Removes what processes that were killed have left in a folder of such files. */
export function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.tmp')) continue;
    const file = path.join(folder, name);
    const [, host, pid] = /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.tmp$/.exec(name) ?? [];
    const isKilled = host === hostTag() && !isRunning(Number(pid));
    const stoodMs = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (isKilled || stoodMs > ABANDONED_MS) removeQuietly(file);
  }
}

/** Caches may be shared by machines, each of which has processes of these numbers. */
function hostTag(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
