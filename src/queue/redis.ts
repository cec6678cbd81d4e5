import { Redis } from 'ioredis';
import { SweepError, messageOf } from '../errors.ts';

export type { Redis } from 'ioredis';

export interface RedisAddress {
  /** `redis://host:port/db`, or `rediss://` for TLS. May hold a password, unless it came from a command line. */
  readonly url: string;
  /** Instead of the URL's. */
  readonly password?: string | undefined;
}

/**
 * A command that gets no answer for so long is sent again over a new connection: the old one only looks alive. Soon enough
 * for an agent to renew its lease before it must stop what it runs.
 */
const SILENCE_MS = 8_000;
const CONNECT_MS = 5_000;
const MOST_RETRY_MS = 2_000;

/**
 * Connects, and from then on stays connected: while Redis is away, commands wait, and are sent when it is back. What is
 * unanswered when a connection breaks is sent again, so every command here may be carried out twice.
 * @throws SweepError REDIS where none answers, the password is wrong, or it would throw away what it is given; the reason
 * of `signal` once that is aborted
 */
export async function connectRedis({ url, password }: RedisAddress, signal?: AbortSignal): Promise<Redis> {
  const redis = new Redis(url, {
    ...(password !== undefined && { password }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, MOST_RETRY_MS),
  });
  const firstError = new Promise<never>((_resolve, reject) => redis.on('error', reject));
  try {
    const usable = redis.connect().then(() => refuseEviction(redis));
    await unlessAborted(signal, Promise.race([usable, firstError]));
    return redis;
  } catch (error) {
    redis.disconnect();
    signal?.throwIfAborted();
    throw error instanceof SweepError ? error : redisError(redis, error);
  }
}

/** Waits for commands no longer than until `signal` is aborted, whose reason is thrown then: Redis may be away for ever. */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What Redis answers instead of doing what it is asked for, as a user is to hear it. */
export function redisError(redis: Redis, error: unknown): SweepError {
  return new SweepError('REDIS', `Redis at ${nameOf(redis)} can't be used: ${reasonOf(error)}`, { cause: error });
}

/** Another connection to the same Redis, for what waits there. The first one's owner doesn't close it. */
export function anotherConnection(redis: Redis): Redis {
  const other = redis.duplicate();
  // It connects again by itself, and whoever waits for an answer waits on.
  other.on('error', () => undefined);
  return other;
}

/** This machine's address in the network that leads to Redis. */
export function localAddressOf(redis: Redis): string | undefined {
  return (redis.stream as { readonly localAddress?: string }).localAddress;
}

/** For people: without what may be secret. */
export function nameOf({ options: { host, port, tls } }: Redis): string {
  return `${tls ? 'rediss' : 'redis'}://${host ?? 'localhost'}:${port ?? 6379}`;
}

function reasonOf(error: unknown): string {
  const message = messageOf(error).replace(/\.+$/, '');
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ECONNRESET|closed/.test(message)) {
    return `${message}. Start one there (\`redis-server\`), or name another with --redis.`;
  }
  if (/certificate/.test(message)) {
    return `${message}. Name the file of the authority that signed it: NODE_EXTRA_CA_CERTS=ca.pem sweep ….`;
  }
  if (/^OOM/.test(message)) {
    return `${message}. It is full: give it more room with \`redis-cli config set maxmemory …\`.`;
  }
  if (/NOAUTH|WRONGPASS|NOPERM|AUTH/.test(message)) {
    return `${message}. Put the password into SWEEP_REDIS_PASSWORD, or into a file named with --redis-password-file.`;
  }
  return `${message}.`;
}

/** Jobs and reports that Redis throws away for room would be lost without a word. */
async function refuseEviction(redis: Redis): Promise<void> {
  const memory = await redis.info('memory');
  const limit = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1] ?? 0);
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  if (limit === 0 || policy === 'noeviction') return;
  throw new SweepError(
    'REDIS',
    `Redis at ${nameOf(redis)} throws away what it is given when it holds ${Math.round(limit / 2 ** 20)} MiB (${policy}). ` +
      'Mend it with `redis-cli config set maxmemory-policy noeviction`.',
  );
}
