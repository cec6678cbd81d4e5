import type { Clock } from './clock.ts';
import type { Emit } from './events.ts';
import { passingTrouble } from '../store/store-error.ts';

/** How long a run waits before it tries again to record. */
export const STORAGE_RETRY_MS = 2_000;

/**
 * Trouble of the storage that may pass: a lock that another process holds, a full disk. A run waits for its end instead
 * of ending itself. Tells when it begins, changes and ends.
 */
export class StorageTrouble {
  readonly #emit: Emit;
  #told: string | null = null;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Whether `error` is such trouble, so that the caller should try again later. */
  meets(error: unknown): boolean {
    const trouble = passingTrouble(error);
    if (trouble !== undefined) this.#tell(trouble);
    return trouble !== undefined;
  }

  hasPassed(): void {
    this.#tell(null);
  }

  /** What `action` returns once it can be done. Throws what will not pass, and after `stopped` whatever comes. */
  async outwait<T>(action: () => T, clock: Clock, stopped?: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const result = action();
        this.hasPassed();
        return result;
      } catch (error) {
        if (stopped?.aborted === true || !this.meets(error)) throw error;
      }
      await pause(clock, stopped);
    }
  }

  #tell(trouble: string | null): void {
    if (trouble === this.#told) return;
    this.#told = trouble;
    this.#emit({ type: 'storage', trouble });
  }
}

/** Until the next try, or a stop. */
function pause(clock: Clock, stopped: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(STORAGE_RETRY_MS, () => {
      stopped?.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      cancel();
      resolve();
    };
    stopped?.addEventListener('abort', stop, { once: true });
  });
}
