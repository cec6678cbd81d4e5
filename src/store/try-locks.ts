import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import Database from 'better-sqlite3';
import { messageOf, SweepError } from '../errors.ts';

const HELD = 0;
const NOT_HELD = 3;

/** What another process finds: a lock is worth something if it can't have it, too. */
const OTHER = `const [, driver, file] = process.argv;
try {
  new (require(driver))(file, { timeout: 0 }).exec('BEGIN EXCLUSIVE');
  process.exit(${NOT_HELD});
} catch (error) {
  process.exit(/^SQLITE_BUSY/.test(error.code) ? ${HELD} : 1);
}`;

/**
 * Locks a new file in a folder of a network file system, here and from another process, before anything is trusted to
 * such a lock. What it can't find out is whether another machine would see it.
 * @throws SweepError STORE_UNREADABLE where locks don't work
 */
export function refuseBrokenLocks(folder: string, fileSystem: string): void {
  const file = path.join(folder, `sweeps.db.locks-${randomUUID()}`);
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    const driver = createRequire(import.meta.url).resolve('better-sqlite3');
    const { status } = spawnSync(process.execPath, ['-e', OTHER, driver, file], { stdio: 'ignore' });
    if (status === NOT_HELD) throw new Error('a lock that one process holds is given to another one');
  } catch (error) {
    // Nobody else knows of this file: one that is busy is one that can't be locked.
    const reason = (error as { code?: string }).code === 'SQLITE_BUSY' ? 'locks are refused' : messageOf(error);
    throw new SweepError(
      'STORE_UNREADABLE',
      `${folder}: locks don't work on this ${fileSystem} (${reason}), and without them two coordinators could write to one ` +
        'database. Have it mounted with locks (NFS: without nolock; Lustre: flock; CIFS: without nobrl), or name a folder ' +
        'elsewhere with --results.',
      { cause: error },
    );
  } finally {
    db.close();
    for (const suffix of ['', '-journal']) rmSync(`${file}${suffix}`, { force: true });
  }
}
