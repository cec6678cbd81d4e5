import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Mailbox } from '../../src/queue/mailbox.ts';
import { anotherConnection, connectRedis, type Redis } from '../../src/queue/redis.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';

describe.skipIf(!hasRedis)(`a mailbox${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
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

  function boxAt(key: string): Mailbox<string> {
    const reader = anotherConnection(redis);
    onTestFinished(() => reader.disconnect());
    return new Mailbox(
      reader,
      key,
      (text) => text,
      () => undefined,
    );
  }

  test('a Redis that comes back without its data, and with its clock behind, has no message skipped', async () => {
    const key = randomUUID();
    const box = boxAt(key);
    await redis.xadd(key, '2000-0', 'm', 'before');
    expect(await box.take(1)).toEqual(['before']);
    await redis.del(key);
    await redis.xadd(key, '1000-0', 'm', 'after');
    expect(await box.take(1)).toEqual(['after']);
    expect(await box.take(1)).toEqual([]);
  });

  test('what Redis does not let go of is taken once it does', async () => {
    const key = randomUUID();
    const box = boxAt(key);
    await redis.xadd(key, '*', 'm', 'one');
    await redis.call('ACL', 'SETUSER', 'default', '-xdel');
    onTestFinished(() => redis.call('ACL', 'SETUSER', 'default', '+xdel').then(() => undefined));
    await expect(box.take(1)).rejects.toThrow('NOPERM');
    await redis.call('ACL', 'SETUSER', 'default', '+xdel');
    expect(await box.take(1)).toEqual(['one']);
    expect(await box.take(1)).toEqual([]);
  });
});
