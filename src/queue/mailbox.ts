import type { Redis } from 'ioredis';

/** A box that nobody writes to any more is gone after this. */
const KEPT_S = 3_600;
/** Of a reader that is gone, or stopped: what nobody takes must not fill Redis. */
const MOST_WAITING = 200_000;
const MOST_AT_A_TIME = 500;

const POST = `redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'm', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])`;

/** Resolves once Redis has the message, which may then be there twice. Rejects where Redis has no room for it. */
export async function post(redis: Redis, box: string, message: object): Promise<void> {
  await redis.eval(POST, 1, box, JSON.stringify(message), MOST_WAITING, KEPT_S);
}

/**
 * A stream of messages with one reader, who takes them in the order in which they were posted. What was taken is gone
 * from it, so all that is there is read: ids begin anew in a Redis that lost its data, and go back with its clock.
 */
export class Mailbox<Message> {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #parse: (text: string) => Message | undefined;
  /** The last time there was no more to take than was taken. */
  isDrained = true;
  readonly #onRefused: (count: number) => void;

  /** `redis` is for this box alone: taking waits there. `onRefused` hears of messages that were none, and are gone. */
  constructor(
    redis: Redis,
    key: string,
    parse: (text: string) => Message | undefined,
    onRefused: (count: number) => void,
  ) {
    this.#redis = redis;
    this.#key = key;
    this.#parse = parse;
    this.#onRefused = onRefused;
  }

  /** What has arrived, some hundreds at most; waits so long for the first one. */
  async take(waitMs: number): Promise<Message[]> {
    const reply = await this.#redis.xread('COUNT', MOST_AT_A_TIME, 'BLOCK', waitMs, 'STREAMS', this.#key, '0-0');
    const entries = reply?.[0]?.[1] ?? [];
    this.isDrained = entries.length < MOST_AT_A_TIME;
    if (entries.length === 0) return [];
    // Where that fails, nothing was taken.
    await this.#redis.xdel(this.#key, ...entries.map(([id]) => id));
    const messages = entries.map(([, [, text = '']]) => this.#parse(text));
    const taken = messages.filter((message) => message !== undefined);
    if (taken.length < messages.length) this.#onRefused(messages.length - taken.length);
    return taken;
  }

  async remove(): Promise<void> {
    await this.#redis.del(this.#key);
  }
}
