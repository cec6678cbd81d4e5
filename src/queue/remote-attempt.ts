import type { Attempt } from '../executor/executor.ts';
import type { News, TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { StopReason, TrialOutcome } from '../trial/outcome.ts';
import type { Report } from './messages.ts';

export interface RemoteAttemptOptions {
  readonly job: TrialJob;
  readonly execution: string;
  /** Label of the device that it was sent to. */
  readonly device: string;
  /** Name and id of its agent. */
  readonly agent: { readonly name: string; readonly id: string };
  readonly onEvent: (event: TrialEvent) => void;
  readonly onStop: (reason: StopReason) => void;
}

/** One job at an agent, from `run` to its outcome: takes what is told of it, in order and once. */
export class RemoteAttempt implements Attempt {
  readonly options: RemoteAttemptOptions;
  readonly outcome: Promise<TrialOutcome>;
  /** Its agent has named it. */
  isListed = false;
  /** Looks at its agent in a row that did not find it there. */
  missing = 0;
  readonly #settled = Promise.withResolvers<TrialOutcome>();
  #expected = 0;
  #isStopping = false;

  constructor(options: RemoteAttemptOptions) {
    this.options = options;
    this.outcome = this.#settled.promise;
  }

  /** Returns how it ended, if it did. */
  hear({ number, news }: Report): TrialOutcome | undefined {
    // Sent again over a new connection.
    if (number < this.#expected) return undefined;
    if (number > this.#expected) return this.lose('a report of it was lost with the data of Redis');
    this.#expected++;
    for (const item of news) {
      if ('outcome' in item) return this.#end(item);
      const { event } = item;
      this.options.onEvent(event.type === 'placed' ? { type: 'placed', device: this.options.device } : event);
    }
    return undefined;
  }

  #end({ outcome }: Extract<News, { outcome: unknown }>): TrialOutcome {
    // Agents stop what they run when they end.
    if (outcome.kind === 'stopped' && !this.#isStopping) return this.lose(`agent ${this.options.agent.name} ended`);
    this.#settled.resolve(outcome);
    return outcome;
  }

  /** Through no fault of the trial. */
  lose(cause: string): TrialOutcome {
    const outcome: TrialOutcome = { kind: 'lost', cause, culprit: 'other' };
    this.#settled.resolve(outcome);
    return outcome;
  }

  stop(reason: StopReason): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.options.onStop(reason);
  }
}
