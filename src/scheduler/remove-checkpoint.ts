import { messageOf } from '../errors.ts';
import { codeOf, passingTrouble, storeError } from '../store/store-error.ts';
import { mayGoOn } from '../model/longer-training.ts';
import type { TrialState } from '../trial/state.ts';
import type { TrialConfig } from '../trial/trial.ts';
import type { TrialFiles } from '../files/trial-files.ts';

/** Whether a trial that has ended keeps its checkpoint: to be revived, or to go on where more epochs are asked for. */
export function keepsCheckpoint({
  state,
  config,
}: {
  readonly state: TrialState;
  readonly config: TrialConfig;
}): boolean {
  return state === 'pruned' || (state === 'completed' && mayGoOn(config.parameters));
}

/** Begins a trial from another one's checkpoint. Where that can't be had, it begins anew. Throws trouble of the storage that may pass. */
export function shareCheckpoint(files: TrialFiles, other: TrialFiles, warn: (message: string) => void): void {
  try {
    files.share('checkpoint', other);
  } catch (error) {
    const trouble = storeError(error, files.folder);
    if (passingTrouble(trouble) !== undefined) throw trouble;
    warn(`it begins anew: the checkpoint of ${other.folder} can't be used (${messageOf(error)})`);
  }
}

/**
 * For a trial that no run will take up again: the same seed would diverge again, or more epochs could not go on from it. A failed or cancelled
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
