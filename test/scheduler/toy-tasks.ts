/** Tasks that tell what is done with them, and a dispatcher that hands them to a toy executor. */
import { setImmediate } from 'node:timers/promises';
import type { TrialJob } from '../../src/trial/job.ts';
import { Dispatcher } from '../../src/scheduler/dispatcher.ts';
import { fromList } from '../../src/scheduler/sources/source.ts';
import type { RecordTogether, Task } from '../../src/scheduler/task.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import type { ToyExecutor } from '../support/toy-executor.ts';
import { toyPlan, toyTrial } from '../support/toy-sweep.ts';

/** A task that is over with its first outcome, unless it asks for `retries` more. */
export function toyTask(id: number, retries = 0, log: string[] = []): Task {
  const { config } = toyTrial(1, 0, 0);
  const { dataset } = toyPlan();
  return {
    isSuspect: false,
    begin: (): TrialJob => {
      log.push(`begin ${id}`);
      return { kind: 'test', trial: String(id), attempt: 1, seed: 0, config, dataset, directory: '/nowhere' };
    },
    event: (event) => {
      if (event.type === 'placed') return () => void log.push(`placed ${id} on ${event.device}`);
      log.push(`record ${event.type} of ${id}`);
      return () => void log.push(`tell ${event.type} of ${id}`);
    },
    end: (outcome) => {
      log.push(`end ${id}: ${outcome.kind}`);
      return () => {
        log.push(`tell the end of ${id}`);
        return retries-- > 0 ? 1_000 : undefined;
      };
    },
  };
}

export const AS_IT_COMES: RecordTogether = (write) => write();

export function dispatch(
  executor: ToyExecutor,
  tasks: readonly Task[],
  options: Partial<{ clock: SimulatedClock; together: RecordTogether }> = {},
): Dispatcher {
  const { clock = new SimulatedClock(), together = AS_IT_COMES } = options;
  return new Dispatcher(executor, clock, fromList(tasks), together);
}

/** Lets the dispatcher take its turn: an outcome is heard when its promise has settled. */
export async function turn(): Promise<void> {
  await Promise.resolve();
  await setImmediate();
}

export async function finishAll(executor: ToyExecutor): Promise<void> {
  await turn();
  while (executor.flights.length > 0) {
    for (const flight of [...executor.flights]) flight.step();
    await turn();
  }
}
