import type { AttemptRecord } from '../../store/read-model.ts';
import type { Goal } from '../../metrics/metric.ts';
import type { PageAttempt, PageTimeline, PageTrial } from './page-model.ts';

/** Where each trial was trained when, and how the best came about. `now` ends what still runs. */
export function timelineOf(
  trials: readonly PageTrial[],
  isTakenOver: readonly boolean[],
  attempts: readonly (readonly AttemptRecord[])[],
  goal: Goal | null,
  now: Date,
): PageTimeline {
  // A result that was taken over has the attempts of another sweep.
  const own = attempts.flatMap((list, trial) => {
    if (isTakenOver[trial]!) return [];
    return list.flatMap(({ device, startedAt, endedAt, outcome }) =>
      device === null ? [] : [{ trial, device, startedAt, endedAt: endedAt ?? now, outcome }],
    );
  });
  own.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  const from = own[0]?.startedAt;
  const since = (date: Date): number => (date.getTime() - from!.getTime()) / 1000;
  const free = new Map<string, number[]>();
  const placed = own.map(({ trial, device, startedAt, endedAt, outcome }): PageAttempt => {
    const [start, end] = [since(startedAt), Math.max(since(startedAt), since(endedAt))];
    const slots = free.get(device) ?? [];
    const idle = slots.findIndex((until) => until <= start + OVERLAP_SECONDS);
    const slot = idle === -1 ? slots.length : idle;
    slots[slot] = end;
    free.set(device, slots);
    return { trial, device, slot, start, end, outcome };
  });
  return {
    from: from?.toISOString() ?? null,
    attempts: placed,
    devices: [...free].map(([name, slots]) => {
      const busy = placed.filter(({ device }) => device === name).reduce((sum, { start, end }) => sum + end - start, 0);
      return { name, slots: slots.length, busySeconds: busy };
    }),
    seconds: placed.reduce((last, { end }) => Math.max(last, end), 0),
    best: bestSoFar(trials, placed, goal),
    takenOver: trials.filter(({ state }, trial) => state === 'completed' && isTakenOver[trial]!).length,
  };
}

/** A freed slot's next attempt may be recorded an instant before the end of the one before. */
const OVERLAP_SECONDS = 0.05;

function bestSoFar(
  trials: readonly PageTrial[],
  attempts: readonly PageAttempt[],
  goal: Goal | null,
): PageTimeline['best'] {
  if (goal === null) return [];
  const sign = goal === 'maximize' ? 1 : -1;
  const ends = attempts.filter(({ outcome }) => outcome === 'completed').toSorted((a, b) => a.end - b.end);
  let best = -Infinity;
  return ends.flatMap(({ trial, end }) => {
    const { value } = trials[trial]!;
    if (value === null || sign * value <= best) return [];
    best = sign * value;
    return [{ at: end, value, trial }];
  });
}
