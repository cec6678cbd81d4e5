/**
 * Kills while sweeps run on agents: their coordinator, agents, their device processes and Redis, one after another at
 * random moments, each started again, until so many kills are done and each sweep was at least once: a plain one, searches
 * that learn (from others, too, or towards several objectives), each way to prune with the best confirmed, patience, and more
 * epochs. Each must come to what it comes to when left alone on one machine, to the last bit.
 * `npm run test:agents [-- KILLS [SWEEP…]]`; needs a redis-server and Linux.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomStream } from '../../src/random.ts';
import { RedisServer } from '../fixtures/redis-server.ts';
import { check, conclude, note } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';
import { checkSame } from './same-results.ts';
import { LEARNT, LONGER, SEARCH_SWEEPS } from './search-sweeps.ts';

const AGENTS = 3;
/** Between two kills, at most. */
const PAUSE_MS = 4_000;
/** Once all was told to end, nothing of it runs after this. */
const LEFT_MS = 60_000;

/** What follows `sweep run`. */
interface Case {
  /** One after another, on agents; the last is compared. */
  readonly runs: readonly (readonly string[])[];
  /** On this machine, before: agents go on from its checkpoints. */
  readonly before?: readonly string[];
}

const [wanted = '100', ...named] = process.argv.slice(2);
const kills = Number(wanted);
const random = randomStream(['agents']);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-agents-'));
const redis = await RedisServer.start('--appendonly', 'yes');
const place = ['--redis', redis.url];
const struck: Record<string, number> = {};

const CASES: Readonly<Record<string, Case>> = {
  smoke: { runs: [['sweeps/smoke.yaml', 'train.epochs=30', 'seeds=6']] },
  ...Object.fromEntries(
    Object.entries(SEARCH_SWEEPS).map(([name, text]) => [name, { runs: [[specFile(name, text)]] }]),
  ),
  learnt: { runs: [[specFile('tpe', SEARCH_SWEEPS.tpe)], [specFile('learnt', LEARNT)]] },
  longer: { before: [specFile('longer', LONGER)], runs: [[specFile('longer', LONGER), 'epochs=15']] },
};
const cases = Object.keys(CASES).filter((name) => named.length === 0 || named.includes(name));

const calmResults = (name: string): string => path.join(folder, `${name}-calm`);
for (const name of cases) {
  for (const args of CASES[name]!.runs) {
    const code = await ended(startSweep(['run', ...args, '--results', calmResults(name), '--slots', '2']));
    check(`left alone on one machine, ${name} ends with 0`, code === 0, code);
  }
}

const agents = Array.from({ length: AGENTS }, (_, i) => startAgent(i));
let done = 0;
for (let round = 0; done < kills || round < cases.length; round++) {
  const name = cases[round % cases.length]!;
  const results = path.join(folder, `${name}-${round}`);
  const before = done;
  // So that kills are left for each.
  const most = round < cases.length ? Math.ceil((kills * (round + 1)) / cases.length) : kills;
  const { before: first, runs } = CASES[name]!;
  if (first !== undefined) await ended(startSweep(['run', ...first, '--results', results]));
  for (const args of runs) {
    const code = await runToItsEnd(['run', ...args, ...place, '--results', results], most);
    check(`round ${round} (${name}) ends with 0`, code === 0, code);
  }
  checkSame(`round ${round} (${name})`, calmResults(name), results, name);
  note(`round ${round}, ${name}: ${done - before} kills; so far ${done}, ${JSON.stringify(struck)}`);
}
for (const { child } of agents) child.kill('SIGTERM');
const sinceMs = performance.now();
await Promise.all(agents.map(({ child }) => ended(child)));
while (marked().length > 0 && performance.now() - sinceMs < LEFT_MS) await delay(100);
check('nothing is left running', marked().length === 0, marked());
note(`all had ended ${((performance.now() - sinceMs) / 1000).toFixed(1)} s after they were told to`);
await redis[Symbol.asyncDispose]();
conclude(folder);

function specFile(name: string, text: string): string {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(file, `name: ${name}${text}`);
  return file;
}

/** Its exit code, over all blows until there were `most`. */
async function runToItsEnd(args: readonly string[], most: number): Promise<number | null> {
  for (;;) {
    const coordinator = startSweep(args);
    const awaited = ended(coordinator);
    for (;;) {
      const code = await Promise.race([awaited, delay(random.uniform() * PAUSE_MS, undefined)]);
      if (code === 0 || code === 3) return code;
      if (code !== undefined) break;
      if (done >= most) continue;
      done++;
      await strike(coordinator);
    }
  }
}

async function strike(coordinator: ChildProcess): Promise<void> {
  const kind = ['coordinator', 'agent', 'device', 'redis', 'redis without its data'][Math.floor(random.uniform() * 5)]!;
  struck[kind] = (struck[kind] ?? 0) + 1;
  if (kind === 'coordinator') coordinator.kill('SIGKILL');
  if (kind === 'agent') agents[Math.floor(random.uniform() * AGENTS)]!.child.kill('SIGKILL');
  if (kind === 'device') {
    const own = new Set([coordinator.pid, ...agents.map(({ child }) => child.pid)].map(String));
    const devices = marked().filter((pid) => !own.has(pid));
    const device = devices[Math.floor(random.uniform() * devices.length)];
    if (device !== undefined) process.kill(Number(device), 'SIGKILL');
  }
  if (kind.startsWith('redis')) {
    await redis.kill();
    await delay(random.uniform() * 2_000);
    await redis.start({ forget: kind !== 'redis' });
  }
}

/** One machine after another: what is killed is started again. */
function startAgent(index: number): { child: ChildProcess } {
  const home = homeIn(folder, `home-${index}`);
  const args = ['agent', ...place, '--name', `machine-${index}`, '--device', 'cpu', '--slots', '1'];
  const agent = { child: startSweep(args, home) };
  const again = (code: number | null): void => {
    if (code === 0) return;
    setTimeout(() => {
      agent.child = startSweep(args, home);
      agent.child.once('exit', again);
    }, 500);
  };
  agent.child.once('exit', again);
  return agent;
}
