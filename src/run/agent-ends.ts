import type { Redis } from '../queue/redis.ts';
import type { Agent } from '../queue/agent.ts';
import { hasEnded } from '../queue/ended-sweeps.ts';

/** When an agent ends by itself; what it runs then is saved. */
export interface AgentEnds {
  /** Once there was nothing to do for so long. */
  readonly idleExitMs?: number | undefined;
  /** After so long. */
  readonly lifetimeMs?: number | undefined;
  /** Up to so much before, each agent at another time: their trials don't all begin elsewhere together. */
  readonly staggerMs?: number | undefined;
  /** Once this sweep is done. */
  readonly untilDone?: string | undefined;
}

const LOOK_MS = 500;
const ASK_MS = 3_000;

/** How long it lives. */
export function lifetimeOf({ lifetimeMs = Infinity, staggerMs = 0 }: AgentEnds): number {
  return lifetimeMs - staggerMs * Math.random();
}

/**
 * Ends the agent when its time has come, `endsAtMs` by `performance.now()`. It takes nothing new once the longest epoch that it has seen would not fit
 * before its end: such work would be lost. (A trial may well not fit: it goes on elsewhere.) Returns how to stop looking.
 */
export function watchEnds(
  agent: Agent,
  { idleExitMs = Infinity, untilDone }: AgentEnds,
  endsAtMs: number,
  redis: Redis,
): () => void {
  const look = setInterval(() => {
    const now = performance.now();
    const leftMs = endsAtMs - now;
    if (leftMs < agent.longestEpochMs) agent.close();
    const isIdle = agent.isIdle && (agent.isClosed || now - agent.idleSince > idleExitMs);
    if (leftMs < 0 || isIdle) agent.drain();
  }, LOOK_MS);
  const ask = setInterval(() => {
    if (untilDone === undefined) return;
    hasEnded(redis, untilDone).then(
      (ended) => {
        if (ended) agent.drain();
      },
      () => undefined,
    );
  }, ASK_MS);
  return () => {
    clearInterval(look);
    clearInterval(ask);
  };
}
