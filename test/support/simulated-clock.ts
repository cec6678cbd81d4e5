import type { Clock } from '../../src/scheduler/clock.ts';

/** Time that moves only when a test says so. Timers fire in order of their time, then of their setting. */
export class SimulatedClock implements Clock {
  #elapsedMs = 0;
  readonly #start = Date.UTC(2030, 0, 1);
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  now(): Date {
    return new Date(this.#start + this.#elapsedMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#elapsedMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves time on, firing what falls due on the way. */
  advance(byMs: number): void {
    const untilMs = this.#elapsedMs + byMs;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#elapsedMs = due.atMs;
      due.callback();
    }
    this.#elapsedMs = untilMs;
  }
}
