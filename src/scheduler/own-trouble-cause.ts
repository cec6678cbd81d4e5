import { oneLine } from '../executor/output-lines.ts';
import type { TrialId } from '../trial/trial.ts';

/** Why a trial failed whose files can't be used, and what to do. `again` is its id where it was trained again on demand. */
export function ownTroubleCause(message: string, directory: string, again: TrialId | undefined): string {
  return (
    `storage: ${oneLine(message)}. Remove or mend what is in the place of the trial's files in ${directory}, ` +
    `then run the sweep again${again === undefined ? ': it tries this trial once more' : ` with --again ${again}`}`
  );
}
