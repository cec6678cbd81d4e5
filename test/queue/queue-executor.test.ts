import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Executor } from '../../src/executor/executor.ts';
import { post } from '../../src/queue/mailbox.ts';
import { runBox } from '../../src/queue/keys.ts';
import { describeExecutor, outcomeOf, start } from '../executor/conformance.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { cpu } from '../fixtures/executor-options.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { startToyAgent, startToyQueue } from './toy-agent.ts';

describe.skipIf(!hasRedis)(`with a real Redis${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis[Symbol.asyncDispose]());

  /** Each with its own agents: names of others would be devices, too. */
  let agents = 0;
  describeExecutor('QueueExecutor', async (stopGraceMs = 3000) => {
    const server = await RedisServer.start();
    const local = { stallTimeoutMs: 800, stopGraceMs };
    const agent = await startToyAgent(server.url, `toy-${++agents}`, { local });
    return startToyQueue(server.url, {
      onClosed: async () => {
        await agent[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    });
  });

  test('an agent that is drained gives back what it runs, and others go on with it', async () => {
    await using first = await startToyAgent(redis.url, 'first');
    await using executor = await startToyQueue(redis.url);
    const { execution, started } = start(executor, toyJob('untilStopped'));
    await started;
    await using second = await startToyAgent(redis.url, 'second');
    first.agent.drain();
    expect(await execution.outcome).toEqual({ kind: 'lost', cause: 'agent first ended', culprit: 'other' });
    await first.ended;
    await expect.poll(() => executor.devices.map(({ label }) => label)).toEqual(['second/cpu']);
    expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
    void second;
  });

  test('two agents of one name have two', async () => {
    await using first = await startToyAgent(redis.url, 'twin');
    await using second = await startToyAgent(redis.url, 'twin');
    await using executor = await startToyQueue(redis.url);
    expect(executor.devices.map(({ label }) => label)).toEqual(['twin/cpu', 'twin-2/cpu']);
    void [first, second];
  });

  test('an agent of another version is not used, and named once', async () => {
    await using other = await startToyAgent(redis.url, 'old', { version: '0.0.9' });
    const log: string[] = [];
    await using executor = await startToyQueue(redis.url, { onLog: ({ message }) => log.push(message) });
    await expect.poll(() => log.length).toBe(1);
    expect(log[0]).toMatch(/^agent old is vae-sweep 0\.0\.9, and this is 1\.2\.3-test: it is not used/);
    expect(executor.capacity).toBe(0);
    expect(executor.mayGrow).toBe(true);
    void other;
  });

  test('an agent that can begin no job is left alone, with the reason', async () => {
    await using agent = await startToyAgent(redis.url, 'poor', {
      prepare: () => Promise.reject(new Error('no such data here')),
    });
    const log: string[] = [];
    await using executor = await startToyQueue(redis.url, { onLog: ({ message }) => log.push(message) });
    for (let tries = 0; tries < 3; tries++) {
      expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({
        kind: 'lost',
        cause: 'could not begin it: no such data here',
        culprit: 'other',
      });
    }
    expect(executor.capacity).toBe(0);
    expect(log).toContain('agent poor is no longer used: could not begin it: no such data here');
    void agent;
  });

  test('two runs take turns on a device that both ask for', async () => {
    await using agent = await startToyAgent(redis.url, 'shared', { local: { devices: [cpu(1)] } });
    await using one = await startToyQueue(redis.url);
    await using two = await startToyQueue(redis.url);
    const order: string[] = [];
    const begin = (executor: Executor, name: string): Attempt & { readonly placed: Promise<unknown> } => {
      const placed = Promise.withResolvers<undefined>();
      const attempt = executor.run(toyJob('untilStopped', name), (event) => {
        if (event.type !== 'placed') return;
        order.push(name);
        placed.resolve(undefined);
      });
      return { outcome: attempt.outcome, stop: (reason) => attempt.stop(reason), placed: placed.promise };
    };
    const first = begin(one, 'one-first');
    await first.placed;
    const other = begin(two, 'two');
    first.stop('interrupted');
    await first.outcome;
    const second = begin(one, 'one-second');
    await other.placed;
    other.stop('interrupted');
    await other.outcome;
    await second.placed;
    second.stop('interrupted');
    await second.outcome;
    expect(order).toEqual(['one-first', 'two', 'one-second']);
    void agent;
  });

  test('the run of a sweep is one coordinator at a time', async () => {
    const uid = 'the-same-sweep';
    const first = await startToyQueue(redis.url, { uid });
    await expect(startToyQueue(redis.url, { uid })).rejects.toThrow('the run is held');
    await first[Symbol.asyncDispose]();
    const second = await startToyQueue(redis.url, { uid });
    await second[Symbol.asyncDispose]();
  });

  test('what an attempt does after it was given up counts for nothing', async () => {
    await using agent = await startToyAgent(redis.url, 'late');
    const log: string[] = [];
    const runId = 'a-run-with-late-agents';
    await using executor = await startToyQueue(redis.url, { runId, onLog: ({ message }) => log.push(message) });
    const { execution, started } = start(executor, toyJob('untilStopped'));
    await started;
    execution.stop('interrupted');
    await execution.outcome;
    await post(agent.redis, runBox(runId), [{ execution: 'long-gone-1', number: 0, news: [] }]);
    await expect.poll(() => log).toContain('an agent reports of an attempt that was given up: left out, as all that it says later');
  });
});
