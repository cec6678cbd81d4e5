import type { RemoteAttempt } from './remote-attempt.ts';

/** Attempts that are at agents, by execution, and how many are on each device: both are asked for at every turn. */
export class OpenAttempts implements Iterable<RemoteAttempt> {
  readonly #attempts = new Map<string, RemoteAttempt>();
  readonly #busy = new Map<string, number>();

  add(attempt: RemoteAttempt): void {
    this.#attempts.set(attempt.options.execution, attempt);
    this.#count(attempt, 1);
  }

  delete(attempt: RemoteAttempt): void {
    if (this.#attempts.delete(attempt.options.execution)) this.#count(attempt, -1);
  }

  find(execution: string): RemoteAttempt | undefined {
    return this.#attempts.get(execution);
  }

  /** On the device of this label. */
  on(device: string): number {
    return this.#busy.get(device) ?? 0;
  }

  /** Those that are open now, also where some end meanwhile. */
  [Symbol.iterator](): Iterator<RemoteAttempt> {
    return [...this.#attempts.values()].values();
  }

  #count({ options: { device } }: RemoteAttempt, change: number): void {
    const busy = this.on(device) + change;
    if (busy === 0) this.#busy.delete(device);
    else this.#busy.set(device, busy);
  }
}
