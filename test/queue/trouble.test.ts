/** What goes wrong between an agent and a coordinator, each with a real Redis of its own. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectRedis } from '../../src/queue/redis.ts';
import type { TrialOutcome } from '../../src/trial/outcome.ts';
import { start } from '../executor/conformance.ts';
import { cpu } from '../fixtures/executor-options.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { CutNetwork } from './cut-network.ts';
import { startToyAgent, startToyQueue } from './toy-agent.ts';

const STOPPED: TrialOutcome = { kind: 'stopped', reason: 'interrupted' };

describe.skipIf(!hasRedis)(`trouble${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  async function startRedis(): Promise<RedisServer> {
    const redis = await RedisServer.start();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    return redis;
  }

  test('a slot is free again whose outcome could not be told before the agent was cut off', async () => {
    const redis = await startRedis();
    await using network = await CutNetwork.to(redis.port);
    await using agent = await startToyAgent(network.url, 'cut', { leaseMs: 1_000 });
    await using executor = await startToyQueue(redis.url);
    const { started } = start(executor, toyJob('flood'));
    await started;
    network.cut();
    await expect.poll(() => agent.log.join()).toContain('Redis did not answer');
    await expect.poll(() => agent.agent.isIdle).toBe(true);
    network.mend();
  });

  test('an agent whose Redis is gone ends when it is told to a second time', async () => {
    const redis = await startRedis();
    await using agent = await startToyAgent(redis.url, 'alone');
    await using executor = await startToyQueue(redis.url);
    await start(executor, toyJob('untilStopped')).started;
    await redis.kill();
    agent.agent.drain();
    agent.agent.quit();
    await agent.ended;
  });

  test('an agent waits for a Redis that takes nothing more', async () => {
    const redis = await startRedis();
    await using agent = await startToyAgent(redis.url, 'patient');
    await using executor = await startToyQueue(redis.url);
    await agent.redis.config('SET', 'maxmemory', '1');
    await expect.poll(() => agent.log.join()).toContain('OOM');
    await agent.redis.config('SET', 'maxmemory', '0');
    await expect.poll(() => executor.capacity).toBe(2);
    expect(await start(executor, toyJob('finish')).execution.outcome).toMatchObject({ kind: 'completed' });
  });

  test('an executor is closed although its Redis answers nothing', async () => {
    const redis = await startRedis();
    const executor = await startToyQueue(redis.url);
    redis.signal('SIGSTOP');
    await executor[Symbol.asyncDispose]();
  });

  test('a stop that arrives together with the first job of its run', async () => {
    const redis = await startRedis();
    await using network = await CutNetwork.to(redis.port);
    await using _agent = await startToyAgent(network.url, 'late');
    await using executor = await startToyQueue(redis.url, { lookMs: 60_000 });
    const direct = await connectRedis({ url: redis.url });
    onTestFinished(() => direct.disconnect());
    network.cut();
    // It asks for no message before it has heard that there was none: then for all that came meanwhile.
    await expect.poll(() => direct.info('clients')).toContain('blocked_clients:1\r');
    const { execution } = start(executor, toyJob('untilStopped'));
    execution.stop('interrupted');
    network.mend();
    expect(await execution.outcome).toEqual(STOPPED);
  });

  test('a job that waits for the slot of another run is stopped without it', async () => {
    const redis = await startRedis();
    await using _agent = await startToyAgent(redis.url, 'shared', { local: { devices: [cpu(1)] } });
    await using one = await startToyQueue(redis.url);
    await using two = await startToyQueue(redis.url);
    const first = start(one, toyJob('untilStopped', 'first'));
    await first.started;
    const waiting = start(two, toyJob('untilStopped', 'waiting'));
    waiting.execution.stop('interrupted');
    expect(await waiting.execution.outcome).toEqual(STOPPED);
    first.execution.stop('interrupted');
    expect(await first.execution.outcome).toEqual(STOPPED);
  });
});
