import { messageOf } from '../errors.ts';
import { codeOf, storeError } from '../store/store-error.ts';
import type { TrialFiles } from '../files/trial-files.ts';

/**
 * For a trial that no run will take up again: it completed, or the same seed would diverge again. A failed or cancelled
 * one keeps its checkpoint for the next try. One that can't be removed costs only its room: `warn` is told.
 */
export function removeCheckpoint(files: TrialFiles, warn: (message: string) => void): void {
  try {
    files.delete('checkpoint');
  } catch (error) {
    if (!files.isOwnTrouble(codeOf(error))) throw storeError(error, files.folder);
    warn(`its checkpoint, which is no longer needed, can't be removed (${messageOf(error)}); remove it by hand`);
  }
}
