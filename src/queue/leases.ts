import type { Redis } from 'ioredis';

/** How long a lease lasts that is not renewed: a machine that is silent for so long is taken for lost. */
export const LEASE_MS = 20_000;

/** Who holds a name, and what it says of itself. */
export interface Lease<Value> {
  readonly holder: string;
  readonly value: Value;
}

/** An end that is further away was written before the clock of Redis was put back, or by no one of ours. */
const LONGEST_MS = 3 * LEASE_MS;

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function lives(till) return till and tonumber(till) > now and tonumber(till) <= now + ${LONGEST_MS} end
`;

/** What an agent or a sweep may be called here. It becomes part of what people and databases read. */
const NAME = /^[\w.-]{1,80}$/;

/** Fields are `<end> <holder> <value>`: whoever waits for the end of a lease need not share a clock with its holder. */
const HOLD = `${NOW}local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local till, holder = string.match(held, '^(%d+) (%S+) ')
  if lives(till) and holder ~= ARGV[2] then return held end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + ARGV[3]) .. ' ' .. ARGV[2] .. ' ' .. ARGV[4])
return false`;

const RELEASE = `local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and string.match(held, '^%d+ (%S+) ') == ARGV[2] then redis.call('HDEL', KEYS[1], ARGV[1]) end`;

const ALL = `${NOW}local live = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local till = string.match(all[i + 1], '^(%d+) ')
  if lives(till) then
    live[#live + 1] = all[i]
    live[#live + 1] = all[i + 1]
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return live`;

/** Names that one process holds at a time, for as long as it renews its lease: one hash in Redis, judged by its clock. */
export class LeaseTable<Value> {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #parse: (text: string) => Value | undefined;

  /** `parse` says undefined of what is none of ours; it is left out. */
  constructor(redis: Redis, key: string, parse: (text: string) => Value | undefined) {
    this.#redis = redis;
    this.#key = key;
    this.#parse = parse;
  }

  /** Takes or renews it. Returns who has it instead; undefined when `holder` has it now. */
  async hold(name: string, holder: string, forMs: number, value: Value): Promise<Lease<Value | undefined> | undefined> {
    const held = await this.#redis.eval(HOLD, 1, this.#key, name, holder, forMs, JSON.stringify(value));
    return typeof held === 'string' ? this.#read(held) : undefined;
  }

  async release(name: string, holder: string): Promise<void> {
    await this.#redis.eval(RELEASE, 1, this.#key, name, holder);
  }

  /** Those that have not ended. */
  async all(): Promise<Map<string, Lease<Value>>> {
    const fields = (await this.#redis.eval(ALL, 1, this.#key)) as readonly string[];
    const leases = new Map<string, Lease<Value>>();
    for (let i = 0; i < fields.length; i += 2) {
      const { holder, value } = this.#read(fields[i + 1]!);
      if (value !== undefined && NAME.test(fields[i]!)) leases.set(fields[i]!, { holder, value });
    }
    return leases;
  }

  #read(field: string): Lease<Value | undefined> {
    const [, holder = '', text = ''] = /^\d+ (\S+) (.*)$/s.exec(field) ?? [];
    return { holder, value: this.#parse(text) };
  }
}
