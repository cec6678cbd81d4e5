import type { Holder } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Task } from './task.ts';

/**
 * Tasks that wait: for a slot in their order, as suspects behind all of these, or laid aside until a timer puts them at
 * the end. It does a constant amount of work for each, however many wait.
 */
export class TaskQueue {
  readonly #clock: Clock;
  readonly #onReturn: () => void;
  /** Taken from `#next` on. */
  readonly #unsuspected: Task[] = [];
  #next = 0;
  readonly #suspects: Task[] = [];
  readonly #aside = new Map<Task, { readonly cancel: () => void; readonly heldBy: Holder | undefined }>();

  /** `onReturn` hears when a task that was laid aside waits for a slot again. */
  constructor(clock: Clock, tasks: readonly Task[], onReturn: () => void) {
    this.#clock = clock;
    this.#onReturn = onReturn;
    for (const task of tasks) this.add(task);
  }

  /** Tasks that wait for a slot. */
  get waiting(): number {
    return this.#unsuspected.length - this.#next + this.#suspects.length;
  }

  /** All that wait, also for a timer. */
  get size(): number {
    return this.waiting + this.#aside.size;
  }

  /** Who has the tasks that were laid aside because of them: one holder for each of these tasks. */
  get holders(): Holder[] {
    return [...this.#aside.values()].flatMap(({ heldBy }) => heldBy ?? []);
  }

  add(task: Task): void {
    (task.isSuspect ? this.#suspects : this.#unsuspected).push(task);
  }

  layAside(task: Task, forMs: number, heldBy?: Holder): void {
    const cancel = this.#clock.setTimer(forMs, () => {
      this.#aside.delete(task);
      this.add(task);
      this.#onReturn();
    });
    this.#aside.set(task, { cancel, heldBy });
  }

  /** The first `count` of those that wait for a slot, who stay there. */
  first(count: number): readonly Task[] {
    const unsuspected = this.#unsuspected.slice(this.#next, this.#next + count);
    return [...unsuspected, ...this.#suspects.slice(0, count - unsuspected.length)];
  }

  /** Takes the first `count` out. */
  remove(count: number): void {
    const unsuspected = Math.min(count, this.#unsuspected.length - this.#next);
    this.#next += unsuspected;
    this.#suspects.splice(0, count - unsuspected);
    // Nothing may grow while the same few tasks are asked again and again.
    if (this.#next === this.#unsuspected.length) this.#unsuspected.length = this.#next = 0;
  }

  forgetTimers(): void {
    for (const { cancel } of this.#aside.values()) cancel();
  }
}
