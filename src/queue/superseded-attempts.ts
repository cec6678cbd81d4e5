import type { LateEnd } from '../trial/late-end.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import type { EpochRecord } from '../trial/trial.ts';
import type { ExecutionEnd, Report } from './messages.ts';
import type { RemoteAttempt } from './remote-attempt.ts';

/** What more were given up before is forgotten: a network that comes back brings the last ones. */
const MOST = 10_000;
/** Of what one tells: a trial has less. */
const MOST_METRICS = 100;

interface Superseded {
  readonly attempt: RemoteAttempt;
  last: EpochRecord | undefined;
}

/** Attempts that were given up, of which their agents may still tell. */
export class SupersededAttempts {
  /** By execution, the oldest first. */
  readonly #attempts = new Map<string, Superseded>();

  add(attempt: RemoteAttempt): void {
    this.#attempts.set(attempt.options.execution, { attempt, last: undefined });
    const [oldest] = this.#attempts.keys();
    if (this.#attempts.size > MOST) this.#attempts.delete(oldest!);
  }

  /** Returns how it ended, once that is told. What is told of any other execution was told before. */
  hear({ execution, news }: Report): LateEnd | undefined {
    const superseded = this.#attempts.get(execution);
    if (superseded === undefined) return undefined;
    for (const item of news) {
      if ('outcome' in item) {
        this.#attempts.delete(execution);
        return lateEnd(superseded, item.outcome);
      }
      if (item.event.type === 'epoch') superseded.last = item.event.record;
    }
    return undefined;
  }
}

function lateEnd({ attempt, last }: Superseded, end: ExecutionEnd): LateEnd | undefined {
  const outcome = end.kind === 'superseded' ? end.outcome : end;
  const { job, execution, device } = attempt.options;
  if (job.kind === 'test' || outcome.kind === 'declined' || outcome.kind === 'unprepared') return undefined;
  const metrics = outcome.kind === 'completed' ? outcome.summary.metrics : (last?.metrics ?? {});
  return {
    ...{ trial: job.trial, attempt: job.attempt, execution, device },
    ...{ outcome: outcome.kind, cause: causeOf(outcome) },
    epoch: outcome.kind === 'completed' ? outcome.summary.epochs : (last?.epoch ?? 0),
    metrics: Object.fromEntries(Object.entries(metrics).slice(0, MOST_METRICS)),
  };
}

function causeOf(outcome: TrialOutcome): string | null {
  if (outcome.kind === 'failed') return outcome.failure.message;
  if (outcome.kind === 'diverged') return outcome.message;
  return outcome.kind === 'lost' ? outcome.cause : null;
}
