/**
 * A sweep on two agents, with real networks between them, Redis and the coordinator (namespaces, joined by bridges), of which a
 * cable of the first agent's is pulled: to Redis, or to the coordinator's files, for 10 s, and for longer than a lease.
 * `npm run test:network`; needs Linux, root, `ip` and a redis-server; says so where it may not. Minutes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LEASE_MS } from '../../src/queue/leases.ts';
import { check, conclude, note, query } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';

const TABLE = 'select trial,state,elbo,kl,reconstruction from v_trials order by trial';
const SWEEP = `name: cut
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { beta: [1, 4], hidden: [[16]], latent_dim: [2, 3] }
train: { epochs: 1000, batch_size: 64 }
`;
const SHORT_MS = 10_000;
const LONG_MS = 2 * LEASE_MS + 5_000;
/** To Redis, and to the coordinator's files: each of both networks has a bridge in the hub. */
const NETWORKS = ['redis', 'files'] as const;
type Network = (typeof NETWORKS)[number];
const MACHINES = { redis: 1, head: 2, a: 3, b: 4 } as const;
type Machine = keyof typeof MACHINES;

const prefix = `sweep${process.pid}`;
const hub = `${prefix}-hub`;
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-cut-'));
if (spawnSync('ip', ['netns', 'add', hub]).status !== 0) {
  note('skipped: this user may make no network namespace (as root it works), or there is no `ip`');
  rmSync(folder, { recursive: true });
  process.exit();
}
try {
  build();
  await cutAll();
} finally {
  for (const name of [hub, ...(Object.keys(MACHINES) as Machine[]).map(spaceOf)])
    spawnSync('ip', ['netns', 'del', name]);
}
conclude(folder);

async function cutAll(): Promise<void> {
  const specFile = path.join(folder, 'cut.yaml');
  writeFileSync(specFile, SWEEP);
  const calm = path.join(folder, 'calm');
  const alone = ['run', specFile, '--results', calm, '--device', 'cpu', '--slots', '2'];
  check('on one machine it ends with 0', (await ended(startSweep(alone))) === 0);

  const redis = spawn('ip', [...inside('redis').slice(1), 'redis-server', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  redis.stdin.end('bind 0.0.0.0\nprotected-mode no\nport 6379\nsave ""\n');
  const url = `redis://${addressOf('redis', 'redis')}:6379`;
  await delay(1_000);
  const said = { a: '', b: '' };
  const agents = (['a', 'b'] as const).map((name) => {
    const args = ['agent', '--redis', url, '--name', name, '--device', 'cpu', '--slots', '1'];
    const agent = startSweep(args, homeIn(folder, name), { wrapper: inside(name), isQuiet: false });
    agent.stderr!.on('data', (text: Buffer) => (said[name] += text.toString()));
    return agent;
  });
  for (const network of NETWORKS) {
    for (const ms of [SHORT_MS, LONG_MS]) {
      const title = `${network}, ${ms / 1000} s`;
      const results = path.join(folder, `${network}-${ms}`);
      said.a = '';
      const run = startSweep(
        ['run', specFile, '--results', results, '--redis', url, '--address', addressOf('head', 'files')],
        homeIn(folder, 'head'),
        { wrapper: inside('head') },
      );
      while (epochsOf(results) < 20 && run.exitCode === null) await delay(100);
      pull('a', network);
      await delay(ms);
      plug('a', network);
      check(`${title}: ends with 0`, (await ended(run)) === 0);
      const [expected, found] = [calm, results].map((one) => JSON.stringify(query(one, TABLE)));
      check(`${title}: the same table`, expected === found);
      const attempts = query(
        results,
        'select device, outcome, cause from attempts order by trial_key, attempt',
      ) as Attempt[];
      const completed = attempts.filter(({ outcome }) => outcome === 'completed').length;
      check(`${title}: each trial completed once`, completed === 4, attempts);
      const lost = attempts.filter(({ outcome }) => outcome !== 'completed');
      const mayLose = network === 'redis' && ms === LONG_MS;
      check(
        `${title}: ${mayLose ? 'one attempt is lost' : 'no attempt is lost'}`,
        lost.length === (mayLose ? 1 : 0),
        lost,
      );
      if (mayLose) check(`${title}: the agent stopped what it ran`, said.a.includes('what runs here ends'), said.a);
      note(`${title}: ${lost.map(({ cause }) => cause).join('; ') || 'nothing lost'}`);
    }
  }
  for (const agent of agents) agent.kill('SIGTERM');
  check(
    'agents end as asked',
    (await Promise.all(agents.map(ended))).every((code) => code === 0),
  );
  check('nothing is left running', marked().length === 0, marked());
  redis.kill('SIGKILL');
  await once(redis, 'exit');
}

interface Attempt {
  readonly device: string;
  readonly outcome: string;
  readonly cause: string | null;
}

function epochsOf(results: string): number {
  try {
    const sql = `select count(*) as n from v_metrics where name = 'val/elbo'`;
    return (query(results, sql) as [{ n: number }])[0].n;
  } catch {
    // Being made.
    return 0;
  }
}

function build(): void {
  for (const machine of Object.keys(MACHINES) as Machine[]) {
    ip('netns', 'add', spaceOf(machine));
    ip('-n', spaceOf(machine), 'link', 'set', 'lo', 'up');
  }
  for (const network of NETWORKS) {
    ip('-n', hub, 'link', 'add', network, 'type', 'bridge');
    ip('-n', hub, 'link', 'set', network, 'up');
    for (const machine of Object.keys(MACHINES) as Machine[]) {
      const [near, far] = [network, `${machine}-${network}`];
      ip('-n', hub, 'link', 'add', far, 'type', 'veth', 'peer', 'name', near, 'netns', spaceOf(machine));
      ip('-n', spaceOf(machine), 'address', 'add', `${addressOf(machine, network)}/24`, 'dev', near);
      ip('-n', spaceOf(machine), 'link', 'set', near, 'up');
      ip('-n', hub, 'link', 'set', far, 'up');
      plug(machine, network);
    }
  }
}

/** Its machine doesn't see that: nothing arrives, that is all. */
function pull(machine: Machine, network: Network): void {
  ip('-n', hub, 'link', 'set', `${machine}-${network}`, 'nomaster');
}

function plug(machine: Machine, network: Network): void {
  ip('-n', hub, 'link', 'set', `${machine}-${network}`, 'master', network);
}

function spaceOf(machine: Machine): string {
  return `${prefix}-${machine}`;
}

function addressOf(machine: Machine, network: Network): string {
  return `10.213.${NETWORKS.indexOf(network)}.${MACHINES[machine]}`;
}

function inside(machine: Machine): string[] {
  return ['ip', 'netns', 'exec', spaceOf(machine)];
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
