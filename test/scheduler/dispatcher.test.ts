/** Which task gets which slot, and when. */
import { describe, expect, test } from 'vitest';
import { Dispatcher } from '../../src/scheduler/dispatcher.ts';
import { fromList, type Source } from '../../src/scheduler/sources/source.ts';
import type { RecordTogether, Task } from '../../src/scheduler/task.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import { ToyExecutor } from '../support/toy-executor.ts';
import { AS_IT_COMES, dispatch, finishAll, toyTask, turn } from './toy-tasks.ts';

test('fills every slot, and each free one at once', async () => {
  const executor = new ToyExecutor({ devices: { 'gpu:0': 2, 'gpu:1': 1 } });
  const tasks = [0, 1, 2, 3, 4].map((id) => toyTask(id));
  const run = dispatch(executor, tasks).run();
  expect(executor.flights.map(({ job }) => job.trial)).toEqual(['0', '1', '2']);
  executor.flights[1]!.step();
  await turn();
  expect(executor.flights.map(({ job }) => job.trial)).toEqual(['0', '2', '3']);
  await finishAll(executor);
  await run;
});

test('a task that asks for a class waits for its devices, and lets others pass, in their order', async () => {
  const classes = { 'a/gpu:0': 'gpu-a100', 'b/cpu': 'cpu' };
  const executor = new ToyExecutor({ devices: { 'a/gpu:0': 1, 'b/cpu': 2 }, classes });
  const log: string[] = [];
  const asks = ['gpu', 'gpu-a100', 'cpu', 'gpu-h100', undefined, 'gpu', undefined];
  const tasks = asks.map((deviceClass, id) => ({ ...toyTask(id, id === 2 ? 1 : 0, log), deviceClass }));
  const clock = new SimulatedClock();
  const dispatcher = dispatch(executor, tasks, { clock });
  const run = dispatcher.run();
  const flights = (): unknown[] => executor.flights.map(({ job, device }) => [job.trial, device]);
  expect(flights()).toEqual([
    ['0', 'a/gpu:0'],
    ['2', 'b/cpu'],
    ['4', 'b/cpu'],
  ]);
  executor.flights[1]!.step();
  await turn();
  // The rest of the source came first, though task 2 came back meanwhile.
  clock.advance(1_000);
  expect(flights().at(-1)).toEqual(['6', 'b/cpu']);
  await finishAll(executor);
  clock.advance(1_000);
  await finishAll(executor);
  const begun = log.filter((line) => line.startsWith('begin')).map((line) => Number(line.slice(6)));
  expect(begun).toEqual([0, 2, 4, 6, 1, 2, 5]);
  expect([...dispatcher.unserved]).toEqual([['gpu-h100', 1]]);
  expect(dispatcher.unfinished).toBe(1);
  dispatcher.stop();
  await run;
});

test('tells each task which device its job went to', async () => {
  const executor = new ToyExecutor({ devices: { 'gpu:0': 2, 'gpu:1': 1 } });
  const log: string[] = [];
  const tasks = [0, 1, 2].map((id) => toyTask(id, 0, log));
  const run = dispatch(executor, tasks).run();
  await turn();
  expect(log).toEqual([
    ...['begin 0', 'begin 1', 'begin 2'],
    ...['placed 0 on gpu:0', 'placed 1 on gpu:1', 'placed 2 on gpu:0'],
  ]);
  await finishAll(executor);
  await run;
});

test('puts a task that wants another try behind the others, after its pause', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 1 } });
  const clock = new SimulatedClock();
  const run = dispatch(executor, [toyTask(0, 1), toyTask(1), toyTask(2)], { clock }).run();
  executor.flights[0]!.step();
  await turn();
  clock.advance(1_000);
  await finishAll(executor);
  await run;
  expect(executor.jobs.map(({ trial }) => trial)).toEqual(['0', '1', '2', '0']);
});

