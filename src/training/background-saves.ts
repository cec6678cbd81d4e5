/**
 * Saves that the disk finishes while training goes on: one at a time, in order. What fails is thrown by the next call of
 * either method.
 */
export class BackgroundSaves {
  #last: Promise<void> = Promise.resolve();
  #startedMs = performance.now();

  /** Since the last save was started; before the first, since there are saves. */
  get secondsSinceLast(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  /** Waits for the save before, and starts this one. */
  async start(save: () => Promise<void>): Promise<void> {
    await this.#last;
    this.#startedMs = performance.now();
    this.#last = save();
    // It may fail while the engine computes, before anyone waits for it.
    this.#last.catch(() => undefined);
  }

  /** Resolves when nothing is being saved any more. */
  settled(): Promise<void> {
    return this.#last;
  }
}
