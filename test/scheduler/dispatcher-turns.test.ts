/** A turn of the dispatcher: what is recorded as one, what is told after it, and what is left where it fails. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Dispatcher } from '../../src/scheduler/dispatcher.ts';
import type { RecordTogether, Task } from '../../src/scheduler/task.ts';
import { ToyExecutor } from '../support/toy-executor.ts';
import { dispatch, finishAll, toyTask, turn } from './toy-tasks.ts';

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
    const dispatcher = dispatch(executor, tasks);
    const run = dispatcher.run();
    const failure = expect(run).rejects.toThrow(`${method} broke`);
    for (const flight of [...executor.flights]) {
      flight.emit({ type: 'log', level: 'info', message: 'hello' });
      flight.step();
    }
    await failure;
  }
});

describe('a turn', () => {
  const log: string[] = [];
  beforeEach(() => void (log.length = 0));
  const together: RecordTogether = (write) => {
    log.push('[');
    write();
    log.push(']');
  };

  test('records all that has arrived, and what fills the freed slots, as one; only then it acts and tells', async () => {
    const executor = new ToyExecutor({ devices: { 'gpu:0': 1, 'gpu:1': 1 } });
    const run = executor.run.bind(executor);
    executor.run = (job, onEvent, device) => {
      log.push(`hand ${job.trial} over`);
      return run(job, onEvent, device);
    };
    const dispatcher = dispatch(
      executor,
      [0, 1, 2].map((id) => toyTask(id, 0, log)),
      { together },
    );
    const finished = dispatcher.run();
    await turn();
    log.length = 0;
    const [first, second] = [...executor.flights];
    first!.emit({ type: 'log', level: 'info', message: 'hello' });
    second!.emit({ type: 'log', level: 'info', message: 'hello' });
    first!.step();
    await turn();
    expect(log).toEqual([
      ...['[', 'record log of 0', 'record log of 1', 'end 0: tested', 'begin 2', ']'],
      'hand 2 over',
      ...['tell log of 0', 'tell log of 1', 'tell the end of 0'],
    ]);
    await turn();
    expect(log.slice(-3)).toEqual(['[', ']', 'placed 2 on gpu:0']);
    await finishAll(executor);
    await finished;
  });

  test('that can’t be recorded hands nothing over and tells nothing but that what ran is given up', async () => {
    const executor = new ToyExecutor({ devices: { cpu: 1 } });
    let isFull = false;
    const dispatcher = dispatch(
      executor,
      [0, 1].map((id) => toyTask(id, 0, log)),
      {
        together: (write) => {
          write();
          if (isFull) {
            isFull = false;
            log.length = 0;
            throw new Error('the disk is full');
          }
        },
      },
    );
    const failure = expect(dispatcher.run()).rejects.toThrow('the disk is full');
    isFull = true;
    executor.flights[0]!.step();
    await failure;
    expect(executor.jobs.map(({ trial }) => trial)).toEqual(['0']);
    expect(log).toEqual(['end 0: stopped', 'tell the end of 0']);
  });
});

test('tells what it recorded of every trial, also when telling of one ends the run', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 2 } });
  const log: string[] = [];
  const broken: Task = {
    ...toyTask(0),
    end: () => () => {
      throw new Error('the folder is gone');
    },
  };
  const run = dispatch(executor, [broken, ...[1, 2].map((id) => toyTask(id, 0, log))]).run();
  const failure = expect(run).rejects.toThrow('the folder is gone');
  await turn();
  log.length = 0;
  for (const flight of [...executor.flights]) flight.step();
  await failure;
  expect(log.slice(0, 3)).toEqual(['end 1: tested', 'begin 2', 'tell the end of 1']);
  expect(log).toContain('placed 2 on cpu');
});

test('records what had arrived before it fails', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 2 } });
  const log: string[] = [];
  const dispatcher = dispatch(
    executor,
    [0, 1].map((id) => toyTask(id, 0, log)),
  );
  const failure = expect(dispatcher.run()).rejects.toThrow('an observer broke');
  await turn();
  log.length = 0;
  executor.flights[0]!.step();
  await Promise.resolve();
  dispatcher.fail(new Error('an observer broke'));
  await failure;
  expect(log).toEqual(['end 0: tested', 'end 1: stopped', 'tell the end of 0', 'tell the end of 1']);
});

test('may be stopped by an observer in the middle of a turn: it is told of, then what runs is given up', async () => {
  const executor = new ToyExecutor({ devices: { cpu: 2 } });
  const log: string[] = [];
  const last: Task = {
    ...toyTask(0),
    end: () => () => {
      log.push('stop');
      dispatcher.stopNow();
      return undefined;
    },
  };
  const dispatcher: Dispatcher = dispatch(executor, [last, ...[1, 2, 3].map((id) => toyTask(id, 0, log))]);
  const run = dispatcher.run();
  await turn();
  log.length = 0;
  executor.flights[0]!.step();
  await run;
  expect(log).toEqual([
    ...['begin 2', 'stop'],
    ...['end 1: stopped', 'end 2: stopped', 'placed 2 on cpu', 'tell the end of 1', 'tell the end of 2'],
  ]);
  expect(dispatcher.unfinished).toBe(1);
});
