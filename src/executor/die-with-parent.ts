import { spawnSync } from 'node:child_process';
import { findProgram } from './find-program.ts';

const FLAGS = ['--pdeathsig', 'KILL'];
let found: readonly string[] | undefined;

/**
 * What to put before a command, so that the kernel ends its process when this one dies, however either is: a process that
 * was stopped (SIGSTOP) can't see by itself that its parent is gone. util-linux's setpriv becomes that command; where there
 * is none, nothing.
 */
export function diesWithParent(): readonly string[] {
  if (found === undefined) {
    const setpriv = findProgram('setpriv', process.env);
    // Busybox has one that doesn't know the flag.
    const works = setpriv !== undefined && spawnSync(setpriv, [...FLAGS, 'true']).status === 0;
    found = works ? [setpriv, ...FLAGS] : [];
  }
  return found;
}
