/**
 * Kills while a sweep runs in processes `--together`: whoever leads or follows, device processes and the leader's Redis, at
 * random moments, each started again, until so many kills are done and the sweep is. It must come to what it comes to when left
 * alone, to the last bit. `npm run test:together [-- KILLS]`; needs a redis-server and Linux.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomStream } from '../../src/random.ts';
import { check, conclude, note } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';
import { checkSame } from './same-results.ts';

const SWEEP = ['run', 'sweeps/smoke.yaml', 'train.epochs=30', 'seeds=6', '--device', 'cpu'];
const TASKS = 3;
/** Between two kills, at most. */
const PAUSE_MS = 8_000;
/** Once the sweep is done, nothing of it runs after this. */
const LEFT_MS = 60_000;

const kills = Number(process.argv[2] ?? 30);
const random = randomStream(['together']);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-together-'));
const struck: Record<string, number> = {};

const calm = path.join(folder, 'calm');
const alone = startSweep([...SWEEP, '--results', calm, '--slots', '2']);
check('left alone on one machine, the sweep ends with 0', (await ended(alone)) === 0);

let done = 0;
for (let round = 1; done < kills; round++) {
  const results = path.join(folder, `round-${round}`);
  const tasks: (ChildProcess | undefined)[] = [];
  const codes: (number | null)[] = [];
  for (let i = 0; i < TASKS; i++) void keep(i);
  while (codes.length < TASKS) {
    await delay(random.uniform() * PAUSE_MS);
    if (done < kills && codes.length === 0) strike(tasks);
  }
  check(
    `round ${round}: all end with 0`,
    codes.every((code) => code === 0),
    codes,
  );
  checkSame(`round ${round}`, calm, results, 'smoke');
  note(`round ${round}: ${done} kills so far, ${JSON.stringify(struck)}`);

  /** As a batch system that starts again what was killed. */
  async function keep(index: number): Promise<void> {
    const args = [...SWEEP, '--slots', '1', '--together', results, '--address', '127.0.0.1'];
    const home = homeIn(folder, `task-${index}`);
    let code: number | null = null;
    while (code === null) {
      const task = startSweep(args, home);
      tasks[index] = task;
      code = await ended(task);
    }
    codes.push(code);
  }
}
const sinceMs = performance.now();
while (marked().length > 0 && performance.now() - sinceMs < LEFT_MS) await delay(100);
check('nothing is left running', marked().length === 0, marked());
conclude(folder);

/** A task, or what one has started: a device process or its Redis. */
function strike(tasks: readonly (ChildProcess | undefined)[]): void {
  const own = new Set(tasks.map((task) => String(task?.pid)));
  const isTask = random.uniform() < 0.5;
  const some = marked().filter((pid) => own.has(pid) === isTask);
  const pid = some[Math.floor(random.uniform() * some.length)];
  if (pid === undefined) return;
  done++;
  const kind = isTask ? 'task' : 'device process or Redis';
  struck[kind] = (struck[kind] ?? 0) + 1;
  process.kill(Number(pid), 'SIGKILL');
}
