import { oneLine } from '../executor/output-lines.ts';
import type { TrialFiles } from '../files/trial-files.ts';
import { storeError } from '../store/store-error.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import type { TrialId } from '../trial/trial.ts';
import { ownTroubleCause } from './own-trouble-cause.ts';
import { judge, type Verdict } from './retry.ts';

export interface EndedAttempt {
  readonly files: TrialFiles;
  readonly sweepFolder: string;
  /** Causes of the losses that were charged to the trial before. */
  readonly charged: readonly string[];
  /** The trial, where it is trained again on demand. */
  readonly again: TrialId | undefined;
}

/**
 * What becomes of a trial after an attempt; `error` is trouble of the storage that every trial of the sweep would meet. Trouble
 * with a path in the trial's own folder fails this one alone.
 */
export function judgeEnd(
  outcome: Exclude<TrialOutcome, { kind: 'declined' }>,
  { files, sweepFolder, charged, again }: EndedAttempt,
): { readonly verdict: Verdict; readonly error?: unknown } {
  if (outcome.kind !== 'failed' || outcome.failure.kind !== 'storage') return { verdict: judge(outcome, charged) };
  const { code, message } = outcome.failure;
  if (files.isOwnTrouble(code)) {
    return { verdict: { state: 'failed', cause: ownTroubleCause(message, files.folder, again) } };
  }
  return {
    verdict: { state: 'queued', cause: `storage: ${oneLine(message)}`, retryInMs: 0 },
    // The sweep's folder is the place: what one trial meets, its neighbours meet.
    error: storeError(Object.assign(new Error(message), { code }), sweepFolder),
  };
}
