import type { Holder } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Source } from './source.ts';
import type { Task } from './task.ts';

/**
 * Tasks that wait: for a slot in the order of their source, behind all of these those that were laid aside until a timer
 * ended, and as suspects last. It does a constant amount of work for each, however many wait.
 */
export class TaskQueue {
  readonly #clock: Clock;
  readonly #source: Source<Task>;
  readonly #onReturn: () => void;
  /** Of the source, not begun. */
  readonly #drawn: Task[] = [];
  /** Taken from `#next` on. */
  readonly #returned: Task[] = [];
  #next = 0;
  #isStarved = false;
  readonly #suspects: Task[] = [];
  readonly #aside = new Map<Task, { readonly cancel: () => void; readonly heldBy: Holder | undefined }>();

  /** `onReturn` hears when a task that was laid aside waits for a slot again. */
  constructor(clock: Clock, source: Source<Task>, onReturn: () => void) {
    this.#clock = clock;
    this.#source = source;
    this.#onReturn = onReturn;
  }

  /** Tasks that wait for a slot, but not those that a source has yet to find. */
  get waiting(): number {
    return (this.isStarved ? 0 : this.#source.left) + this.#inHand;
  }

  /** All that wait, also for a timer. */
  get size(): number {
    return this.#source.left + this.#inHand + this.#aside.size;
  }

  /** The source has more to come, and had none when it was asked last. */
  get isStarved(): boolean {
    return this.#isStarved && this.#source.left > 0;
  }

  /** Only its source can go on, and doesn't. */
  get isStuck(): boolean {
    return this.isStarved && this.size === this.#source.left;
  }

  get #inHand(): number {
    return this.#drawn.length + this.#returned.length - this.#next + this.#suspects.length;
  }

  /** Who has the tasks that were laid aside because of them: one holder for each of these tasks. */
  get holders(): Holder[] {
    return [...this.#aside.values()].flatMap(({ heldBy }) => heldBy ?? []);
  }

  add(task: Task): void {
    (task.isSuspect ? this.#suspects : this.#returned).push(task);
  }

  layAside(task: Task, forMs: number, heldBy?: Holder): void {
    const cancel = this.#clock.setTimer(forMs, () => {
      this.#aside.delete(task);
      this.add(task);
      this.#onReturn();
    });
    this.#aside.set(task, { cancel, heldBy });
  }

  /** Those that wait for a slot, who stay there. The source is asked for one more only when that is wanted. */
  *inOrder(): Generator<Task, void> {
    for (let i = 0; i < this.#drawn.length || this.#draw(); i++) yield this.#drawn[i]!;
    for (let i = this.#next; i < this.#returned.length; i++) yield this.#returned[i]!;
    yield* this.#suspects;
  }

  /** Whether another one came that isn't a suspect. */
  #draw(): boolean {
    for (;;) {
      const task = this.#source.next();
      this.#isStarved = task === undefined;
      if (task === undefined) return false;
      (task.isSuspect ? this.#suspects : this.#drawn).push(task);
      if (!task.isSuspect) return true;
    }
  }

  /** Takes the first `count` of them out. */
  remove(count: number): void {
    const drawn = this.#drawn.splice(0, count).length;
    const returned = Math.min(count - drawn, this.#returned.length - this.#next);
    this.#next += returned;
    this.#suspects.splice(0, count - drawn - returned);
    // Nothing may grow while the same few tasks are asked again and again.
    if (this.#next === this.#returned.length) this.#returned.length = this.#next = 0;
  }

  forgetTimers(): void {
    for (const { cancel } of this.#aside.values()) cancel();
  }
}
