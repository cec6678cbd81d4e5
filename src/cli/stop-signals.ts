import { constants } from 'node:os';

/** Batch systems send any of these before a time limit; on its own, SIGUSR1 would open Node's inspector. */
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGTERM'] as const;
type Signal = (typeof SIGNALS)[number];
const LOOK_MS = 500;

/**
 * Turns signals into two requests. The first signal asks to save and stop, the second to stop now, a third ends the process.
 * Until `arm` is called nothing has been recorded, so the first one ends the process. Dispose of it to give signals back.
 */
export class StopSignals implements Disposable {
  readonly #stop = new AbortController();
  readonly #stopNow = new AbortController();
  readonly #listeners: (readonly [Signal, () => void])[];
  #isArmed = false;
  #first: Signal | undefined;
  #clock: NodeJS.Timeout | undefined;

  constructor() {
    this.#listeners = SIGNALS.map((signal) => [signal, () => this.#receive(signal)] as const);
    for (const [signal, listener] of this.#listeners) process.on(signal, listener);
  }

  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  get stopNow(): AbortSignal {
    return this.#stopNow.signal;
  }

  /** Exit code of a command that a signal ended: 128 and its number, as 143 for SIGTERM. */
  get exitCode(): number {
    return 128 + constants.signals[this.#first ?? 'SIGINT'];
  }

  get isArmed(): boolean {
    return this.#isArmed;
  }

  /** From now on there is something to save. */
  arm(): void {
    this.#isArmed = true;
  }

  /** As SIGTERM then, unless one was told to stop before. */
  stopAfter(ms: number): void {
    const endsAt = performance.now() + ms;
    // A timer of weeks would strike at once.
    this.#clock = setInterval(() => {
      if (performance.now() < endsAt || this.#stop.signal.aborted) return;
      clearInterval(this.#clock);
      this.#receive('SIGTERM');
    }, LOOK_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#clock);
    for (const [signal, listener] of this.#listeners) process.off(signal, listener);
  }

  #receive(signal: Signal): void {
    this.#first ??= signal;
    if (!this.#isArmed || this.#stopNow.signal.aborted) process.exit(this.exitCode);
    if (this.#stop.signal.aborted) this.#stopNow.abort();
    else this.#stop.abort();
  }
}
