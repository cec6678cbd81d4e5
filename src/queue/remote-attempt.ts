import type { Attempt } from '../executor/executor.ts';
import type { TrialEvent } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { Failure, StopReason, TrialOutcome } from '../trial/outcome.ts';
import type { ExecutionEnd, Report } from './messages.ts';
import type { AgentFault } from './refusals.ts';
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
  /** Why it ended, where that says what its agent is good for. */
  fault: AgentFault | undefined;
  readonly #settled = Promise.withResolvers<TrialOutcome>();
  readonly #story: Story;
  #expected = 0;
  /** Its job itself told something: only then it is known to have begun. */
  #hasBegun = false;

  constructor(options: RemoteAttemptOptions) {
    this.options = options;
    this.#story = new Story(options.job);
    this.outcome = this.#settled.promise;
  }

  /** Returns how it ended, if it did. */
  hear({ number, news }: Report): TrialOutcome | undefined {
    // Sent again over a new connection.
    if (number < this.#expected) return undefined;
    if (number > this.#expected) return this.#blame('gap', 'a report of it was lost, as with the data of Redis');
    this.#expected++;
    const { name } = this.options.agent;
    for (const item of news) {
      if (!this.#story.continues(item)) return this.#blame('lie', `agent ${name} tells what can't be true of it`);
      if ('outcome' in item) return this.#end(item.outcome);
      const { event } = item;
      this.#hasBegun ||= event.type !== 'placed';
      this.options.onEvent(event.type === 'placed' ? { type: 'placed', device: this.options.device } : event);
    }
    return undefined;
  }

  #end(outcome: ExecutionEnd): TrialOutcome {
    if (outcome.kind === 'unprepared') return this.#blame('trouble', `could not begin it: ${outcome.cause}`);
    if (outcome.kind === 'superseded') return this.leave(`agent ${this.options.agent.name} could not keep its lease`);
    // Of files in a folder of the agent's own.
    if (outcome.kind === 'failed' && outcome.failure.kind === 'storage')
      return this.#blame('trouble', `its machine: ${outcome.failure.message}`);
    // Agents stop what they run, and decline the rest, when they end.
    if (
      outcome.kind === 'declined' ||
      (outcome.kind === 'stopped' && outcome.reason !== 'paused' && !this.isStopping)
    ) {
      const cause = `agent ${this.options.agent.name} ended`;
      this.fault = { kind: 'end', cause };
      return this.leave(cause);
    }
    this.#settled.resolve(outcome);
    return outcome;
  }

  #blame(kind: AgentFault['kind'], cause: string): TrialOutcome {
    this.fault = { kind, cause };
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

  /** Its agent is gone: lost, where it had begun. */
  leave(cause: string): TrialOutcome {
    if (this.#hasBegun) return this.lose(cause);
    const outcome: TrialOutcome = { kind: 'declined' };
    this.#settled.resolve(outcome);
    return outcome;
  }

  stop(reason: StopReason): void {
    if (this.isStopping) return;
    this.isStopping = true;
    this.#story.mayPause = reason === 'paused';
    this.options.onStop(reason);
  }
}
