/** Time as the scheduler sees it, so that tests can own it. */
export interface Clock {
  /** Wall time, for records people read. It may jump; nothing is ordered or awaited by it. */
  now(): Date;
  /** Milliseconds since an arbitrary moment; never runs backwards. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`, unless the returned function is called before. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
