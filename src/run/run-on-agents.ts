import { createHash, randomBytes, randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf, SweepError } from '../errors.ts';
import type { Executor } from '../executor/executor.ts';
import { TRIAL_FILES, TrialFiles, type TrialFile } from '../files/trial-files.ts';
import { versionOf } from '../package-version.ts';
import { markEnded, unmarkEnded } from '../queue/ended-sweeps.ts';
import { LEASE_MS, type Lease } from '../queue/leases.ts';
import { PROTOCOL, type RunEntry } from '../queue/messages.ts';
import { QueueExecutor } from '../queue/queue-executor.ts';
import {
  anotherConnection,
  connectRedis,
  localAddressOf,
  nameOf,
  redisError,
  unlessAborted,
  type Redis,
  type RedisAddress,
} from '../queue/redis.ts';
import type { RunPlace, StartExecutor } from './run-on-devices.ts';
import { startTransferServer, type OpenFiles } from '../transfer/transfer-server.ts';
import type { Emit } from '../scheduler/events.ts';

export interface AgentsAddress extends RedisAddress {
  /** Under which agents reach this machine for files; by default its address in the network of Redis. */
  readonly host?: string | undefined;
  /** Of the server of files; by default a free one. */
  readonly port?: number | undefined;
  /** They come by themselves: nobody need be told to start one. */
  readonly agentsCome?: boolean | undefined;
}

const TELL_AGAIN_MS = 60_000;

/** @throws SweepError REDIS where none can be used */
export async function findAgents(address: AgentsAddress): Promise<StartExecutor> {
  // Asked before anything is recorded; connected to once there is something to run.
  (await connectRedis(address)).disconnect();
  return async (emit, signal, place) => {
    const redis = await connectRedis(address, signal);
    try {
      return await startQueueExecutor(redis, address, emit, signal, place);
    } catch (error) {
      redis.disconnect();
      throw error;
    }
  };
}

/** Lets agents go that wait for it. @throws SweepError REDIS */
export async function tellAgentsOfEnd(address: AgentsAddress, sweep: string): Promise<void> {
  const redis = await connectRedis(address);
  try {
    await markEnded(redis, sweep);
  } finally {
    redis.disconnect();
  }
}

async function startQueueExecutor(
  redis: Redis,
  address: AgentsAddress,
  emit: Emit,
  signal: AbortSignal,
  place: RunPlace,
): Promise<Executor> {
  const token = randomBytes(32).toString('base64url');
  const server = await startTransferServer({
    token,
    filesOf: (execution) => openFiles(executor, execution),
    dataFile: (dataset, role) => dataFileOf(place, dataset, role),
    onTrouble: troubleTeller(emit),
    onOwnTrouble: (execution, error) => executor.fail(execution, error),
    ...(address.port !== undefined && { port: address.port }),
  });
  const host = address.host ?? addressFor(redis);
  const entry: RunEntry = {
    protocol: PROTOCOL,
    version: versionOf('..'),
    sweep: place.sweep,
    host: os.hostname(),
    pid: process.pid,
    files: { url: `https://${host.includes(':') ? `[${host}]` : host}:${server.port}`, token },
  };
  const executor = new QueueExecutor({
    redis,
    reader: anotherConnection(redis),
    uid: uidOf(place),
    runId: randomUUID(),
    entry,
    onOver: (execution) => server.forget(execution),
    onLate: place.onLate,
    onClosed: async () => server[Symbol.asyncDispose](),
    onLog: ({ level, message }) => emit({ type: 'log', trial: null, level, message }),
  });
  try {
    await takeLease(redis, executor, place.sweep, emit, signal);
    await unmarkEnded(redis, place.sweep);
  } catch (error) {
    await executor[Symbol.asyncDispose]();
    throw error;
  }
  if (executor.capacity === 0 && address.agentsCome !== true) {
    const message = `no agent offers a device at ${nameOf(redis)} yet: start \`sweep agent\` with the same --redis where trials shall run`;
    emit({ type: 'log', trial: null, level: 'warn', message });
  }
  return executor;
}

/** What many agents meet, each of which tries again every few seconds, is told once a minute. */
function troubleTeller(emit: Emit): (error: unknown) => void {
  const toldAt = new Map<string, number>();
  return (error) => {
    const message = `files of agents: ${messageOf(error)}`;
    const now = performance.now();
    if (now - (toldAt.get(message) ?? -Infinity) < TELL_AGAIN_MS) return;
    toldAt.set(message, now);
    emit({ type: 'log', trial: null, level: 'warn', message });
  };
}

/** Where Redis is on this machine, agents elsewhere reach it under another address than this process does. */
function addressFor(redis: Redis): string {
  const local = localAddressOf(redis);
  if (local !== undefined && !/^(::ffff:)?127\.|^::1$/.test(local)) return local;
  const [other] = Object.values(os.networkInterfaces()).flatMap((own = []) =>
    own.filter(({ internal, family }) => !internal && family === 'IPv4'),
  );
  return other?.address ?? local ?? os.hostname();
}

/** Both names are the asker's. */
function dataFileOf({ dataset }: RunPlace, name: string, role: string): string | undefined {
  return name === dataset.fingerprint && Object.hasOwn(dataset.files, role) ? dataset.files[role] : undefined;
}

/** Of any sweep in any results folder, wherever it is run from. */
function uidOf({ sweep, sweepCreatedAt }: RunPlace): string {
  return createHash('sha256').update(`${sweep} ${sweepCreatedAt.toISOString()}`).digest('hex').slice(0, 16);
}

function openFiles(executor: QueueExecutor, execution: string): OpenFiles | undefined {
  const job = executor.jobOf(execution);
  if (job === undefined) return undefined;
  const files = new TrialFiles(job.directory);
  return job.kind === 'train'
    ? { files, reads: ['checkpoint'], writes: Object.keys(TRIAL_FILES) as TrialFile[] }
    : { files, reads: ['weights'], writes: [] };
}

/**
 * The database's lock is held, so whoever has the lease is gone, or runs a copy of the results folder. The first leaves
 * it to end.
 */
async function takeLease(
  redis: Redis,
  executor: QueueExecutor,
  sweep: string,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + LEASE_MS + 2_000;
  let isTold = false;
  for (;;) {
    const asked = executor.start().catch((error: unknown) => {
      throw redisError(redis, error);
    });
    const held = await unlessAborted(signal, asked);
    if (held === undefined) return;
    if (isGone(held)) {
      await unlessAborted(signal, executor.takeOver(held));
      continue;
    }
    const holder = held.value === undefined ? 'another one' : `process ${held.value.pid} of ${held.value.host}`;
    if (performance.now() > until) {
      throw new SweepError(
        'STORE_LOCKED',
        `${sweep} is already run, by ${holder}, from a copy of this results folder. Stop it there, or give one of the two another name.`,
      );
    }
    if (!isTold)
      emit({ type: 'log', trial: null, level: 'info', message: `${holder} had the sweep: waits until its lease ends` });
    isTold = true;
    await delay(500, undefined, { signal });
  }
}

function isGone({ value }: Lease<RunEntry | undefined>): boolean {
  if (value?.host !== os.hostname()) return false;
  try {
    process.kill(value.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
