import { oneLine } from '../executor/output-lines.ts';
import type { TrialOutcome, TrialSummary } from '../executor/protocol.ts';
import type { TrialState } from '../trial/state.ts';

/**
 * Pause before a trial is tried again, by the number of attempts it has lost in a row. It goes to the end of the queue
 * as well, so a device that just died is not handed the job that may have killed it.
 */
const RETRY_DELAYS_MS = [1_000, 10_000] as const;

/** A trial that loses this many attempts, without finishing an epoch in between, is taken for the cause of the losses. */
export const MAX_LOSSES_IN_A_ROW = RETRY_DELAYS_MS.length + 1;

/** What becomes of a trial after an attempt. */
export type Verdict =
  | { readonly state: 'completed'; readonly cause: null; readonly summary: TrialSummary }
  | { readonly state: Exclude<TrialState, 'queued' | 'running' | 'completed'>; readonly cause: string }
  | { readonly state: 'queued'; readonly cause: string; readonly retryInMs: number };

/**
 * Judges a train job's outcome. `earlierLosses` are the causes of the attempts lost in a row before this one.
 * Only what is not the trial's own doing is tried again: the same seed would diverge, and the same bug would strike, again.
 */
export function judge(outcome: TrialOutcome, earlierLosses: readonly string[]): Verdict {
  switch (outcome.kind) {
    case 'completed':
      return { state: 'completed', cause: null, summary: outcome.summary };
    case 'diverged':
      return { state: 'diverged', cause: oneLine(outcome.message) };
    case 'failed':
      return { state: 'failed', cause: `${outcome.failure.kind}: ${oneLine(outcome.failure.message)}` };
    case 'stopped':
      return outcome.reason === 'interrupted'
        ? { state: 'queued', cause: 'interrupted', retryInMs: RETRY_DELAYS_MS[0] }
        : { state: outcome.reason, cause: outcome.reason };
    case 'lost': {
      const losses = [...earlierLosses, oneLine(outcome.cause)];
      const retryInMs = RETRY_DELAYS_MS[earlierLosses.length];
      return retryInMs === undefined
        ? { state: 'failed', cause: `lost ${losses.length} attempts in a row: ${losses.join('; ')}` }
        : { state: 'queued', cause: `lost: ${losses.at(-1)!}`, retryInMs };
    }
    case 'tested':
      return { state: 'failed', cause: 'bug: a train job answered with the outcome of a test job' };
  }
}
