import type { SchedulerEvent } from '../scheduler/events.ts';

/** What a run with idle slots waits for, in words for people; undefined when it waits no longer. */
export function describeWait({
  trials,
  sweeps,
}: Omit<Extract<SchedulerEvent, { type: 'waiting' }>, 'type' | 'at'>): string | undefined {
  if (trials === 0) return undefined;
  const names = sweeps.map(({ sweep }) => sweep).join(', ');
  const holders = sweeps.length === 1 ? `sweep ${names} trains` : `sweeps ${names} train`;
  const doubts = sweeps
    .filter(({ silent }) => silent)
    .map(({ sweep, host, pid }) => {
      return `; ${sweep} has given no sign of life for a minute: if its process (${pid} on ${host}) is stopped, let it go on or end it`;
    });
  return `waiting for ${trials} ${trials === 1 ? 'trial' : 'trials'} that ${holders} right now${doubts.join('')}`;
}
