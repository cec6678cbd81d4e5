import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

/** Where downloads stay for the next run, by the customs of the system. */
export function userCache(): string {
  return path.join(process.env['XDG_CACHE_HOME'] || cacheHome(), 'vae-sweep');
}

function cacheHome(): string {
  let home: string;
  try {
    home = homedir();
  } catch {
    // A container may run as a user of no name, who has no home. What is downloaded is checked by its hash, wherever it lies.
    return tmpdir();
  }
  return path.join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache');
}
