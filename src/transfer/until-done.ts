import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';

export interface RetryPolicy {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds without a byte after which a request is given up. */
  readonly stallMs: number;
  /** Milliseconds before the second try; twice as long before each further one, up to ten seconds. */
  readonly pauseMs: number;
  /** Milliseconds without any progress after which all is given up. */
  readonly giveUpMs: number;
  /** Why something is tried again. */
  readonly onTrouble: ((reason: string) => void) | undefined;
}

const LONGEST_PAUSE_MS = 10_000;

/** Trouble that may pass: of the network, or the coordinator's. */
export class Interrupted extends Error {}

/** Over one try: its signal aborts with the caller's, or when nothing has moved for too long. */
export class Watch {
  readonly signal: AbortSignal;
  hasProgressed = false;
  readonly #timer: NodeJS.Timeout;
  readonly #end: () => void;
  constructor({ signal, stallMs }: RetryPolicy) {
    const controller = new AbortController();
    this.signal = controller.signal;
    const stalled = new Interrupted(`nothing has moved for ${stallMs / 1000} s`);
    this.#timer = setTimeout(() => controller.abort(stalled), stallMs);
    const pass = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', pass);
    this.#end = () => signal?.removeEventListener('abort', pass);
  }

  alive(): void {
    this.#timer.refresh();
  }

  /** What is to be thrown where a request or its body failed. */
  interruption(error: unknown): unknown {
    return this.signal.aborted
      ? this.signal.reason
      : new Interrupted(messageOf(error) || (error as NodeJS.ErrnoException).code);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#end();
  }
}

/**
 * Tries again what was interrupted, after pauses that begin anew where it got on. Rejects with the signal's reason, and
 * with the last trouble where nothing gets on for too long.
 */
export async function untilDone<T>(policy: RetryPolicy, attempt: (watch: Watch) => Promise<T>): Promise<T> {
  const { signal, pauseMs, giveUpMs, onTrouble } = policy;
  let pause = pauseMs;
  let gotOnAt = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const watch = new Watch(policy);
    try {
      return await attempt(watch);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Interrupted)) throw error;
      onTrouble?.(error.message);
      if (watch.hasProgressed) [pause, gotOnAt] = [pauseMs, performance.now()];
      if (performance.now() - gotOnAt > giveUpMs) throw error;
    } finally {
      watch.end();
    }
    // Its own error at an abort says less than the signal's reason.
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
  }
}
