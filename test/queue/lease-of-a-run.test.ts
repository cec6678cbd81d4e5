import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RUNS } from '../../src/queue/keys.ts';
import { connectRedis, type Redis } from '../../src/queue/redis.ts';
import { findAgents } from '../../src/run/run-on-agents.ts';
import { devicesLost } from '../../src/scheduler/devices-lost.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { startToyQueue } from './toy-agent.ts';

describe.skipIf(!hasRedis)(`the lease of a run${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = await connectRedis({ url: server.url });
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  test('one signal is enough while it is waited for', async () => {
    const start = await findAgents({ url: server.url, host: '127.0.0.1' });
    // Reading goes on: so it connects, and takes no lease.
    await redis.call('CLIENT', 'PAUSE', '60000', 'WRITE');
    onTestFinished(() => redis.call('CLIENT', 'UNPAUSE').then(() => undefined));
    const stop = new AbortController();
    const { dataset } = toyJob('finish');
    const place = { sweep: 'waits', sweepCreatedAt: new Date(), dataset, jobs: 1, onLate: () => undefined };
    const started = start(() => undefined, stop.signal, place);
    await expect.poll(() => redis.call('CLIENT', 'LIST')).toContain('cmd=eval');
    stop.abort();
    await expect(started).rejects.toThrow('aborted');
  });

  test('one that another coordinator took ends the run, and no device is blamed', async () => {
    const uid = randomUUID();
    await using executor = await startToyQueue(server.url, { uid });
    const field = (await redis.hget(RUNS, uid))!;
    const [, , ...record] = field.split(' ');
    await redis.hset(RUNS, uid, `${Date.now() + 10_000} another ${record.join(' ')}`);
    await expect.poll(() => executor.mayGrow).toBe(false);
    expect(devicesLost(executor, 2).message).toBe(
      'Nothing can run any more: another coordinator has taken the sweep over, on here.\n' +
        '2 jobs are left undone. Run the sweep again to go on, once that one has ended.',
    );
  });
});
