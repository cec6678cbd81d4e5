/** What goes wrong between an agent and a coordinator, each with a real Redis of its own. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Attempt, Executor } from '../../src/executor/executor.ts';
import { AGENTS, runBox } from '../../src/queue/keys.ts';
import { LeaseTable } from '../../src/queue/leases.ts';
import { Mailbox } from '../../src/queue/mailbox.ts';
import { readAgentEntry, readToRun } from '../../src/queue/messages.ts';
import type { PrepareJob } from '../../src/queue/prepare-job.ts';
import { ReportSender } from '../../src/queue/report-sender.ts';
import { connectRedis } from '../../src/queue/redis.ts';
import type { TrialOutcome } from '../../src/trial/outcome.ts';
import { temporaryFolder } from '../cli/support.ts';
import { start } from '../executor/conformance.ts';
import { cpu, gpu } from '../fixtures/executor-options.ts';
import { toyJob } from '../fixtures/executor-toy.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { CutNetwork } from './cut-network.ts';
import { startToyAgent, startToyQueue } from './toy-agent.ts';

const STOPPED: TrialOutcome = { kind: 'stopped', reason: 'interrupted' };

describe.skipIf(!hasRedis)(`trouble${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  async function startRedis(): Promise<RedisServer> {
    const redis = await RedisServer.start();
    onTestFinished(() => redis[Symbol.asyncDispose]());
    return redis;
  }

  /** Ends with the test. */
  async function startAgent(...how: Parameters<typeof startToyAgent>): Promise<void> {
    const agent = await startToyAgent(...how);
    onTestFinished(() => agent[Symbol.asyncDispose]());
  }

  test('a slot is free again whose outcome could not be told before the agent was cut off', async () => {
    const redis = await startRedis();
    await using network = await CutNetwork.to(redis.port);
    await using agent = await startToyAgent(network.url, 'cut', { leaseMs: 1_000 });
    await using executor = await startToyQueue(redis.url);
    const { started } = start(executor, toyJob('flood'));
    await started;
    network.cut();
    await expect.poll(() => agent.log.join()).toContain('Redis did not answer');
    await expect.poll(() => agent.agent.isIdle).toBe(true);
    network.mend();
  });

  test('what an agent says of itself is heard where its jobs come from', async () => {
    const redis = await startRedis();
    const log: string[] = [];
    await using agent = await startToyAgent(redis.url, 'talks');
    await using executor = await startToyQueue(redis.url, { onLog: ({ message }) => log.push(message) });
    await start(executor, toyJob('untilStopped')).started;
    agent.agent.log('cpu: its process ended');
    expect(agent.log).toContain('cpu: its process ended');
    await expect.poll(() => log).toEqual(['agent talks: cpu: its process ended']);
  });

  test('an agent whose Redis is gone ends when it is told to a second time', async () => {
    const redis = await startRedis();
    await using agent = await startToyAgent(redis.url, 'alone');
    await using executor = await startToyQueue(redis.url);
    await start(executor, toyJob('untilStopped')).started;
    await redis.kill();
    agent.agent.drain();
    agent.agent.quit();
    await agent.ended;
  });

  test('an agent waits for a Redis that takes nothing more', async () => {
    const redis = await startRedis();
    await using agent = await startToyAgent(redis.url, 'patient');
    await using executor = await startToyQueue(redis.url);
    await agent.redis.config('SET', 'maxmemory', '1');
    await expect.poll(() => agent.log.join()).toContain('OOM');
    await agent.redis.config('SET', 'maxmemory', '0');
    await expect.poll(() => executor.capacity).toBe(2);
    expect(await start(executor, toyJob('finish')).execution.outcome).toMatchObject({ kind: 'completed' });
  });

  test('an executor is closed although its Redis answers nothing', async () => {
    const redis = await startRedis();
    const executor = await startToyQueue(redis.url);
    redis.signal('SIGSTOP');
    await executor[Symbol.asyncDispose]();
  });

  test('a stop that arrives together with the first job of its run', async () => {
    const redis = await startRedis();
    await using network = await CutNetwork.to(redis.port);
    await startAgent(network.url, 'late');
    await using executor = await startToyQueue(redis.url, { lookMs: 60_000 });
    const direct = await connectRedis({ url: redis.url });
    onTestFinished(() => direct.disconnect());
    network.cut();
    // It asks for no message before it has heard that there was none: then for all that came meanwhile.
    await expect.poll(() => direct.info('clients')).toContain('blocked_clients:1\r');
    const { execution } = start(executor, toyJob('untilStopped'));
    execution.stop('interrupted');
    network.mend();
    expect(await execution.outcome).toEqual(STOPPED);
  });

  test('a job that waits for the slot of another run is stopped without it', async () => {
    const redis = await startRedis();
    await startAgent(redis.url, 'shared', { local: { devices: [cpu(1)] } });
    await using one = await startToyQueue(redis.url);
    await using two = await startToyQueue(redis.url);
    const first = start(one, toyJob('untilStopped', 'first'));
    await first.started;
    const waiting = start(two, toyJob('untilStopped', 'waiting'));
    waiting.execution.stop('interrupted');
    expect(await waiting.execution.outcome).toEqual(STOPPED);
    first.execution.stop('interrupted');
    expect(await first.execution.outcome).toEqual(STOPPED);
  });

  test('jobs that an agent has not begun when it is drained, or gone, are another’s to begin', async () => {
    const redis = await startRedis();
    await using agent = await startToyAgent(redis.url, 'ends', { local: { devices: [cpu(1)] } });
    await using one = await startToyQueue(redis.url);
    await using two = await startToyQueue(redis.url, { lookMs: 200 });
    await start(one, toyJob('untilStopped', 'first')).started;
    const waiting = start(two, toyJob('finish', 'waiting'));
    const leases = new LeaseTable(agent.redis, AGENTS, readAgentEntry);
    await expect.poll(async () => (await leases.all()).get('ends')!.value.executions.length).toBe(2);
    agent.agent.drain();
    expect(await waiting.execution.outcome).toEqual({ kind: 'declined' });
    expect(two.capacity).toBe(0);
    await agent.ended;
    await using quick = await startToyAgent(redis.url, 'gone', { leaseMs: 500 });
    await expect.poll(() => two.capacity).toBe(2);
    quick.agent.quit();
    const unread = start(two, toyJob('finish', 'unread'));
    expect(await unread.execution.outcome).toEqual({ kind: 'declined' });
  });

  test('jobs that wait on a device that is given up are lost, and its agent is used on', async () => {
    const redis = await startRedis();
    await startAgent(redis.url, 'worn', { local: { devices: [cpu(3), gpu(0)], stallTimeoutMs: 800 } });
    await using one = await startToyQueue(redis.url);
    await using two = await startToyQueue(redis.url);
    for (const name of ['a', 'b']) await one.run(toyJob('abortProcess', name), () => undefined, 'worn/cpu').outcome;
    const run = (executor: Executor, name: string): Attempt =>
      executor.run(toyJob('neverSettle', name), () => undefined, 'worn/cpu');
    for (const name of ['c', 'd', 'e']) run(one, name);
    const waiting = ['f', 'g', 'h'].map((name) => run(two, name));
    for (const { outcome } of waiting) {
      expect(await outcome).toMatchObject({
        kind: 'lost',
        culprit: 'other',
        cause: expect.stringMatching(/^cpu is no longer used: /) as string,
      });
    }
    await expect.poll(() => two.devices.map(({ healthy }) => healthy)).toEqual([false, true]);
  });

  test('a stop is not waited for where Redis is gone, and that is told', async () => {
    const redis = await startRedis();
    await startAgent(redis.url, 'far');
    const log: string[] = [];
    await using executor = await startToyQueue(redis.url, {
      leaseMs: 1_000,
      onLog: ({ message }) => log.push(message),
    });
    const { execution, started } = start(executor, toyJob('untilStopped'));
    await started;
    await redis.kill();
    await expect.poll(() => log).toContain('Redis has not answered for 1 s: nothing is heard of the agents');
    execution.stop('interrupted');
    expect(await execution.outcome).toEqual({ kind: 'lost', cause: 'Redis does not answer', culprit: 'other' });
  });

  test('a stop ends what a job is prepared for', async () => {
    const redis = await startRedis();
    const prepare: PrepareJob = (message, client, directory) =>
      client.getTrialFile(message.execution, 'checkpoint', path.join(directory, 'x')).then(() => {
        throw new Error('nothing answers there');
      });
    await using agent = await startToyAgent(redis.url, 'waits', { prepare, workFolder: temporaryFolder() });
    await using executor = await startToyQueue(redis.url);
    const { execution } = start(executor, toyJob('untilStopped'));
    await expect.poll(() => agent.log.join()).toContain('tried again');
    execution.stop('interrupted');
    expect(await execution.outcome).toEqual(STOPPED);
  });

  test('a folder that can’t be used at the coordinator fails its trial, and no other', async () => {
    const redis = await startRedis();
    await startAgent(redis.url, 'any');
    await using executor = await startToyQueue(redis.url);
    const directory = temporaryFolder();
    mkdirSync(path.join(directory, 'weights.safetensors.tmp'));
    expect(await start(executor, { ...toyJob('finish'), directory }).execution.outcome).toMatchObject({
      kind: 'failed',
      failure: { kind: 'storage', code: 'ERR_FS_EISDIR' },
    });
    expect(await start(executor, toyJob('finish')).execution.outcome).toMatchObject({ kind: 'completed' });
  });

  test('histories that are too long for one message go in several', async () => {
    const redis = await startRedis();
    const connection = await connectRedis({ url: redis.url });
    onTestFinished(() => connection.disconnect());
    const sender = new ReportSender(connection, 'run', 0);
    const metrics = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`train/metric-${i}`, Math.PI]));
    const history = Array.from({ length: 5_000 }, (_, i) => ({ epoch: i + 1, step: i, metrics, seconds: 1 }));
    const executions = ['run-1', 'run-2', 'run-3', 'run-4'];
    for (const execution of executions)
      sender.event(execution, {
        type: 'started',
        engine: { engine: 'compiled', provider: 'cpu' },
        bitClass: 'toy',
        history,
      });
    await sender.outcome('run-4', { kind: 'diverged', message: '' });
    const heard: string[] = [];
    const box = new Mailbox(connection, runBox('run'), readToRun, (count) => heard.push(`${count} refused`));
    await expect
      .poll(async () => {
        const taken = await box.take(1);
        heard.push(
          ...taken.flatMap((reports) => ('agent' in reports ? [] : reports.map(({ execution }) => execution))),
        );
        return heard;
      })
      .toEqual(executions);
  });

  test('names that could say something else, and leases that never end, are none', async () => {
    const redis = await startRedis();
    await using agent = await startToyAgent(redis.url, 'honest');
    const [field] = await agent.redis.hvals(AGENTS);
    const [end = '', ...rest] = field!.split(' ');
    await agent.redis.hset(
      AGENTS,
      '\u001b[2Jcleared',
      field!,
      'for-ever',
      [Number(end) + 3_600_000, ...rest].join(' '),
    );
    await using executor = await startToyQueue(redis.url);
    expect(executor.devices.map(({ label }) => label)).toEqual(['honest/cpu']);
  });
});
