/** Issue 16 on agents: what a search proposes, prunes and confirms there is what it does on one machine, to the last bit; so are models that are told labels. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../cli/support.ts';
import { hasRedis, RedisServer, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { Command, endCommands } from './commands.ts';

afterEach(endCommands);

const SPACE = `name: tiny
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { hidden: [[16]], latent_dim: { min: 2, max: 8 }, learning_rate: { min: 1e-4, max: 3e-2, scale: log } }
`;
const PRUNED = `${SPACE}
search: tpe
trials: 12
lookahead: 6
seeds: { screen: 1, confirm: 2, top: 2 }
prune: { method: hyperband, eta: 3 }
train: { epochs: 9, batch_size: 64 }
`;
const LONGER = `${SPACE}
search: sobol
trials: 3
train: { epochs: 2, batch_size: 64 }
`;

/** Labels of one's own, in a column that the spec names. */
const TOLD = `name: tiny
dataset: { path: iris.csv, label: species }
parameters: { condition: [none, label], likelihood: gaussian_learned, hidden: [[16]], latent_dim: [1, 2] }
train: { epochs: 3, batch_size: 16 }
`;

const IN_PLAN = 'WHERE in_plan = 1';

/** All that must not depend on where it was trained. */
function found(results: string): unknown[] {
  const db = new Database(path.join(results, 'sweeps.db'), { readonly: true });
  try {
    return [
      `SELECT trial_id, state, cause, epochs, best_epoch, elbo, kl, reconstruction FROM trials ${IN_PLAN} ORDER BY position`,
      `SELECT trial_id, epoch, name, value FROM metrics m JOIN trials ON key = trial_key ${IN_PLAN} ORDER BY position, epoch, name`,
      'SELECT position, parameters, sampler, seen, value, error FROM proposals ORDER BY position',
      'SELECT cohort, rung, epoch, config_id, value, place, among, verdict FROM verdicts ORDER BY cohort, rung, config_id',
      'SELECT config_id, value, place, among FROM choices ORDER BY config_id',
    ].map((sql) => db.prepare(sql).all());
  } finally {
    db.close();
  }
}

describe.skipIf(!hasRedis)(`searches on agents${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  function startAgent(redis: RedisServer, name: string): Command {
    return new Command(['agent', '--redis', redis.url, '--name', name, '--device', 'cpu', '--slots', '1']);
  }

  function start(results: string, text: string, where: readonly string[], ...overrides: string[]): Command {
    const spec = path.join(temporaryFolder(), 'tiny.yaml');
    writeFileSync(spec, text);
    return new Command(['run', spec, ...overrides, '--json', '--results', results, ...where]);
  }

  async function expectDone(...commands: Command[]): Promise<void> {
    for (const command of commands) expect(await command.ended, command.output).toBe(0);
  }

  test('tpe with brackets and a confirmation, while an agent leaves', async () => {
    await using redis = await RedisServer.start();
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    const [leaving] = [startAgent(redis, 'a'), startAgent(redis, 'b')];
    const local = start(here, PRUNED, ['--device', 'cpu', '--slots', '1']);
    const remote = start(there, PRUNED, ['--redis', redis.url]);
    await remote.says('"type":"epoch"', 10);
    leaving.child.kill('SIGTERM');
    await expectDone(local, remote);
    // Agents bring the checkpoint of what pauses at a rung, however short it was.
    for (const rung of [1, 3]) expect(remote.output).toContain(`"resumed_epochs":${rung}`);
    const expected = found(here);
    expect(expected.every((rows) => (rows as unknown[]).length > 0)).toBe(true);
    expect(found(there)).toEqual(expected);
  });

  test('more epochs go on there from what was trained here', async () => {
    await using redis = await RedisServer.start();
    const [here, there] = [temporaryFolder(), temporaryFolder()];
    for (const name of ['a', 'b']) startAgent(redis, name);
    const local = ['--device', 'cpu', '--slots', '1'];
    await expectDone(start(here, LONGER, local, 'epochs=6'), start(there, LONGER, local));
    await expectDone(start(there, LONGER, ['--redis', redis.url], 'epochs=6'));
    expect(found(there)).toEqual(found(here));
    const db = new Database(path.join(there, 'sweeps.db'), { readonly: true });
    expect(db.prepare('SELECT DISTINCT went_on_after AS epoch FROM trials WHERE in_plan = 1').all()).toEqual([
      { epoch: 2 },
    ]);
    db.close();
  });

  test('models that are told the column of a table that the spec names', async () => {
    await using redis = await RedisServer.start();
    const [here, there, folder] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const rows = Array.from({ length: 120 }, (_, row) => `${(row * 7) % 11},${'abc'[row % 3]},${row / 10}`);
    const table = path.join(folder, 'iris.csv');
    writeFileSync(table, ['length,species,width', ...rows].join('\n'));
    for (const name of ['a', 'b']) startAgent(redis, name);
    const local = start(here, TOLD, ['--device', 'cpu', '--slots', '1'], `dataset.path=${table}`);
    const remote = start(there, TOLD, ['--redis', redis.url], `dataset.path=${table}`);
    await expectDone(local, remote);
    expect(found(there)).toEqual(found(here));
    const db = new Database(path.join(there, 'sweeps.db'), { readonly: true });
    expect(db.prepare("SELECT count(*) AS trials FROM trials WHERE in_plan = 1 AND state = 'completed'").get()).toEqual(
      { trials: 4 },
    );
    db.close();
  });
});
