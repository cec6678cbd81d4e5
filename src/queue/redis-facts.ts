import { connectRedis, nameOf, type RedisAddress } from './redis.ts';

export interface RedisFacts {
  readonly name: string;
  /** Its kind and version: `Redis 7.0.15`, `Valkey 8.1.0`. */
  readonly version: string;
  readonly roundTripMs: number;
  /** Whether anybody who reaches it may use it. */
  readonly isOpen: boolean;
  /** Reached over a network, without TLS. */
  readonly isPlain: boolean;
}

/** @throws SweepError REDIS where it can't be used */
export async function redisFacts(address: RedisAddress): Promise<RedisFacts> {
  const redis = await connectRedis(address);
  try {
    const server = await redis.info('server');
    const [, valkey] = /^valkey_version:(\S+)/m.exec(server) ?? [];
    const [, version = 'of an unknown version'] = /^redis_version:(\S+)/m.exec(server) ?? [];
    const beganAt = performance.now();
    await redis.ping();
    const { password, host = 'localhost', tls } = redis.options;
    return {
      name: nameOf(redis),
      version: valkey === undefined ? `Redis ${version}` : `Valkey ${valkey}`,
      roundTripMs: performance.now() - beganAt,
      isOpen: !password,
      isPlain: tls === undefined && !/^(localhost|127\.|::1)/.test(host),
    };
  } finally {
    redis.disconnect();
  }
}
