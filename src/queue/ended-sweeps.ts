/** Which sweeps have ended, for agents that were started for one of them, and for those that come later. */
import type { Redis } from 'ioredis';
import { endedKey } from './keys.ts';

const KEPT_S = 30 * 24 * 3600;

export async function markEnded(redis: Redis, sweep: string): Promise<void> {
  await redis.set(endedKey(sweep), new Date().toISOString(), 'EX', KEPT_S);
}

/** It is run again. */
export async function unmarkEnded(redis: Redis, sweep: string): Promise<void> {
  await redis.del(endedKey(sweep));
}

export async function hasEnded(redis: Redis, sweep: string): Promise<boolean> {
  return (await redis.exists(endedKey(sweep))) === 1;
}
