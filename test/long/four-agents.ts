/**
 * `sweeps/beta.yaml` on one machine; on four agents, each with a home of its own and no folder shared; and in four processes
 * by `--together`, the first of which is killed in mid-run. All must come to the same table, to the last bit.
 * `npm run test:four-agents`; needs a redis-server and Linux; minutes.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../fixtures/redis-server.ts';
import { check, conclude, note, query } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';

const SPEC = ['sweeps/beta.yaml', 'epochs=3', 'dataset.train=1500'];
const TABLE = 'select trial,state,elbo,kl,reconstruction from v_trials order by trial';
const TRIALS = 20;
/** So far is "in mid-run". */
const DONE_AT_KILL = 6;

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-four-'));
const at = (name: string): string => path.join(folder, name);

await using redis = await RedisServer.start();
const local = await run('one machine', ['--results', at('local'), '--device', 'cpu', '--slots', '2'], 'local');

const agents = ['a', 'b', 'c', 'd'].map((name) =>
  startSweep(
    ['agent', '--redis', redis.url, '--name', name, '--device', 'cpu', '--slots', '1'],
    homeIn(folder, `home-${name}`),
  ),
);
const apart = await run('four agents', ['--results', at('apart'), '--redis', redis.url], 'apart');
check('four agents: the table of one machine', apart === local);
const places = query(at('apart'), 'select distinct device from v_trials order by device') as { device: string }[];
check('each of them trained', places.length === 4, places);
for (const agent of agents) agent.kill('SIGTERM');
check(
  'agents end as asked',
  (await Promise.all(agents.map(ended))).every((code) => code === 0),
);
const left = ['a', 'b', 'c', 'd'].flatMap((name) =>
  // ONNX Runtime and Node keep files of their own there.
  readdirSync(at(`home-${name}/tmp`)).filter((file) => file.startsWith('sweep')),
);
check('agents leave nothing behind', left.length === 0, left);

const together = at('together');
const tasks = [1, 2, 3, 4].map((number) =>
  startSweep(
    ['run', ...SPEC, '--together', together, '--device', 'cpu', '--slots', '1', '--address', '127.0.0.1'],
    homeIn(folder, `task-${number}`),
  ),
);
while (completed(together) < DONE_AT_KILL) await delay(100);
const first = leaderOf(together);
const killed = tasks.find(({ pid }) => pid === first)!;
killed.kill('SIGKILL');
note(`together: process ${first}, the first to lead, killed after ${completed(together)} of ${TRIALS} trials`);
await ended(killed);
const others = tasks.filter((task) => task !== killed);
check(
  'together: the other three end with 0',
  (await Promise.all(others.map(ended))).every((code) => code === 0),
);
check('together: another has led', existsSync(path.join(together, 'beta/together-2')));
const shared = tableOf('together: four processes, the first killed', together);
check('together: the table of one machine', shared === local);

await delay(1_000);
check('nothing is left running', marked().length === 0, marked());
conclude(folder);

async function run(what: string, where: readonly string[], home: string): Promise<string> {
  const code = await ended(startSweep(['run', ...SPEC, ...where], homeIn(folder, `home-${home}`)));
  check(`${what}: ends with 0`, code === 0, code);
  return tableOf(what, where[where.indexOf('--results') + 1]!);
}

function tableOf(what: string, results: string): string {
  const rows = query(results, TABLE) as { state: string }[];
  const text = JSON.stringify(rows);
  const done = rows.filter(({ state }) => state === 'completed').length;
  check(`${what}: all are completed`, done === TRIALS, done);
  const ran = `select count(*) as n from attempts where outcome = 'completed' group by trial_key`;
  check(
    `${what}: each once`,
    (query(results, ran) as { n: number }[]).every(({ n }) => n === 1),
  );
  note(`${what}: ${done} trials, sha256 of the table ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`);
  return text;
}

function completed(results: string): number {
  if (!existsSync(path.join(results, 'sweeps.db'))) return 0;
  try {
    const [{ n }] = query(results, `select count(*) as n from v_trials where state = 'completed'`) as [{ n: number }];
    return n;
  } catch {
    // Being made.
    return 0;
  }
}

function leaderOf(results: string): number {
  const { pid } = JSON.parse(readFileSync(path.join(results, 'beta/together-1.beat'), 'utf8')) as { pid: number };
  return pid;
}
