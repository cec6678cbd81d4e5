import os from 'node:os';
import { lifetimeOf, watchEnds, type AgentEnds } from './agent-ends.ts';
import { SweepError } from '../errors.ts';
import { discoverDevices } from '../executor/devices.ts';
import { startLocalExecutor } from '../executor/local-executor.ts';
import { versionOf } from '../package-version.ts';
import { Agent } from '../queue/agent.ts';
import { hasEnded } from '../queue/ended-sweeps.ts';
import { jobPreparer } from '../queue/prepare-job.ts';
import { anotherConnection, connectRedis, nameOf, redisError, type RedisAddress } from '../queue/redis.ts';
import { openWorkFolder, type WorkFolder } from './work-folder.ts';

export interface AgentRunOptions extends AgentEnds {
  readonly redis: RedisAddress;
  /** By default the machine's. */
  readonly name?: string | undefined;
  readonly device: string;
  readonly slots?: number | undefined;
  /** Where data sets are looked for first. */
  readonly dataDir?: string | undefined;
  /** By default `cpu` or `gpu`. */
  readonly deviceClass?: string | undefined;
  /** A user's own images that may be looked at, whatever folder they lie in. */
  readonly images?: string | undefined;
  /** How long after its last sign of life it is missed; by default 20 s. */
  readonly leaseMs?: number | undefined;
  /** Aborted to save, stop and end. */
  readonly stop: AbortSignal;
  /** Aborted to end without saving. */
  readonly stopNow: AbortSignal;
  /** Aborted once its Redis is gone for good: ends at once, and what runs here goes on elsewhere. */
  readonly gone?: AbortSignal | undefined;
  readonly onLog: (message: string) => void;
}

/**
 * Offers this machine's devices until it is stopped, or its time is over. Leaves nothing behind here.
 * @throws SweepError REDIS, DEVICE_UNAVAILABLE; DEVICES_LOST where none is left
 */
export async function runAgent(options: AgentRunOptions): Promise<void> {
  const { deviceClass, device, slots, untilDone, stop, stopNow, gone, onLog } = options;
  const ended = gone === undefined ? stop : AbortSignal.any([stop, gone]);
  // What its devices take to start is of its time, too.
  const endsAtMs = performance.now() + lifetimeOf(options);
  const redis = await connectRedis(options.redis, ended);
  let workFolder: WorkFolder | undefined;
  try {
    if (untilDone !== undefined && (await hasEnded(redis, untilDone))) {
      onLog(`${untilDone} is done`);
      return;
    }
    workFolder = openWorkFolder();
    const { devices, fallback, notes } = await discoverDevices({
      request: device,
      ...(slots !== undefined && { slots }),
    });
    for (const message of notes) onLog(message);
    /** Once there is an agent, those of the sweeps that it trains for hear it, too. */
    let log = onLog;
    const executor = await startLocalExecutor({
      devices,
      fallback,
      signal: ended,
      onLog: ({ level, device, message }) => {
        if (level === 'warn' || level === 'error') log(`${device}: ${message}`);
      },
    });
    const reader = anotherConnection(redis);
    const agent = new Agent({
      ...{ redis, reader, executor, workFolder: workFolder.path, onLog, deviceClass },
      ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs, beatMs: options.leaseMs / 6 }),
      ...(endsAtMs < Infinity && { endsAt: new Date(Date.now() + endsAtMs - performance.now()) }),
      name:
        options.name ??
        os
          .hostname()
          .replaceAll(/[^\w.-]/g, '-')
          .slice(0, 60),
      version: versionOf('..'),
      prepare: jobPreparer(options),
    });
    log = (message) => agent.log(message);
    const offered = executor.devices.map(({ label, slots }) => `${label} × ${slots}`).join(', ');
    const stopWatching = watchEnds(agent, options, endsAtMs, redis);
    const drain = (): void => agent.drain();
    const quit = (): void => agent.quit();
    stop.addEventListener('abort', drain);
    stopNow.addEventListener('abort', quit);
    gone?.addEventListener('abort', quit);
    if (stop.aborted) drain();
    if (gone?.aborted === true) quit();
    try {
      await agent.run((name) => onLog(`Agent ${name} offers ${offered} at ${nameOf(redis)}`));
    } catch (error) {
      throw redisError(redis, error);
    } finally {
      stopWatching();
      stop.removeEventListener('abort', drain);
      stopNow.removeEventListener('abort', quit);
      gone?.removeEventListener('abort', quit);
      reader.disconnect();
      await executor[Symbol.asyncDispose]();
    }
    const trouble = executor.devices.map(({ label, trouble }) => `${label}: ${trouble ?? 'no longer used'}`).join('; ');
    if (executor.capacity === 0) throw new SweepError('DEVICES_LOST', `No device can train here any more: ${trouble}`);
  } finally {
    redis.disconnect();
    workFolder?.[Symbol.dispose]();
  }
}
