/** Sweeps on agents, all as processes of their own: a Redis, `sweep agent`s and `sweep run`. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../cli/support.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { Command, completions, endCommands, table, TINY_SWEEP } from './commands.ts';

afterEach(endCommands);

/** A person's folders on one machine: nothing of it is shared with another. */
function home(): { readonly folder: string; readonly env: NodeJS.ProcessEnv; readonly results: string } {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'tmp'));
  return { folder, env: { HOME: folder, TMPDIR: path.join(folder, 'tmp') }, results: path.join(folder, 'results') };
}

function startAgent(redis: RedisServer, name: string, ...flags: string[]): Command {
  const args = ['agent', '--redis', redis.url, '--name', name, '--device', 'cpu', '--slots', '1', ...flags];
  return new Command(args, home().env);
}

const SHORT_LIVED = fileURLToPath(new URL('../support/agent-process.ts', import.meta.url));

/** One that is missed after seconds. */
function startAgentToKill({ url }: RedisServer, name: string): Command {
  const options = { redis: { url }, name, device: 'cpu', slots: 1, leaseMs: 3_000 };
  return new Command([JSON.stringify(options)], home().env, SHORT_LIVED);
}

function startRun(results: string, spec: string, redis: RedisServer | undefined, ...more: string[]): Command {
  const where = redis === undefined ? ['--device', 'cpu', '--slots', '2'] : ['--redis', redis.url];
  return new Command(['run', spec, '--json', '--results', results, ...where, ...more]);
}

/** As if it had not been made, and with no weights to make it of. */
function loseTest(results: string): void {
  const db = new Database(path.join(results, 'sweeps.db'));
  db.exec(`DELETE FROM metrics WHERE name LIKE 'test/%'`);
  db.close();
  for (const { trial } of table(results) as { trial: string }[])
    rmSync(path.join(results, 'tiny', trial, 'weights.safetensors'));
}

