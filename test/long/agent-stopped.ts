/**
 * An agent that is stopped (SIGSTOP) for longer than its lease while its device process trains on, then continued: another
 * has completed its trial meanwhile, what it tells is kept as superseded, and its files replace nothing.
 * `npm run test:stopped`; needs a redis-server and Linux; two minutes.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { RedisServer } from '../fixtures/redis-server.ts';
import { check, conclude, note, query } from './checks.ts';
import { ended, homeIn, marked, startSweep } from './processes.ts';

const TABLE = 'select trial,state,elbo,kl,reconstruction from v_trials order by trial';
/** The narrow ones are begun first; the wide ones still run when the stopped agent is back. */
const SWEEP = `name: stopped
dataset: { name: sprites-mini, train: 256, validation: 64 }
parameters: { hidden: [[16], [384]], beta: [1, 4], latent_dim: 2 }
train: { epochs: 300, batch_size: 64 }
`;

const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-stopped-'));
const specFile = path.join(folder, 'stopped.yaml');
writeFileSync(specFile, SWEEP);
const [calm, results] = [path.join(folder, 'calm'), path.join(folder, 'results')];
const alone = ['run', specFile, '--results', calm, '--device', 'cpu', '--slots', '2'];
check('on one machine it ends with 0', (await ended(startSweep(alone))) === 0);

const redis = await RedisServer.start();
const startAgent = (name: string, slots: number): ReturnType<typeof startSweep> =>
  startSweep(
    ['agent', '--redis', redis.url, '--name', name, '--device', 'cpu', '--slots', String(slots)],
    homeIn(folder, name),
  );
const a = startAgent('a', 1);
const run = startSweep(['run', specFile, '--results', results, '--redis', redis.url]);
const until = async (sql: string): Promise<unknown[]> => {
  for (;;) {
    const rows = asked(sql);
    if (rows.length > 0 || run.exitCode !== null) return rows;
    await delay(50);
  }
};
const [begun] = (await until(
  `select trial, max(epoch) as epoch from v_metrics group by trial having max(epoch) >= 2`,
)) as { trial: string; epoch: number }[];
const trial = begun!.trial;
a.kill('SIGSTOP');
const stoppedMs = performance.now();
note(`agent a stopped in trial ${trial}, at epoch ${begun!.epoch}`);
const b = startAgent('b', 3);
await until(`select trial from v_trials where trial = '${trial}' and state = 'completed'`);
const files = filesOf(trial);
check('its weights are there', 'weights.safetensors' in files, files);
a.kill('SIGCONT');
note(`continued after ${Math.round((performance.now() - stoppedMs) / 1000)} s, when b had completed it`);
const late = await until('select * from late_ends');
note(`kept: ${JSON.stringify(late)}`);
check('what it tells is kept as superseded', late.length === 1, late);
check('with what it had done', (late as { epoch: number }[])[0]!.epoch > begun!.epoch, late);
check('the run goes on', run.exitCode === null);
check('the run ends with 0', (await ended(run)) === 0);
check('its files replaced nothing', JSON.stringify(filesOf(trial)) === JSON.stringify(files), filesOf(trial));
check('the same table', JSON.stringify(asked(TABLE)) === JSON.stringify(query(calm, TABLE)), asked(TABLE));
const attempts = asked(
  `select t.trial_id as trial, a.attempt, a.device, a.outcome, a.cause from attempts a join trials t on t.key = a.trial_key`,
) as { readonly trial: string; readonly outcome: string }[];
const completed = attempts.filter(({ outcome }) => outcome === 'completed').map((one) => one.trial);
check('each trial completed once', completed.length === 4 && new Set(completed).size === 4, attempts);
note(`attempts of it: ${JSON.stringify(attempts.filter((one) => one.trial === trial))}`);
for (const agent of [a, b]) agent.kill('SIGTERM');
check('agents end as asked', (await ended(a)) === 0 && (await ended(b)) === 0);
check('nothing is left running', marked().length === 0, marked());
await redis[Symbol.asyncDispose]();
conclude(folder);

function asked(sql: string): unknown[] {
  try {
    return query(results, sql);
  } catch {
    // Being made.
    return [];
  }
}

/** Hashes by name. */
function filesOf(trial: string): Readonly<Record<string, string>> {
  const at = path.join(results, 'stopped', trial);
  const hash = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(path.join(at, name)))
      .digest('hex');
  return Object.fromEntries(
    readdirSync(at)
      .sort()
      .map((name) => [name, hash(name)]),
  );
}
