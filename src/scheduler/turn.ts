import type { Attempt } from '../executor/executor.ts';
import type { News } from '../trial/event.ts';
import type { TrialJob } from '../trial/job.ts';
import type { Placement } from './placement.ts';
import type { Held, Task } from './task.ts';

/** A task's job on its way to a device, or there. */
export interface TaskAttempt {
  readonly task: Task;
  readonly job: TrialJob;
  /** Where the scheduler wants it. */
  readonly device: string;
  /** Once it was handed over. */
  sent?: Attempt;
}

export type NewsOf = { readonly of: TaskAttempt } & News;

/** What a turn comes to. Nothing of it has happened until its records are durable. */
export class Turn {
  readonly ended = new Set<TaskAttempt>();
  readonly begun: TaskAttempt[] = [];
  readonly held: (Held & { readonly task: Task })[] = [];
  /** Tasks that were asked to begin. */
  readonly asked: Task[] = [];
  /** What follows once it is durable, in this order. */
  readonly sequels: (() => void)[] = [];
  readonly #settle: (task: Task, retryInMs: number | undefined) => void;

  /** `settle` hears of each task whose attempt ended when it is to go on; `undefined` of those that are over. */
  constructor(settle: (task: Task, retryInMs: number | undefined) => void) {
    this.#settle = settle;
  }

  /** Lets the tasks record the news of attempts that are `running`. */
  hear(news: readonly NewsOf[], running: Pick<ReadonlySet<TaskAttempt>, 'has'>): void {
    for (const item of news) {
      const { of } = item;
      // One that was given up has been accounted for.
      if (!running.has(of) || this.ended.has(of)) continue;
      if ('event' in item) {
        this.sequels.push(of.task.event(item.event));
      } else {
        this.ended.add(of);
        const sequel = of.task.end(item.outcome);
        this.sequels.push(() => this.#settle(of.task, sequel()));
      }
    }
  }

  /** Lets at most so many tasks record the begin of attempts, while there is a place for the next. */
  begin(tasks: Iterable<Task>, most: number, placement: Placement): void {
    const waiting = tasks[Symbol.iterator]();
    while (this.asked.length < most && placement.free > 0) {
      const { value: task } = waiting.next() as { readonly value: Task | undefined };
      if (task === undefined) break;
      const device = placement.find(task, task.lostOn);
      // A suspect, for which none is empty.
      if (device === undefined) continue;
      this.asked.push(task);
      const job = task.begin();
      if (job.kind === 'over') {
        this.sequels.push(() => {
          job.tell();
          this.#settle(task, undefined);
        });
      } else if (job.kind === 'held') this.held.push({ ...job, task });
      else {
        placement.put(task, device);
        this.begun.push({ task, job, device });
      }
    }
  }

  /** All sequels, whatever one throws: each speaks for another trial. Then the first error. */
  tell(): void {
    const errors: unknown[] = [];
    for (const sequel of this.sequels) {
      try {
        sequel();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
