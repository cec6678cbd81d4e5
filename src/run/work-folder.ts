import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { acquireSweepLock, isLocked } from '../store/lock.ts';

const PREFIX = 'sweep-agent-';
/** A file in the folder, which its agent holds locked for as long as it lives. */
const LOCK = 'lock';
/** An agent that has just made its lock's file holds it by then. */
const MADE_MS = 10_000;

/** Of agents of this process: to look at their locks would drop them. */
const own = new Set<string>();

export interface WorkFolder extends Disposable {
  readonly path: string;
}

/** A new folder for what an agent trains; it goes when disposed of. Removes those whose agents were killed. */
export function openWorkFolder(parent = os.tmpdir()): WorkFolder {
  removeDead(parent);
  const folder = mkdtempSync(path.join(parent, PREFIX));
  own.add(folder);
  const lock = acquireSweepLock(path.join(folder, LOCK), { host: os.hostname(), pid: process.pid, since: new Date() });
  return {
    path: folder,
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true });
      lock[Symbol.dispose]();
      own.delete(folder);
    },
  };
}

function removeDead(parent: string): void {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(PREFIX))) {
    const folder = path.join(parent, name);
    try {
      if (!own.has(folder) && isDead(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another agent removes it, too, or it is none of ours.
    }
  }
}

/** Only where that is certain: it is this user's, and was locked once. Throws where it can't be looked at. */
function isDead(folder: string): boolean {
  const { uid } = lstatSync(folder);
  const lock = path.join(folder, LOCK);
  const isOurs = uid === process.getuid?.();
  return isOurs && Date.now() - lstatSync(lock).mtimeMs > MADE_MS && isLocked(lock) === false;
}
