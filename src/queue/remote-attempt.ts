import type { Attempt } from '../executor/executor.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { Failure, StopReason, TrialOutcome } from '../trial/outcome.ts';
import type { ExecutionEnd, Report } from './messages.ts';
import { Story } from './story.ts';

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
  /** It was asked to. */
  isStopping = false;
  /** Why it ended, where its machine is to blame, and not the trial: another one may do better. */
  trouble: string | undefined;
  readonly #settled = Promise.withResolvers<TrialOutcome>();
  readonly #story: Story;
  #expected = 0;

  constructor(options: RemoteAttemptOptions) {
    this.options = options;
    this.#story = new Story(options.job);
    this.outcome = this.#settled.promise;
  }

  /** Returns how it ended, if it did. */
  hear({ number, news }: Report): TrialOutcome | undefined {
    // Sent again over a new connection.
    if (number < this.#expected) return undefined;
    if (number > this.#expected) return this.lose('a report of it was lost with the data of Redis');
    this.#expected++;
    for (const item of news) {
      if (!this.#story.continues(item))
        return this.lose(`agent ${this.options.agent.name} tells what can't be true of it`);
      if ('outcome' in item) return this.#end(item.outcome);
      const { event } = item;
      this.options.onEvent(event.type === 'placed' ? { type: 'placed', device: this.options.device } : event);
    }
    return undefined;
  }

  #end(outcome: ExecutionEnd): TrialOutcome {
    if (outcome.kind === 'unprepared') return this.#blameMachine(`could not begin it: ${outcome.cause}`);
    // Of files in a folder of the agent's own.
    if (outcome.kind === 'failed' && outcome.failure.kind === 'storage')
      return this.#blameMachine(`its machine: ${outcome.failure.message}`);
    // Agents stop what they run when they end.
    if (outcome.kind === 'stopped' && !this.isStopping) return this.lose(`agent ${this.options.agent.name} ended`);
    this.#settled.resolve(outcome);
    return outcome;
  }

  #blameMachine(cause: string): TrialOutcome {
    this.trouble = cause;
    return this.lose(cause);
  }

  /** Its files here can't be used. */
  fail(failure: Failure): void {
    this.#settled.resolve({ kind: 'failed', failure });
  }

  /** Through no fault of the trial. */
  lose(cause: string): TrialOutcome {
    const outcome: TrialOutcome = { kind: 'lost', cause, culprit: 'other' };
    this.#settled.resolve(outcome);
    return outcome;
  }

  stop(reason: StopReason): void {
    if (this.isStopping) return;
    this.isStopping = true;
    this.options.onStop(reason);
  }
}
