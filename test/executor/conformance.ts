import { beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Executor } from '../../src/executor/executor.ts';
import type { TrialEvent } from '../../src/trial/event.ts';
import type { TrialJob } from '../../src/trial/job.ts';
import { FLOOD_EVENTS, toyJob, toyTestJob, type ToyBehaviour } from '../fixtures/executor-toy.ts';

/**
 * What every executor promises. `create` gives one with two free slots or more, running the toy trial, with a stall
 * timeout of about a second and a stop grace of a few, or of so many ms.
 */
export function describeExecutor(name: string, create: (stopGraceMs?: number) => Promise<Executor>): void {
  describe(`${name} as an executor`, () => {
    /** For what leaves an executor able to go on, as it must be after whatever one trial does. */
    let executor: Executor;
    beforeAll(async () => {
      executor = await create();
      return () => executor[Symbol.asyncDispose]();
    });

    test('delivers events in order, all before the outcome', async () => {
      const { events, execution } = start(executor, toyJob('finish'));
      expect(await execution.outcome).toMatchObject({ kind: 'completed', summary: { epochs: 2 } });
      const order = events.map((event) => (event.type === 'epoch' ? `epoch ${event.record.epoch}` : event.type));
      expect(order).toEqual(['placed', 'started', 'progress', 'epoch 1', 'progress', 'epoch 2']);
    });

    test('loses and reorders nothing in a flood of events', async () => {
      const { events, execution } = start(executor, toyJob('flood'));
      await execution.outcome;
      const numbers = events.flatMap((event) => (event.type === 'log' ? [Number(event.message)] : []));
      expect(numbers).toEqual(Array.from({ length: FLOOD_EVENTS }, (_, i) => i));
    });

    test('delivers no event after the outcome', async () => {
      let over = false;
      let late = 0;
      const execution = executor.run(toyJob('flood'), () => (late += over ? 1 : 0));
      await execution.outcome.then(() => (over = true));
      await executor.run(toyJob('finish'), () => undefined).outcome;
      expect(late).toBe(0);
    });

    test('runs test jobs', async () => {
      expect(await outcomeOf(executor, toyTestJob())).toEqual({ kind: 'tested', metrics: { 'test/elbo': -1 } });
    });

    test.each<[ToyBehaviour, object]>([
      ['diverge', { kind: 'diverged', message: 'loss is NaN' }],
      ['throw', { kind: 'failed', failure: { kind: 'bug', message: 'the toy broke' } }],
      ['throwLater', { kind: 'failed', failure: { kind: 'bug', message: 'the toy broke later' } }],
      ['allocateBuffer', { kind: 'failed', failure: { kind: 'memory' } }],
      ['returnFunction', { kind: 'failed', failure: { kind: 'bug' } }],
      ['emitFunction', { kind: 'failed', failure: { kind: 'bug' } }],
      ['exitThread', { kind: 'lost', cause: 'the trial thread exited with code 7' }],
      ['abortProcess', { kind: 'lost', cause: expect.stringContaining('SIGABRT') as string }],
      ['loopForEver', { kind: 'lost', cause: expect.stringContaining('no progress') as string }],
      ['neverSettle', { kind: 'lost', cause: expect.stringContaining('no progress') as string }],
    ])('tells how a trial ends that does this: %s; and takes the next', async (behaviour, expected) => {
      expect(await outcomeOf(executor, toyJob(behaviour))).toMatchObject(expected);
      expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
    });

    // In an executor that has no images yet: they are loaded once.
    test.each<[ToyBehaviour, object]>([
      ['dataMissing', { kind: 'failed', failure: { kind: 'data', message: 'no such images' } }],
      ['exitWhileLoading', { kind: 'lost', cause: 'the trial thread exited with code 7' }],
    ])('tells how a trial ends that does this with its images: %s; and takes the next', async (behaviour, expected) => {
      await using executor = await create();
      expect(await outcomeOf(executor, toyJob(behaviour))).toMatchObject(expected);
      expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
    });

    test('stops a running trial with the first reason given', async () => {
      const { execution, started } = start(executor, toyJob('untilStopped'));
      await started;
      execution.stop('paused');
      execution.stop('interrupted');
      expect(await execution.outcome).toEqual({ kind: 'stopped', reason: 'paused' });
    });

    test('stops a trial that was handed over a moment ago', async () => {
      const { execution } = start(executor, toyJob('untilStopped'));
      execution.stop('interrupted');
      expect(await execution.outcome).toMatchObject({ kind: 'stopped', reason: 'interrupted' });
    });

    test('gives up a trial that does not stop', async () => {
      await using executor = await create(100);
      const { execution, started } = start(executor, toyJob('ignoreStop'));
      await started;
      execution.stop('interrupted');
      expect(await execution.outcome).toMatchObject({
        kind: 'lost',
        cause: expect.stringContaining('did not stop') as string,
      });
    });

    test('takes as many jobs as its capacity, counts them as busy, and refuses one more', async () => {
      const busy = (): number => executor.devices.reduce((sum, device) => sum + device.busy, 0);
      const jobs = Array.from({ length: executor.capacity }, (_, i) =>
        start(executor, toyJob('untilStopped', `toy-${i}`)),
      );
      await Promise.all(jobs.map((job) => job.started));
      expect(busy()).toBe(executor.capacity);
      expect(() => executor.run(toyJob('finish'), () => undefined)).toThrow('no slot is free');
      for (const { execution } of jobs) execution.stop('interrupted');
      await Promise.all(jobs.map(({ execution }) => execution.outcome));
      expect(busy()).toBe(0);
    });

    test('runs a job on the device that is named', async () => {
      const { label } = executor.devices.at(-1)!;
      const events: TrialEvent[] = [];
      const { outcome } = executor.run(toyJob('finish'), (event) => events.push(event), label);
      expect(await outcome).toMatchObject({ kind: 'completed' });
      expect(placed(events)).toBe(label);
      expect(() => executor.run(toyJob('finish'), () => undefined, 'no such device')).toThrow('no slot is free');
    });

    test('issue 10, line 7: knows which trial hung: what it took with it was lost to another', async () => {
      await using executor = await create();
      const healthy = start(executor, toyJob('untilStopped'));
      await healthy.started;
      const hanging = start(executor, toyJob('neverSettle'));
      expect(await hanging.execution.outcome).toMatchObject({ kind: 'lost', culprit: 'trial' });
      expect(await healthy.execution.outcome).toMatchObject({ kind: 'lost', culprit: 'other' });
    });

    test('issue 10, line 14: does not know whom several trials of one process were lost to; one alone lost itself', async () => {
      await using executor = await create();
      const beside = start(executor, toyJob('untilStopped'));
      await beside.started;
      const { label } = executor.devices.find(({ busy }) => busy > 0)!;
      const aborting = executor.run(toyJob('abortProcess'), () => undefined, label);
      expect(await aborting.outcome).toMatchObject({ kind: 'lost', culprit: 'unknown' });
      expect(await beside.execution.outcome).toMatchObject({ kind: 'lost', culprit: 'unknown' });
      expect(await outcomeOf(executor, toyJob('abortProcess'))).toMatchObject({ kind: 'lost', culprit: 'trial' });
    });

    test('loses what still runs when it is closed', async () => {
      const executor = await create();
      const { execution, started } = start(executor, toyJob('loopForEver'));
      await started;
      await executor[Symbol.asyncDispose]();
      expect(await execution.outcome).toEqual({ kind: 'lost', cause: 'the executor was closed', culprit: 'other' });
    });
  });
}

/** The device that the attempt is on. */
export function placed([first]: readonly TrialEvent[]): string | undefined {
  return first?.type === 'placed' ? first.device : undefined;
}

export function outcomeOf(executor: Executor, job: TrialJob): Attempt['outcome'] {
  return executor.run(job, () => undefined).outcome;
}

/** Runs the job and collects its events; `started` resolves with the first of the job itself. */
export function start(
  executor: Executor,
  job: TrialJob,
): { execution: Attempt; events: TrialEvent[]; started: Promise<void> } {
  const events: TrialEvent[] = [];
  const first = Promise.withResolvers<undefined>();
  const execution = executor.run(job, (event) => {
    events.push(event);
    if (event.type !== 'placed') first.resolve(undefined);
  });
  return { execution, events, started: first.promise };
}
