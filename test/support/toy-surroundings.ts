import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../src/scheduler/clock.ts';
import type { Surroundings } from '../../src/sweep.ts';
import type { ToyExecutor } from './toy-executor.ts';

/** Surroundings whose jobs step by themselves. */
export function toySurroundings(executor: ToyExecutor): Surroundings {
  const drive = async (): Promise<void> => {
    while (!executor.disposed) {
      for (const flight of [...executor.flights]) flight.step();
      await setImmediate();
    }
  };
  const start = (): Promise<ToyExecutor> => {
    void drive();
    return Promise.resolve(executor);
  };
  return { clock: systemClock, findDevices: () => Promise.resolve(start) };
}
