/**
 * A search that learns, with real training: the same sweep on one, two and four slots, and killed at random moments again
 * and again, with another number of slots each time. What it proposed, what each proposal had seen, and all results must be
 * the same to the last bit. `npm run test:search [-- KILLS [KEY=VALUE…]]`, e.g. objectives=kl,recon; a few minutes.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomStream } from '../../src/random.ts';
import { check, conclude, note, query } from './checks.ts';
import { ended, marked, startSweep } from './processes.ts';
import { checkSame } from './same-results.ts';

const [wanted = '20', ...overrides] = process.argv.slice(2);
const KILLS = Number(wanted);
const SLOTS = [1, 2, 4];
const SPEC = `
name: searched
dataset: { name: sprites-mini, train: 512, validation: 256 }
parameters:
  architecture: [mlp, conv]
  hidden: [[32], [64], [64, 32]]
  channels: [[4], [4, 8]]
  latent_dim: { min: 2, max: 12 }
  beta: { min: 0.5, max: 4, scale: log }
  learning_rate: { min: 3e-4, max: 3e-2, scale: log }
search: tpe
trials: 40
lookahead: 4
train: { epochs: 2 }
`;

const random = randomStream(['search-loop']);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-search-'));
const spec = path.join(folder, 'searched.yaml');
writeFileSync(spec, SPEC);
const start = (name: string, slots: number): ReturnType<typeof startSweep> =>
  startSweep([
    'run',
    spec,
    ...overrides,
    '--device',
    'cpu',
    '--slots',
    String(slots),
    '--results',
    path.join(folder, name),
  ]);

for (const slots of SLOTS) {
  const code = await ended(start(`slots-${slots}`, slots));
  check(`on ${slots} slots it ends with 0`, code === 0, code);
}
const calm = path.join(folder, 'slots-1');
const trials = query(calm, 'select 1 from trials').length;

let kills = 0;
for (let lives = 0; ; lives++) {
  const run = start('killed', SLOTS[lives % SLOTS.length]!);
  const over = ended(run);
  if (kills === KILLS || !(await isStruck(run, over))) {
    const code = await over;
    check('what was killed ends with 0', code === 0, code);
    break;
  }
  kills++;
  while (marked().length > 0) await delay(20);
}
check(`it was killed ${KILLS} times`, kills === KILLS, kills);

const proposals = (results: string): string =>
  JSON.stringify(
    query(
      results,
      'select position, parameters, sampler, seen, is_seen, value, error, traded from proposals order by position',
    ),
  );
for (const name of [...SLOTS.slice(1).map((slots) => `slots-${slots}`), 'killed']) {
  const results = path.join(folder, name);
  check(`${name}: the same proposals, to the last bit`, proposals(results) === proposals(calm));
  checkSame(name, calm, results, 'searched');
}
const learnt = query(calm, `select 1 from proposals where sampler = 'tpe'`).length;
check('most of it was learnt', learnt > trials / 2, learnt);
note(`${trials} trials, ${learnt} of them proposed by results; ${kills} kills`);
conclude(folder);

/** Kills the coordinator, a random moment after another result or none; false where it had ended before. */
async function isStruck(run: ReturnType<typeof startSweep>, over: Promise<number | null>): Promise<boolean> {
  const results = path.join(folder, 'killed');
  const wanted = finished(results) + Math.floor((trials / KILLS) * random.uniform());
  while (run.exitCode === null && finished(results) < wanted) await Promise.race([delay(50), over]);
  await Promise.race([delay(1500 * random.uniform()), over]);
  return run.kill('SIGKILL') && (await over) === null;
}

/** Trials with a result. */
function finished(results: string): number {
  try {
    return query(results, `select 1 from trials where state = 'completed'`).length;
  } catch {
    return 0;
  }
}
