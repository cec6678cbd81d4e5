import { oneLine } from '../executor/output-lines.ts';
import type { TrialOutcome, TrialSummary } from '../trial/outcome.ts';
import type { TrialState } from '../trial/state.ts';
import { failureCause, lossCause, MAX_LOSSES_IN_A_ROW } from './losses.ts';

/** Pause before a trial is tried again, by the number of attempts in a row that it has lost by itself. */
const RETRY_DELAYS_MS = [1_000, 1_000, 10_000] as const;

/** What becomes of a trial after an attempt. */
export type Verdict =
  | { readonly state: 'completed'; readonly cause: null; readonly summary: TrialSummary }
  | { readonly state: Exclude<TrialState, 'queued' | 'running' | 'completed'>; readonly cause: string }
  | { readonly state: 'queued'; readonly cause: string; readonly retryInMs: number };

/**
 * Judges a train job's outcome. `earlierLosses` are the causes of the losses that were charged to the trial before.
 * Only what is not the trial's own doing is tried again: the same seed would diverge, and the same bug would strike, again.
 */
export function judge(outcome: Exclude<TrialOutcome, { kind: 'declined' }>, earlierLosses: readonly string[]): Verdict {
  switch (outcome.kind) {
    case 'completed':
      return { state: 'completed', cause: null, summary: outcome.summary };
    case 'diverged':
      return { state: 'diverged', cause: oneLine(outcome.message) };
    case 'failed':
      return { state: 'failed', cause: `${outcome.failure.kind}: ${oneLine(outcome.failure.message)}` };
    case 'stopped':
      return { state: 'queued', cause: outcome.reason, retryInMs: RETRY_DELAYS_MS[0] };
    case 'lost': {
      const charged = outcome.culprit === 'trial' ? [...earlierLosses, oneLine(outcome.cause)] : earlierLosses;
      return charged.length >= MAX_LOSSES_IN_A_ROW
        ? { state: 'failed', cause: failureCause(charged) }
        : { state: 'queued', cause: lossCause(outcome, charged), retryInMs: RETRY_DELAYS_MS[charged.length]! };
    }
    case 'tested':
      return { state: 'failed', cause: 'bug: a train job answered with the outcome of a test job' };
  }
}
