/** Which agents take which trials, and when agents end by themselves. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lifetimeOf, watchEnds } from '../../src/run/agent-ends.ts';
import type { Agent } from '../../src/queue/agent.ts';
import type { Redis } from '../../src/queue/redis.ts';
import { temporaryFolder } from '../cli/support.ts';
import { machine } from '../fixtures/executor-machine.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { Command, endCommands, TINY_SWEEP } from './commands.ts';

afterEach(endCommands);

test.skipIf(!hasRedis)(
  `a trial waits for an agent of its class, which ends with the sweep${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`,
  async () => {
    await using redis = await RedisServer.start();
    const folder = temporaryFolder();
    const spec = path.join(folder, 'tiny.yaml');
    writeFileSync(spec, `${TINY_SWEEP}class: gpu\n`);
    const startAgent = (name: string, ...flags: string[]): Command =>
      new Command(['agent', '--redis', redis.url, '--name', name, '--device', 'cpu', '--slots', '1', ...flags]);
    const other = startAgent('other');
    const results = path.join(folder, 'results');
    const run = new Command(['run', spec, '--json', '--results', results, '--redis', redis.url, 'beta=1', 'seeds=1']);
    await run.says('2 trials wait for a device of class gpu, and there is none: start `sweep agent --class gpu`');
    const flags = ['--class', 'gpu-a100', '--until-done', 'tiny'];
    const wanted = startAgent('wanted', ...flags);
    expect(await run.ended, run.output).toBe(0);
    expect(new Set(run.output.match(/"device":"[^"]*"/g))).toEqual(new Set(['"device":"wanted/cpu"']));
    expect(await wanted.ended, wanted.output).toBe(0);
    const late = startAgent('late', ...flags);
    expect(await late.ended, late.output).toBe(0);
    expect(late.output).toContain('tiny is done');
    expect(other.isAlive).toBe(true);
  },
);

test.skipIf(!hasRedis)(
  `one whose card can't train says so, and offers the processor${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`,
  async () => {
    await using redis = await RedisServer.start();
    const { PATH } = await machine(`echo '0, GPU-aaaa0000-1, NVIDIA Test, 40960, 535.104.05'`);
    const env = { PATH: `${PATH!}:${process.env['PATH'] ?? ''}` };
    const agent = new Command(['agent', '--redis', redis.url, '--name', 'a', '--slots', '1', '--idle-exit', '1s'], env);
    expect(await agent.ended, agent.output).toBe(0);
    expect(agent.output).toMatch(/gpu:0 can't be used: no GPU engine works.*\nAgent a offers cpu × 1 at /);
  },
);

describe('an agent', () => {
  afterEach(() => vi.useRealTimers());

  function watched(ends: Parameters<typeof watchEnds>[1], busy: Partial<Agent>): string[] {
    vi.useFakeTimers();
    const log: string[] = [];
    const startedMs = performance.now();
    const agent = {
      ...{
        idleSince: performance.now(),
        isIdle: false,
        longestEpochMs: 0,
        isClosed: false,
      },
      ...busy,
      close: () => {
        if (!agent.isClosed) log.push(`close ${Math.round(performance.now() - startedMs)}`);
        agent.isClosed = true;
      },
      drain: () => log.push(`drain ${Math.round(performance.now() - startedMs)}`),
    };
    const stop = watchEnds(
      agent as unknown as Agent,
      ends,
      startedMs + lifetimeOf(ends),
      undefined as unknown as Redis,
    );
    while (!log.some((line) => line.startsWith('drain'))) vi.advanceTimersByTime(500);
    stop();
    return log;
  }

  test('takes nothing new once its longest epoch would not fit, and ends with its time', () => {
    expect(watched({ lifetimeMs: 20_000 }, { longestEpochMs: 4_000 })).toEqual(['close 16500', 'drain 20500']);
  });

  test('ends at once when it then has nothing to do', () => {
    expect(watched({ lifetimeMs: 20_000 }, { longestEpochMs: 4_000, isIdle: true })).toEqual([
      ...['close 16500', 'drain 16500'],
    ]);
  });

  test('ends when it was idle for so long', () => {
    expect(watched({ idleExitMs: 3_000 }, { isIdle: true })).toEqual(['drain 3500']);
  });

  test('ends up to so much earlier than others', () => {
    const lifetimes = Array.from({ length: 50 }, () => lifetimeOf({ lifetimeMs: 100, staggerMs: 40 }));
    expect(Math.min(...lifetimes)).toBeGreaterThanOrEqual(60);
    expect(new Set(lifetimes).size).toBeGreaterThan(40);
  });
});
