import type { Attempt } from './executor.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome } from '../trial/outcome.ts';

/** One job on a local device, from `run` to its outcome. */
export class LocalAttempt implements Attempt {
  readonly job: TrialJob;
  readonly outcome: Promise<TrialOutcome>;
  /** Ticks of the watchdog since the job's last event. */
  quietTicks = 0;
  /** The longest silence that an event of the job ended: its steps may honestly take that long. */
  longestQuietTicks = 0;
  /** It has told how far it is, so its longest silence says what a step takes. */
  hasStepped = false;
  /** Why this job's process had to be killed because of it. */
  blame: string | undefined;
  readonly #settled = Promise.withResolvers<TrialOutcome>();
  readonly #onEvent: (event: TrialEvent) => void;
  readonly #onStop: (reason: StopReason) => void;
  #stopping = false;

  constructor(job: TrialJob, onEvent: (event: TrialEvent) => void, onStop: (reason: StopReason) => void) {
    this.job = job;
    this.outcome = this.#settled.promise;
    this.#onEvent = onEvent;
    this.#onStop = onStop;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  deliver(event: TrialEvent): void {
    this.longestQuietTicks = Math.max(this.longestQuietTicks, this.quietTicks);
    this.quietTicks = 0;
    this.hasStepped ||= event.type === 'progress';
    this.#onEvent(event);
  }

  settle(outcome: TrialOutcome): void {
    this.#settled.resolve(outcome);
  }

  /** The first reason counts; later calls change nothing. */
  stop(reason: StopReason): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#onStop(reason);
  }
}
