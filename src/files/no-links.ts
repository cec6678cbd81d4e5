import { lstatSync } from 'node:fs';
import { SweepError } from '../errors.ts';

/**
 * Refuses to write through a symbolic link at `file`: what is written into a results folder must not land outside it.
 * The results folder itself may be a link, as to a larger disk. Throws STORE_UNREADABLE.
 */
export function refuseLink(file: string): void {
  if (!isLink(file)) return;
  throw new SweepError(
    'STORE_UNREADABLE',
    `${file} is a symbolic link, and nothing is written through one: it may lead out of the results folder. ` +
      'Remove the link or put what it leads to in its place, or name another folder with --results.',
  );
}

/** The same for a trial's folder, as the system would refuse it: a trouble of that trial's storage. */
export function refuseLinkedFolder(folder: string): void {
  if (!isLink(folder)) return;
  const message = `ELOOP: ${folder} is a symbolic link, and nothing is written through one; remove the link`;
  throw Object.assign(new Error(message), { code: 'ELOOP', syscall: 'mkdir' });
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
