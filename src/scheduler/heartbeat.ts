import type { Clock } from './clock.ts';

/** How often readers are shown that the coordinator lives. */
export const HEARTBEAT_MS = 5_000;

/** Calls `beat`, which must not throw, until the returned function is called. */
export function startHeartbeat(clock: Clock, beat: () => void): () => void {
  const next = (): void => {
    cancel = clock.setTimer(HEARTBEAT_MS, next);
    beat();
  };
  let cancel = clock.setTimer(HEARTBEAT_MS, next);
  return () => cancel();
}
