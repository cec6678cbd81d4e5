import type { SweepLog } from '../log.ts';
import type { Clock } from '../scheduler/clock.ts';
import type { Emit, Observer, SchedulerEvent } from '../scheduler/events.ts';
import { logLine } from '../scheduler/log-line.ts';
import type { SweepSpec } from '../sweep-file/spec.ts';
import { idleSlots } from './idle-slots.ts';
import type { FailedTest } from './run-troubles.ts';

/** What a run's result counts of its events. */
export interface Tally {
  /** Trials whose results were taken over from other sweeps while it went on. */
  readonly reused: number;
  readonly notAgain: number;
  readonly failedTests: readonly FailedTest[];
}

/** A run's voice: what it says is given a time, logged, counted and shown; and once, which slots stay idle. */
export function tallied(
  spec: SweepSpec,
  { clock, log, observe }: { readonly clock: Clock; readonly log: SweepLog; readonly observe: Observer },
): { readonly emit: Emit; readonly tally: Tally } {
  const failedTests: FailedTest[] = [];
  const tally = { reused: 0, notAgain: 0, failedTests };
  let isWarned = false;
  const emit: Emit = (happening) => {
    if (happening.type === 'test_failed') failedTests.push({ trial: happening.trial, cause: happening.cause });
    const event: SchedulerEvent = { at: clock.now(), ...happening };
    const line = logLine(event);
    if (line !== undefined) log(line);
    if (event.type === 'finished' && event.reusedFrom !== undefined) tally.reused++;
    if (event.type === 'finished' && event.notAgain !== undefined) tally.notAgain++;
    observe(event);
    if (event.type === 'devices' && !isWarned) {
      const messages = idleSlots(spec, event.capacity);
      isWarned = messages.length > 0;
      for (const message of messages) emit({ type: 'log', trial: null, level: 'warn', message });
    }
  };
  return { emit, tally };
}
