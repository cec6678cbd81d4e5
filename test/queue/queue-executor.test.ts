import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Executor } from '../../src/executor/executor.ts';
import { post } from '../../src/queue/mailbox.ts';
import { agentBox, AGENTS, runBox } from '../../src/queue/keys.ts';
import { LeaseTable } from '../../src/queue/leases.ts';
import { readAgentEntry } from '../../src/queue/messages.ts';
import type { News } from '../../src/trial/event.ts';
import type { LateEnd } from '../../src/trial/late-end.ts';
import { describeExecutor, outcomeOf, start } from '../executor/conformance.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { cpu } from '../fixtures/executor-options.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { CutNetwork } from './cut-network.ts';
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
    expect(second.log).toEqual([]);
  });

  test('an agent tells what computes on its devices, once a trial has begun there', async () => {
    await using agent = await startToyAgent(redis.url, 'told');
    await using executor = await startToyQueue(redis.url);
    const told = async (): Promise<unknown> => {
      const agents = await new LeaseTable(agent.redis, AGENTS, readAgentEntry).all();
      return agents.get('told')!.value.devices.map(({ label, bitClass }) => [label, bitClass]);
    };
    expect(await told()).toEqual([['cpu', undefined]]);
    await outcomeOf(executor, toyJob('finish'));
    await expect.poll(told).toEqual([['cpu', 'toy']]);
  });

  test('two agents of one name have two', async () => {
    await using first = await startToyAgent(redis.url, 'twin');
    await using second = await startToyAgent(redis.url, 'twin');
    await using executor = await startToyQueue(redis.url);
    expect(executor.devices.map(({ label }) => label)).toEqual(['twin/cpu', 'twin-2/cpu']);
    expect([first, second].every(({ agent }) => agent.isIdle)).toBe(true);
  });

  test('an agent of another version is not used, and named once', async () => {
    await using other = await startToyAgent(redis.url, 'old', { version: '0.0.9' });
    const log: string[] = [];
    await using executor = await startToyQueue(redis.url, { onLog: ({ message }) => log.push(message) });
    await expect.poll(() => log.length).toBe(1);
    expect(log[0]).toMatch(/^agent old is vae-sweep 0\.0\.9, and this is 1\.2\.3-test: it is not used/);
    expect(executor.capacity).toBe(0);
    expect(executor.mayGrow).toBe(true);
    expect(other.agent.isIdle).toBe(true);
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
    expect(agent.agent.isIdle).toBe(true);
    expect(log).toContain('agent poor is left alone for 5 min: could not begin it: no such data here');
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
    expect(agent.log).toEqual([]);
  });

  test('the run of a sweep is one coordinator at a time', async () => {
    const uid = randomUUID();
    const first = await startToyQueue(redis.url, { uid });
    await expect(startToyQueue(redis.url, { uid })).rejects.toThrow('the run is held');
    await first[Symbol.asyncDispose]();
    const second = await startToyQueue(redis.url, { uid });
    await second[Symbol.asyncDispose]();
  });

  test('what an attempt does after it was given up counts for nothing', async () => {
    await using agent = await startToyAgent(redis.url, 'late');
    const late: LateEnd[] = [];
    const runId = randomUUID();
    await using executor = await startToyQueue(redis.url, { runId, onLate: (end) => late.push(end) });
    const { execution, events, started } = start(executor, toyJob('untilStopped'));
    await started;
    const tell = (execution: string, number: number, ...news: readonly News[]): Promise<void> =>
      post(agent.redis, runBox(runId), [{ execution, number, news }]);
    await tell('long-gone-1', 0, { outcome: { kind: 'diverged', message: 'loss is NaN' } });
    const cause = 'a report of it was lost, as with the data of Redis';
    await tell(`${runId}-1`, 1_000);
    expect(await execution.outcome).toEqual({ kind: 'lost', cause, culprit: 'other' });
    const heard = events.length;
    const record = { epoch: 1, step: 1, metrics: { 'val/elbo': -7 }, seconds: 1 };
    await tell(
      `${runId}-1`,
      2_000,
      { event: { type: 'epoch', record } },
      { outcome: { kind: 'diverged', message: 'NaN' } },
    );
    const end = { trial: 'toy-untilStopped', attempt: 1, execution: `${runId}-1`, device: 'late/cpu' };
    // Nor does it tell of its end twice: by its agent, which was told to stop.
    await expect.poll(() => agent.agent.isIdle).toBe(true);
    await expect.poll(() => late).toEqual([expect.objectContaining(end)]);
    expect(events).toHaveLength(heard);
  });

  test('an agent that is cut off stops what it runs, its trial goes on elsewhere, and later it is used again', async () => {
    await using network = await CutNetwork.to(redis.port);
    await using agent = await startToyAgent(network.url, 'cut', { leaseMs: 2_000 });
    const late: LateEnd[] = [];
    await using executor = await startToyQueue(redis.url, { onLate: (end) => late.push(end) });
    const { execution, started, events } = start(executor, toyJob('untilStopped'));
    await started;
    network.cut();
    expect(await execution.outcome).toEqual({ kind: 'lost', cause: 'agent cut is gone', culprit: 'other' });
    expect(executor.capacity).toBe(0);
    const heard = events.length;
    await expect
      .poll(() => agent.log.join('\n'))
      .toMatch(/Redis did not answer for 2 s, or this process was stopped: what runs here ends/);
    await expect.poll(() => agent.agent.isIdle).toBe(true);
    network.mend();
    await expect.poll(() => executor.capacity).toBe(2);
    await expect.poll(() => late).toEqual([expect.objectContaining({ attempt: 1, outcome: 'stopped', epoch: 0 })]);
    expect(events.length).toBe(heard);
    expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
    expect(late).toHaveLength(1);
  });

  test('a suspect is alone on its device, whatever other runs ask for', async () => {
    await using agent = await startToyAgent(redis.url, 'roomy');
    await using one = await startToyQueue(redis.url);
    await using two = await startToyQueue(redis.url);
    const first = start(one, toyJob('untilStopped', 'first'));
    await first.started;
    const suspect = start(two, { ...toyJob('untilStopped', 'suspect'), alone: true });
    const leases = new LeaseTable(agent.redis, AGENTS, readAgentEntry);
    const has = (count: number): Promise<void> =>
      expect.poll(async () => (await leases.all()).get('roomy')!.value.executions.length).toBe(count);
    await has(2);
    const behind = start(one, toyJob('untilStopped', 'behind'));
    await has(3);
    expect([suspect, behind].map(({ events }) => events)).toEqual([[], []]);
    first.execution.stop('interrupted');
    await suspect.started;
    expect(behind.events).toEqual([]);
    suspect.execution.stop('interrupted');
    await behind.started;
  });

  test('10,000 changed messages: each is left out or harmless, and both sides go on', async () => {
    await using agent = await startToyAgent(redis.url, 'hostile');
    const runId = randomUUID();
    const log: string[] = [];
    await using executor = await startToyQueue(redis.url, { runId, onLog: ({ message }) => log.push(message) });
    const leases = (await agent.redis.hgetall(AGENTS))['hostile']!;
    const boxOf = agentBox(/^\d+ (\S+) /.exec(leases)![1]!);
    const job = {
      ...{
        type: 'job',
        uid: 'u',
        run: runId,
        execution: 'x-1',
        device: 'cpu',
        kind: 'train',
        trial: 't',
        attempt: 1,
        seed: 1,
        alone: false,
      },
      config: toyJob('finish').config,
      dataset: { fingerprint: '0', files: { images: 'a.gz' } },
    };
    const reports = [{ execution: `${runId}-1`, number: 0, news: [{ event: { type: 'placed', device: 'cpu' } }] }];
    const random = draws(7);
    for (let i = 0; i < 5_000; i += 100) {
      const posts = Array.from({ length: 100 }, () => [
        rawPost(agent.redis, boxOf, mutated(JSON.stringify(job), random)),
        rawPost(agent.redis, runBox(runId), mutated(JSON.stringify(reports), random)),
      ]);
      await Promise.all(posts.flat());
    }
    expect(await outcomeOf(executor, toyJob('finish'))).toMatchObject({ kind: 'completed' });
    expect(agent.log.join()).toMatch(/are none that a coordinator sends: left out/);
    expect(log.join()).toMatch(/are none that an agent sends: left out/);
  });
});

function rawPost(redis: Redis, box: string, text: string): Promise<unknown> {
  return redis.xadd(box, '*', 'm', text);
}

/** Bytes changed, cut, repeated or swapped for what parsers trip over. */
function mutated(text: string, random: (below: number) => number): string {
  const at = random(text.length);
  const poison = [
    '"__proto__":{}',
    '../../etc/passwd',
    '1e999',
    '-1',
    'null',
    '[]',
    '{}',
    '\u0000',
    '"'.repeat(9),
    '['.repeat(5_000),
  ];
  switch (random(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + poison[random(poison.length)]! + text.slice(at + random(12));
    case 2:
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    case 3:
      return text.slice(0, at) + text.slice(random(at + 1));
    default:
      return text.replace(/:("[^"]*"|\d+)/g, (value) =>
        random(4) === 0 ? `:${poison[random(poison.length)]!}` : value,
      );
  }
}

function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
