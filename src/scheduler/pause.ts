import type { Clock } from './clock.ts';
import { STORAGE_RETRY_MS } from './storage-trouble.ts';

/** A time in which a run waits for its storage. */
export class Pause {
  #cancel: (() => void) | undefined;

  get isOn(): boolean {
    return this.#cancel !== undefined;
  }

  /** From now on, unless ended before; then `onEnd` is called. */
  begin(clock: Clock, onEnd: () => void): void {
    this.end();
    this.#cancel = clock.setTimer(STORAGE_RETRY_MS, () => {
      this.#cancel = undefined;
      onEnd();
    });
  }

  end(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
