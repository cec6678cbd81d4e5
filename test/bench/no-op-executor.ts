import { discoverDevices } from '../../src/executor/devices.ts';
import type { Executor } from '../../src/executor/executor.ts';
import { startLocalExecutor } from '../../src/executor/local-executor.ts';
import { systemClock } from '../../src/scheduler/clock.ts';
import type { Surroundings } from '../../src/sweep.ts';

export interface NoOpExecutor {
  /** For `runSweep`: sweep after sweep runs on the same warm process. */
  readonly surroundings: Surroundings;
  close(): Promise<void>;
}

/** A real device process with one real trial thread, whose trials do nothing. It is warm once this resolves. */
export async function startNoOpExecutor(): Promise<NoOpExecutor> {
  const { devices } = await discoverDevices({ request: 'cpu', slots: 1 });
  const executor = await startLocalExecutor({
    devices,
    onLog: () => undefined,
    modules: {
      engine: new URL('workers/no-op-engine.ts', import.meta.url).href,
      trial: new URL('workers/no-op-trial.ts', import.meta.url).href,
    },
  });
  const shared: Executor = {
    get capacity() {
      return executor.capacity;
    },
    get devices() {
      return executor.devices;
    },
    onCapacityChange: undefined,
    run: (job, onEvent, device) => executor.run(job, onEvent, device),
    // The run that used it ends; the process stays for the next.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const findDevices = (): ReturnType<Surroundings['findDevices']> => Promise.resolve(() => Promise.resolve(shared));
  return { surroundings: { clock: systemClock, findDevices }, close: () => executor[Symbol.asyncDispose]() };
}
