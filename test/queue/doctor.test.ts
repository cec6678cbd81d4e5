import { describe, expect, test } from 'vitest';
import { checkRedis } from '../../src/cli/doctor/doctor-redis.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';

describe.skipIf(!hasRedis)(`doctor --redis${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  test('says what is there, and what to do about it', async () => {
    const found = await RedisServer.start('--requirepass', 'secret');
    const { url } = found;
    const statuses = async (password?: string) =>
      (await checkRedis({ url, password })).map(({ status, text }) => `${status}: ${text}`);
    expect(await statuses('secret')).toEqual([
      expect.stringMatching(/^ok: (Redis|Valkey) \d+\.\d+\.\d+ at redis:\/\/127\.0\.0\.1:\d+ answers in \d/),
      'warning: no agent offers a device there',
    ]);
    expect(await statuses()).toEqual([expect.stringMatching(/^problem: .*NOAUTH.*SWEEP_REDIS_PASSWORD/s)]);
    await found[Symbol.asyncDispose]();
    expect(await statuses()).toEqual([expect.stringMatching(/^problem: .*ECONNREFUSED/)]);
  });

  test('one that anybody may use is a warning', async () => {
    await using open = await RedisServer.start();
    expect((await checkRedis({ url: open.url })).map(({ text }) => text)).toContain(
      'whoever reaches it may use it: it asks for no password',
    );
  });
});
