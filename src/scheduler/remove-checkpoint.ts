import { lstatSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../errors.ts';
import { TRIAL_FILES } from '../paths.ts';
import { codeOf, storeError } from '../store/store-error.ts';
import { isOwnTrouble } from './own-trouble.ts';

/**
 * For a trial that no run will take up again: it completed, or the same seed would diverge again. A failed or cancelled
 * one keeps its checkpoint for the next try. One that can't be removed costs only its room: `warn` is told.
 */
export function removeCheckpoint(directory: string, warn: (message: string) => void): void {
  try {
    // Behind a link lies what is not ours.
    if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) return;
    rmSync(path.join(directory, TRIAL_FILES.checkpoint), { force: true });
  } catch (error) {
    if (!isOwnTrouble(codeOf(error), directory)) throw storeError(error, directory);
    warn(`its checkpoint, which is no longer needed, can't be removed (${messageOf(error)}); remove it by hand`);
  }
}
