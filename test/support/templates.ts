/**
 * A folder for what tests compute once for all files, for what they write and for what is known of images; vitest.config.ts
 * names this module. It goes with the run.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** More than tests write. */
const ENOUGH_BYTES = 4 * 2 ** 30;
const MEMORY = '/dev/shm';

export default function templates(): () => void {
  const folder = mkdtempSync(path.join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'sweep-'));
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

/** In memory: a database that waits for a disk at each commit takes a part of the time of tests that no test is about. */
function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}
