import { systemTimer, type SetTimer } from '../executor/timer.ts';

/** Time as the scheduler sees it, so that tests can own it. */
export interface Clock {
  /** Wall time, for records people read. It may jump; nothing is ordered or awaited by it. */
  now(): Date;
  /** Milliseconds since an arbitrary moment; never runs backwards. */
  monotonicMs(): number;
  /** Calls `callback` once after `delayMs`, unless the returned function is called before. */
  readonly setTimer: SetTimer;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  setTimer: systemTimer,
};
