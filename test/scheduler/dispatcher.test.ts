import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { TrialJob } from '../../src/executor/protocol.ts';
import { Dispatcher, type Task } from '../../src/scheduler/dispatcher.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import { ToyExecutor } from '../support/toy-executor.ts';
import { toyPlan, toyTrial } from '../support/toy-sweep.ts';

/** A task that is over with its first outcome, unless it asks for `retries` more. */
function toyTask(id: number, retries = 0, log: string[] = []): Task {
  const { config } = toyTrial(1, 0, 0);
  const { dataset } = toyPlan();
  return {
    begin: (): TrialJob => {
      log.push(`begin ${id}`);
      return { kind: 'test', trialId: String(id), attempt: 1, seed: 0, config, dataset, directory: '/nowhere' };
    },
    dispatched: (device) => void log.push(`dispatched ${id} to ${device}`),
    event: () => undefined,
    end: (outcome) => {
      log.push(`end ${id}: ${outcome.kind}`);
      return retries-- > 0 ? 1_000 : undefined;
    },
  };
}

async function finishAll(executor: ToyExecutor): Promise<void> {
  await setImmediate();
  while (executor.flights.length > 0) {
    for (const flight of [...executor.flights]) flight.step();
    await setImmediate();
  }
}

test('fills every slot, and each free one at once', async () => {
  const executor = new ToyExecutor({ devices: { 'gpu:0': 2, 'gpu:1': 1 } });
  const tasks = [0, 1, 2, 3, 4].map((id) => toyTask(id));
  const run = new Dispatcher(executor, new SimulatedClock(), tasks).run();
  expect(executor.flights.map(({ job }) => job.trialId)).toEqual(['0', '1', '2']);
  executor.flights[1]!.step();
  await setImmediate();
  expect(executor.flights.map(({ job }) => job.trialId)).toEqual(['0', '2', '3']);
  await finishAll(executor);
  await run;
});

test('tells each task which device its job went to', async () => {
  const executor = new ToyExecutor({ devices: { 'gpu:0': 2, 'gpu:1': 1 } });
  const log: string[] = [];
  const run = new Dispatcher(
    executor,
    new SimulatedClock(),
    [0, 1, 2].map((id) => toyTask(id, 0, log)),
  ).run();
  expect(log).toEqual([
    ...['begin 0', 'dispatched 0 to gpu:0'],
    ...['begin 1', 'dispatched 1 to gpu:1'],
    ...['begin 2', 'dispatched 2 to gpu:0'],
  ]);
  await finishAll(executor);
  await run;
});

test('puts a task that wants another try behind the others, after its pause', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 1 } });
  const clock = new SimulatedClock();
  const run = new Dispatcher(executor, clock, [toyTask(0, 1), toyTask(1), toyTask(2)]).run();
  executor.flights[0]!.step();
  await setImmediate();
  clock.advance(1_000);
  await finishAll(executor);
  await run;
  expect(executor.jobs.map(({ trialId }) => trialId)).toEqual(['0', '1', '2', '0']);
});

test('ends with what a task throws, whether at its start, an event or its end', async () => {
  for (const method of ['begin', 'event', 'end'] as const) {
    const executor = new ToyExecutor({ fate: () => undefined });
    const broken: Task = {
      ...toyTask(0),
      [method]: () => {
        throw new Error(`${method} broke`);
      },
    };
    const tasks = [toyTask(1), broken];
    const dispatcher = new Dispatcher(executor, new SimulatedClock(), tasks);
    const run = dispatcher.run();
    const failure = expect(run).rejects.toThrow(`${method} broke`);
    for (const flight of [...executor.flights]) {
      flight.emit({ type: 'log', level: 'info', message: 'hello' });
      flight.step();
    }
    await failure;
  }
});

test('takes ten thousand tasks without slowing down', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 4 } });
  const tasks = Array.from({ length: 10_000 }, (_, id) => toyTask(id));
  const dispatcher = new Dispatcher(executor, new SimulatedClock(), tasks);
  const run = dispatcher.run();
  await finishAll(executor);
  await run;
  expect(dispatcher.unfinished).toBe(0);
  expect(executor.jobs.map(({ trialId }) => Number(trialId))).toEqual(tasks.map((_, id) => id));
}, 5_000);
