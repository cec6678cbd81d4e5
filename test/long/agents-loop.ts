/**
 * Kills while a sweep runs on agents: its coordinator, agents, their device processes and Redis, one after another at
 * random moments, each started again, until so many kills are done and the sweep is. It must come to what it comes to when
 * left alone on one machine, to the last bit. `npm run test:agents [-- KILLS]`; needs a redis-server and Linux.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomStream } from '../../src/random.ts';
import { RedisServer } from '../fixtures/redis-server.ts';
import { check, conclude, note } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';
import { checkSame } from './same-results.ts';

const SWEEP = ['run', 'sweeps/smoke.yaml', 'train.epochs=30', 'seeds=6'];
const AGENTS = 3;
/** Between two kills, at most. */
const PAUSE_MS = 4_000;
/** Once all was told to end, nothing of it runs after this. */
const LEFT_MS = 60_000;

const kills = Number(process.argv[2] ?? 100);
const random = randomStream(['agents']);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-agents-'));
const redis = await RedisServer.start('--appendonly', 'yes');
const place = ['--redis', redis.url];
const struck: Record<string, number> = {};

const calm = path.join(folder, 'calm');
check(
  'left alone on one machine, the sweep ends with 0',
  (await ended(startSweep([...SWEEP, '--results', calm, '--slots', '2']))) === 0,
);

const agents = Array.from({ length: AGENTS }, (_, i) => startAgent(i));
let done = 0;
for (let round = 1; done < kills; round++) {
  const results = path.join(folder, `round-${round}`);
  let coordinator = startSweep([...SWEEP, ...place, '--results', results]);
  let code: number | null | undefined;
  let awaited = ended(coordinator);
  const startAgain = (): void => {
    coordinator = startSweep([...SWEEP, ...place, '--results', results]);
    awaited = ended(coordinator);
  };
  for (;;) {
    code = await Promise.race([awaited, delay(random.uniform() * PAUSE_MS, undefined)]);
    if (code === 0 || code === 3) break;
    if (code !== undefined) startAgain();
    else if (done < kills) {
      done++;
      await strike(coordinator);
    }
  }
  check(`round ${round} ends with 0`, code === 0, code);
  checkSame(`round ${round}`, calm, results, 'smoke');
  note(`round ${round}: ${done} kills so far, ${JSON.stringify(struck)}`);
}
for (const { child } of agents) child.kill('SIGTERM');
const sinceMs = performance.now();
await Promise.all(agents.map(({ child }) => ended(child)));
while (marked().length > 0 && performance.now() - sinceMs < LEFT_MS) await delay(100);
check('nothing is left running', marked().length === 0, marked());
note(`all had ended ${((performance.now() - sinceMs) / 1000).toFixed(1)} s after they were told to`);
await redis[Symbol.asyncDispose]();
conclude(folder);

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
