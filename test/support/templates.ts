/**
 * A folder for what tests compute once for all files, for what they write and for what is known of images; vitest.config.ts
 * names this module. It goes with the run.
 */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** More than tests write. */
const ENOUGH_BYTES = 4 * 2 ** 30;
/** A database there waits for no disk at each commit, which no test is about. */
const MEMORY = '/dev/shm';
const PREFIX = 'sweep-t-';
const DAY_MS = 86_400_000;

export default function templates(): () => void {
  const parent = hasRoom(MEMORY) ? MEMORY : tmpdir();
  removeAbandoned(parent);
  const folder = mkdtempSync(path.join(parent, PREFIX));
  // Some tests have another user read and write there.
  chmodSync(folder, 0o755);
  const temporary = path.join(folder, 't');
  mkdirSync(temporary);
  chmodSync(temporary, 0o777);
  // Inherited by the processes that run the tests.
  process.env['SWEEP_TEST_TEMPLATES'] = folder;
  process.env['TMPDIR'] = temporary;
  process.env['XDG_CACHE_HOME'] = path.join(folder, 'cache');
  return () => rmSync(folder, { recursive: true, force: true });
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

/** What runs of this user left that were killed. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent).filter((name) => name.startsWith(PREFIX))) {
    const found = statSync(path.join(parent, name), { throwIfNoEntry: false });
    if (found?.uid !== process.getuid?.() || Date.now() - found!.mtimeMs < DAY_MS) continue;
    rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}
