import type { Executor } from '../executor/executor.ts';
import type { TrialOutcome } from '../trial/outcome.ts';
import { Placement } from './placement.ts';
import type { NewsOf, TaskAttempt } from './turn.ts';

const GIVEN_UP: TrialOutcome = { kind: 'stopped', reason: 'interrupted' };

/** Attempts that were begun and have not ended. */
export class RunningAttempts {
  readonly #executor: Executor;
  readonly #hear: (news: NewsOf) => void;
  readonly #attempts = new Set<TaskAttempt>();

  /** `hear` is told all that comes of the attempts that are sent. */
  constructor(executor: Executor, hear: (news: NewsOf) => void) {
    this.#executor = executor;
    this.#hear = hear;
  }

  get size(): number {
    return this.#attempts.size;
  }

  has(attempt: TaskAttempt): boolean {
    return this.#attempts.has(attempt);
  }

  isSubsetOf(attempts: ReadonlySet<TaskAttempt>): boolean {
    return this.#attempts.isSubsetOf(attempts);
  }

  replace(ended: Iterable<TaskAttempt>, begun: Iterable<TaskAttempt>): void {
    for (const attempt of ended) this.#attempts.delete(attempt);
    for (const attempt of begun) this.#attempts.add(attempt);
  }

  send(attempt: TaskAttempt): void {
    const { device, task } = attempt;
    // Those of other runs, where devices are shared, are not in our placement.
    const job = task.isSuspect ? { ...attempt.job, alone: true } : attempt.job;
    attempt.sent = this.#executor.run(job, (event) => this.#hear({ of: attempt, event }), device);
    void attempt.sent.outcome.then((outcome) => this.#hear({ of: attempt, outcome }));
  }

  /** Asks all to stop at their next chunk of steps. */
  stop(): void {
    for (const { sent } of this.#attempts) sent?.stop('interrupted');
  }

  /** All, as if they had stopped. What else comes of them is not heard. */
  giveUp(): void {
    for (const of of this.#attempts) this.#hear({ of, outcome: GIVEN_UP });
  }

  /** Where jobs could go once these have `ended`. */
  placement(ended: ReadonlySet<TaskAttempt> = new Set()): Placement {
    const staying = [...this.#attempts].filter((attempt) => !ended.has(attempt));
    return new Placement(
      this.#executor.devices,
      staying.map(({ device, task }) => ({ device, isSuspect: task.isSuspect })),
    );
  }
}
