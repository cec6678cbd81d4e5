import type { Task } from './task.ts';

interface Waiting {
  readonly task: Task;
  /** Of all that came the same way, whatever their class. */
  readonly place: number;
}

/** Tasks of one class: those of the source that were not begun, behind them those that came back. */
export class Lane {
  readonly #drawn: Waiting[] = [];
  readonly #returned: Waiting[] = [];
  /** Taken from there on. */
  #next = 0;

  get length(): number {
    return this.#drawn.length + this.#returned.length - this.#next;
  }

  at(i: number): (Waiting & { readonly isReturned: boolean }) | undefined {
    const isReturned = i >= this.#drawn.length;
    const waiting = isReturned ? this.#returned[this.#next + i - this.#drawn.length] : this.#drawn[i];
    return waiting && { ...waiting, isReturned };
  }

  draw(waiting: Waiting): void {
    this.#drawn.push(waiting);
  }

  return(waiting: Waiting): void {
    this.#returned.push(waiting);
  }

  /** Takes the first `count` out. */
  remove(count: number): void {
    this.#next += count - this.#drawn.splice(0, count).length;
    // Nothing may grow while the same few tasks are asked again and again.
    if (this.#next === this.#returned.length) this.#returned.length = this.#next = 0;
  }
}
