import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { LocalExecutorOptions } from '../../src/executor/local-executor.ts';
import { Agent, type AgentOptions } from '../../src/queue/agent.ts';
import { PROTOCOL } from '../../src/queue/messages.ts';
import { QueueExecutor, type QueueExecutorOptions } from '../../src/queue/queue-executor.ts';
import { anotherConnection, connectRedis } from '../../src/queue/redis.ts';
import { cpu, startToyExecutor } from '../fixtures/executor-options.ts';

export const VERSION = '1.2.3-test';

export interface ToyAgent extends AsyncDisposable {
  readonly agent: Agent;
  readonly redis: Redis;
  readonly log: readonly string[];
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

/** An agent in this process, whose device processes are real ones that train toys. */
export async function startToyAgent(
  url: string,
  name: string,
  { local = {}, ...options }: Partial<AgentOptions> & { readonly local?: Partial<LocalExecutorOptions> } = {},
): Promise<ToyAgent> {
  const redis = await connectRedis({ url });
  const reader = anotherConnection(redis);
  const log: string[] = [];
  const executor = await startToyExecutor({ devices: [cpu(2)], ...local }, log);
  const agent = new Agent({
    ...{ redis, reader, executor, name },
    version: VERSION,
    workFolder: '/nonexistent',
    beatMs: 100,
    progressEveryMs: 0,
    prepare: ({ kind, trial, attempt, seed, config, dataset }) =>
      Promise.resolve({
        ...{ kind, trial, attempt, seed, config, directory: '/nonexistent' },
        dataset: { ...dataset, name: config.dataset.name },
      }),
    onLog: (message) => log.push(message),
    ...options,
  });
  const named = Promise.withResolvers<undefined>();
  const ended = agent.run(() => named.resolve(undefined));
  await named.promise;
  return {
    ...{ agent, redis, log, ended },
    async [Symbol.asyncDispose]() {
      agent.quit();
      await ended;
      reader.disconnect();
      redis.disconnect();
      await executor[Symbol.asyncDispose]();
    },
  };
}

/** A coordinator's end, which looks ten times a second or more. */
export async function startToyQueue(url: string, options: Partial<QueueExecutorOptions> = {}): Promise<QueueExecutor> {
  const redis = await connectRedis({ url });
  const executor = new QueueExecutor({
    ...{ redis, reader: anotherConnection(redis) },
    uid: randomUUID(),
    runId: randomUUID(),
    lookMs: 50,
    entry: {
      ...{ protocol: PROTOCOL, version: VERSION, sweep: 'toys', host: 'here', pid: 1 },
      files: { url: 'https://127.0.0.1:1', token: 'none' },
    },
    onLog: () => undefined,
    ...options,
  });
  const held = await executor.start();
  if (held !== undefined) throw new Error('the run is held');
  return executor;
}
