/**
 * Searches that learn, ways to prune and the confirmation of the best, with real training: each sweep on one, two and four
 * slots, and struck at random moments again and again (its coordinator killed, a device process, or all at once), with
 * another number of slots each time. What it proposed, what each proposal had seen, who was pruned and chosen by which values,
 * all results and the report must be the same to the last bit; no epoch is trained twice, and no attempt lost.
 * `npm run test:search [-- KILLS [SWEEP…]]`: so many kills of the sweep by tpe and halving, and a quarter of each other. 10 minutes.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomStream } from '../../src/random.ts';
import { check, conclude, note, query } from './checks.ts';
import { ended, marked, startSweep } from './processes.ts';
import { checkSame, checkTrainedOnce } from './same-results.ts';
import { SEARCH_SWEEPS } from './search-sweeps.ts';

const SLOTS = [1, 2, 4];
const BLOWS = ['coordinator', 'device', 'both'] as const;

const [wanted = '20', ...named] = process.argv.slice(2);
const random = randomStream(['search-loop']);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-search-'));
for (const [name, spec] of Object.entries(SEARCH_SWEEPS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const kills = name === 'halving' || named.length > 0 ? Number(wanted) : Math.ceil(Number(wanted) / 4);
  await checkSweep(name, spec, kills);
}
conclude(folder);

async function checkSweep(name: string, text: string, kills: number): Promise<void> {
  const spec = path.join(folder, `${name}.yaml`);
  writeFileSync(spec, `name: ${name}${text}`);
  const resultsOf = (which: string): string => path.join(folder, `${name}-${which}`);
  const start = (which: string, slots: number): ChildProcess =>
    startSweep(['run', spec, '--device', 'cpu', '--slots', String(slots), '--results', resultsOf(which)]);

  for (const slots of SLOTS) {
    const code = await ended(start(`slots-${slots}`, slots));
    check(`${name}: on ${slots} slots it ends with 0`, code === 0, code);
  }
  const calm = resultsOf('slots-1');
  const epochs = recorded(calm);

  const struck: Record<string, number> = {};
  const results = resultsOf('killed');
  let lives = 0;
  let run = start('killed', SLOTS[0]!);
  let over = ended(run);
  for (let kill = 0; kill < kills; kill++) {
    // Spread over the sweep, the first before anything is recorded; some while the next coordinator starts.
    const due = Math.floor((epochs * (kill + random.uniform() - 1)) / kills);
    while (run.exitCode === null && recorded(results) < due) await Promise.race([delay(20), over]);
    await Promise.race([delay(600 * random.uniform()), over]);
    if (run.exitCode !== null) break;
    const blow = BLOWS[Math.floor(random.uniform() * BLOWS.length)]!;
    struck[blow] = (struck[blow] ?? 0) + 1;
    const devices = marked().filter((pid) => pid !== String(run.pid));
    if (blow !== 'device') run.kill('SIGKILL');
    if (blow !== 'coordinator') for (const pid of devices) killIfThere(Number(pid));
    if (blow === 'device') continue;
    await over;
    while (marked().length > 0) await delay(20);
    run = start('killed', SLOTS[++lives % SLOTS.length]!);
    over = ended(run);
  }
  const code = await over;
  check(`${name}: what was killed ends with 0`, code === 0, code);
  const done = Object.values(struck).reduce((sum, some) => sum + some, 0);
  check(`${name}: it was killed ${kills} times`, done === kills, struck);

  for (const which of [...SLOTS.slice(1).map((slots) => `slots-${slots}`), 'killed']) {
    checkSame(`${name}, ${which}`, calm, resultsOf(which), name);
    checkTrainedOnce(`${name}, ${which}`, resultsOf(which), name);
  }
  const rows = (table: string): number => query(calm, `select 1 from ${table}`).length;
  const learnt = query(calm, `select 1 from proposals where sampler = 'tpe'`).length;
  check(`${name}: much of it was learnt`, learnt > rows('proposals') / 3, learnt);
  const lost = query(results, `select 1 from attempts where outcome = 'lost'`).length;
  note(
    `${name}: ${rows('trials')} trials, ${epochs} epochs, ${learnt} of ${rows('proposals')} proposals learnt, ${rows('verdicts')} verdicts, ${rows('choices')} chosen from; killed: ${JSON.stringify(struck)}, which lost ${lost} attempts`,
  );
}

/** Epochs that are recorded. */
function recorded(results: string): number {
  try {
    return query(results, 'select 1 from epochs').length;
  } catch {
    return 0;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
