import { messageOf } from '../errors.ts';
import type { SweepStore } from '../store/store.ts';
import type { LateEnd } from '../trial/late-end.ts';
import type { Clock } from './clock.ts';
import type { Emit } from './events.ts';

interface Keeper {
  readonly store: SweepStore;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** Keeps ends of attempts that had been given up, and tells of them. No result waits for it, so nothing is tried again. */
export function lateEndKeeper({ store, clock, emit }: Keeper): (end: LateEnd) => void {
  return (end) => {
    const { trial, attempt, device, outcome } = end;
    const told = `attempt ${attempt} on ${device} had been given up, and tells now that it ended (${outcome})`;
    try {
      store.recordLateEnd(end, clock.now());
      emit({ type: 'log', trial, level: 'info', message: `${told}: kept as superseded, not counted` });
    } catch (error) {
      emit({ type: 'log', trial, level: 'warn', message: `${told}: not recorded, ${messageOf(error)}` });
    }
  };
}