describe.skipIf(!hasRedis)(`agents${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  let spec: string;
  let local: unknown[];
  beforeAll(async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-agents-'));
    spec = path.join(folder, 'tiny.yaml');
    writeFileSync(spec, TINY_SWEEP);
    const run = startRun(path.join(folder, 'local'), spec, undefined);
    expect(await run.ended, run.output).toBe(0);
    local = table(path.join(folder, 'local'));
    expect(local).toHaveLength(8);
    return () => rmSync(folder, { recursive: true, force: true });
  });

  /** Same numbers as on one machine, each trial completed once, its weights here. */
  function expectSame(results: string, expected = local): void {
    expect(table(results)).toEqual(expected);
    expect(completions(results)).toEqual(Array.from({ length: 8 }, () => 1));
    for (const { trial } of expected as { trial: string }[]) {
      expect(readdirSync(path.join(results, 'tiny', trial)).sort()).toEqual(
        expect.arrayContaining(['reconstructions.png', 'samples.png', 'weights.safetensors']) as string[],
      );
    }
  }

  test('issue 13: two machines that share nothing come to the same numbers as one', async () => {
    await using redis = await RedisServer.start('--requirepass', 'secret');
    const password = path.join(home().folder, 'password');
    writeFileSync(password, 'secret\n');
    const flags = ['--redis-password-file', password];
    const agents = ['one', 'two'].map((name) => startAgent(redis, name, ...flags));
    const { results } = home();
    const run = startRun(results, spec, redis, ...flags);
    expect(await run.ended, run.output).toBe(0);
    expectSame(results);
    loseTest(results);
    const again = startRun(results, spec, redis, ...flags);
    expect(await again.ended, again.output).toBe(3);
    expect(again.output).toContain('"cause":"weights: weights.safetensors is missing.');
    for (const agent of agents) agent.child.kill('SIGTERM');
    expect(await Promise.all(agents.map(({ ended }) => ended))).toEqual([0, 0]);
    const wrong = startAgent(redis, 'wrong');
    expect(await wrong.ended).toBe(75);
    expect(wrong.output).toContain('SWEEP_REDIS_PASSWORD');
  });

  test('issue 13: an agent that is drained, one that is killed, and a coordinator that is killed', async () => {
    await using redis = await RedisServer.start();
    const [drained, kept] = [startAgent(redis, 'a'), startAgent(redis, 'c')];
    const killed = startAgentToKill(redis, 'b');
    const [{ results }, alone] = [home(), home()];
    // Long enough that an agent is drained before the others have trained all.
    const longer = 'train.epochs=400';
    const undisturbed = startRun(alone.results, spec, undefined, longer);
    expect(await undisturbed.ended, undisturbed.output).toBe(0);
    const first = startRun(results, spec, redis, longer);
    await first.says('"type":"epoch"', 10);
    drained.child.kill('SIGTERM');
    expect(await drained.ended, drained.output).toBe(0);
    first.child.kill('SIGKILL');
    await first.ended;
    const second = startRun(results, spec, redis, longer);
    await second.says('"type":"epoch"', 10);
    killed.child.kill('SIGKILL');
    expect(await second.ended, second.output).toBe(0);
    expectSame(results, table(alone.results));
    expect(kept.isAlive).toBe(true);
  });

  test('issue 13: a Redis that is killed, and comes back with its data or without', async () => {
    await using redis = await RedisServer.start('--appendonly', 'yes');
    startAgent(redis, 'a');
    startAgent(redis, 'b');
    const { results } = home();
    const run = startRun(results, spec, redis);
    await run.says('"type":"epoch"', 10);
    await redis.kill();
    await redis.start();
    await run.says('"type":"finished"', 2);
    await redis.kill();
    await redis.start({ forget: true });
    expect(await run.ended, run.output).toBe(0);
    expectSame(results);
  });

  test('issue 13: a trial that two sweeps name is trained once in a results folder, and once more in another', async () => {
    await using redis = await RedisServer.start();
    startAgent(redis, 'a');
    startAgent(redis, 'b');
    const few = ['beta=1', 'train.epochs=20'];
    const [one, two] = [home().results, home().results];
    const runs = [
      startRun(one, spec, redis, ...few),
      startRun(one, spec, redis, ...few, 'name=second'),
      startRun(two, spec, redis, ...few),
    ];
    for (const run of runs) expect(await run.ended, run.output).toBe(0);
    expect(completions(one)).toEqual([1, 1, 1, 1]);
    expect(completions(two)).toEqual([1, 1, 1, 1]);
    const results = table(two);
    expect(results).toHaveLength(4);
    // Each trial's row of both sweeps.
    expect(table(one)).toEqual(results.flatMap((row) => [row, row]));
  });

  test('issue 13: a run that is asked to stop saves what agents train, and the next one goes on', async () => {
    await using redis = await RedisServer.start();
    startAgent(redis, 'a');
    const { results } = home();
    const run = startRun(results, spec, redis, 'train.epochs=2000', 'beta=1', 'latent_dim=2', 'seeds=1');
    await run.says('"type":"epoch"', 20);
    run.child.kill('SIGTERM');
    expect(await run.ended, run.output).toBe(143);
    const after = startRun(results, spec, redis, 'train.epochs=2000', 'beta=1', 'latent_dim=2', 'seeds=1');
    await after.says('"type":"started"');
    expect(Number(/"resumed_epochs":(\d+)/.exec(after.output)?.[1])).toBeGreaterThanOrEqual(20);
  });

  test('halving on two agents prunes the same, and trains the same epochs, as on one machine', async () => {
    await using redis = await RedisServer.start();
    const { folder } = home();
    const pruned = path.join(folder, 'pruned.yaml');
    const [here, there] = ['here', 'there'].map((name) => path.join(folder, name)) as [string, string];
    writeFileSync(
      pruned,
      'name: tiny\ndataset: { name: sprites-mini, train: 256, validation: 64 }\n' +
        'parameters: { beta: [1, 2, 4, 8, 0.5, 16], hidden: [[16]], latent_dim: 2 }\n' +
        'train: { epochs: 4, batch_size: 64 }\nprune: { method: halving, eta: 2 }\n',
    );
    for (const name of ['one', 'two']) startAgent(redis, name);
    const runs = [startRun(here, pruned, undefined), startRun(there, pruned, redis)];
    for (const run of runs) expect(await run.ended, run.output).toBe(0);
    const decided = (results: string): unknown[] => {
      const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
      const trials = db.prepare('SELECT trial, state, epochs, elbo FROM v_trials ORDER BY trial').all();
      const verdicts = db
        .prepare('SELECT config_id, rung, value, place, verdict FROM verdicts ORDER BY config_id, rung')
        .all();
      db.close();
      return [trials, verdicts];
    };
    expect(decided(there)).toEqual(decided(here));
    const states = (decided(here)[0] as { state: string }[]).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['completed', ...Array<string>(5).fill('pruned')]);
  });
});