describe('a task that has no job to give', () => {
  const by = { sweep: 'other', host: 'here', pid: 7, silent: false };
  const held = (id: number, log: string[], times: number): Task => {
    const task = toyTask(id, 0, log);
    const begin = (): ReturnType<Task['begin']> => {
      if (times-- === 0) return task.begin();
      log.push(`hold ${id}`);
      return { kind: 'held', by, askAgainInMs: 1_000 };
    };
    return { ...task, begin };
  };
  const over = (id: number, log: string[]): Task => {
    return { ...toyTask(id), begin: () => ({ kind: 'over', tell: () => log.push(`tell that ${id} is over`) }) };
  };

  test('costs no turn: those behind it fill the slots in the same commit', async () => {
    const executor = new ToyExecutor({ devices: { cpu: 2 } });
    const clock = new SimulatedClock();
    const log: string[] = [];
    const together: RecordTogether = (write) => {
      log.push('{');
      write();
      log.push('}');
    };
    const tasks = [held(0, log, 2), over(1, log), toyTask(2, 0, log), over(3, log), toyTask(4, 0, log)];
    const dispatcher = dispatch(executor, tasks, { clock, together });
    const run = dispatcher.run();
    expect(log).toEqual([
      ...['{', 'hold 0', 'begin 2', 'begin 4', '}'],
      ...['tell that 1 is over', 'tell that 3 is over'],
    ]);
    expect(dispatcher.unfinished).toBe(3);
    await finishAll(executor);
    expect(dispatcher.unfinished).toBe(1);
    for (const expected of ['hold 0', 'begin 0']) {
      expect(log).not.toContain('begin 0');
      log.length = 0;
      clock.advance(1_000);
      await turn();
      expect(log).toContain(expected);
    }
    await finishAll(executor);
    await run;
    expect(clock.pendingTimers).toBe(0);
  });

  test('ends the run when its result was all that was left', async () => {
    const log: string[] = [];
    await dispatch(new ToyExecutor(), [over(0, log)]).run();
    expect(log).toEqual(['tell that 0 is over']);
  });
});

test('draws tasks as slots are free, and asks a source that had none again after an end', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 3 } });
  const log: string[] = [];
  let ends = 0;
  let given = 0;
  // The third depends on how the first two end.
  const source: Source<Task> = {
    get left() {
      return 3 - given;
    },
    next: () => {
      if (given === 3 || (given === 2 && ends < 2)) return undefined;
      const task = toyTask(given++, 0, log);
      return { ...task, end: (outcome) => ((end) => () => (ends++, end()))(task.end(outcome)) };
    },
  };
  const run = new Dispatcher(executor, new SimulatedClock(), source, AS_IT_COMES).run();
  expect(executor.jobs.map(({ trial }) => trial)).toEqual(['0', '1']);
  await finishAll(executor);
  await finishAll(executor);
  await run;
  expect(executor.jobs.map(({ trial }) => trial)).toEqual(['0', '1', '2']);
});

test('asks a source for no more than there are free slots, and not at all while there are none', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 2 } });
  const tasks = fromList(Array.from({ length: 10 }, (_, id) => toyTask(id)));
  let asked = 0;
  const source: Source<Task> = {
    get left() {
      return tasks.left;
    },
    next: () => {
      if (tasks.left > 0) asked++;
      return tasks.next();
    },
  };
  const run = new Dispatcher(executor, new SimulatedClock(), source, AS_IT_COMES).run();
  expect(asked).toBe(2);
  while (executor.jobs.length < 10) {
    await finishAll(executor);
    expect(asked).toBe(executor.jobs.length);
  }
  await finishAll(executor);
  await run;
});

test('a source that has more to come, and gives none while nothing runs, ends the run', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 1 } });
  const source: Source<Task> = { left: 1, next: () => undefined };
  const run = new Dispatcher(executor, new SimulatedClock(), source, AS_IT_COMES).run();
  await expect(run).rejects.toThrow(/has more to come/);
});

test('takes ten thousand tasks without slowing down', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 4 } });
  const tasks = Array.from({ length: 10_000 }, (_, id) => toyTask(id));
  const dispatcher = dispatch(executor, tasks);
  const run = dispatcher.run();
  await finishAll(executor);
  await run;
  expect(dispatcher.unfinished).toBe(0);
  expect(executor.jobs.map(({ trial }) => Number(trial))).toEqual(tasks.map((_, id) => id));
});
