/**
 * Sweeps that share trials, run by several coordinators in one results folder at the same time: started at random
 * offsets, then also with one of them killed, then with one of them stopped. Each trial must be trained once, and every
 * sweep end complete with the bits of a sweep that was alone. `npm run test:overlap [-- ROUNDS]`; the moments come from a
 * seeded stream.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ResultsLayout } from '../../src/files/paths.ts';
import { randomStream } from '../../src/random.ts';
import { checkDatabase } from '../../src/store/integrity.ts';
import { check, conclude, failures, note, query } from './checks.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** A coordinator alone takes about this long: the moments are drawn from it, so that all of a run is met. */
const WHOLE_RUN_MS = 8000;
/** What a sweep names: the same trials twice, and another set that shares half of them. */
const SWEEPS = { a: 'beta=1,4', b: 'beta=1,4', c: 'beta=4,8' } as const;
type Name = keyof typeof SWEEPS;

const rounds = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-overlap-'));
const random = randomStream(['overlap']);
let taken = 0;

const calm = path.join(folder, 'calm');
for (const name of ['a', 'c'] as const) check(`alone, ${name} ends with 0`, (await start(name, calm).ended) === 0);

for (let round = 1; round <= rounds; round++) {
  await inFolder(`together ${round}`, async (results, title) => {
    const names: Name[] = round % 4 === 0 ? ['a', 'b', 'c'] : ['a', 'b'];
    const codes = await Promise.all(names.map(async (name) => (await startLater(name, results)).ended));
    check(
      `${title}: all end with 0`,
      codes.every((code) => code === 0),
      codes,
    );
    checkOnce(title, results, 'no trial is begun twice', `count(*) <> 1`);
    checkWhole(title, results, names);
  });
}

for (let round = 1; round <= Math.ceil(rounds / 2); round++) {
  await inFolder(`one killed ${round}`, async (results, title) => {
    const [victim, ...others] = await Promise.all(
      (['a', 'b', 'c'] as const).map((name) => startLater(name, results, WHOLE_RUN_MS / 8)),
    );
    await Promise.race([delay(random.uniform() * 1.5 * WHOLE_RUN_MS), victim!.ended]);
    victim!.process.kill('SIGKILL');
    const codes = await Promise.all(others.map(({ ended }) => ended));
    check(
      `${title}: the others end with 0`,
      codes.every((code) => code === 0),
      codes,
    );
    checkWhole(title, results, ['b', 'c']);
    check(`${title}: resumed, it ends with 0`, (await start('a', results).ended) === 0);
    checkOnce(title, results, 'every trial is completed once', `sum(a.outcome = 'completed') <> 1`);
    checkOnce(title, results, 'only what the killed one had begun is begun again', `sum(a.outcome <> 'lost') <> 1`);
    checkWhole(title, results, ['a', 'b', 'c']);
  });
}

for (let round = 1; round <= Math.ceil(rounds / 4); round++) {
  await inFolder(`one stopped ${round}`, async (results, title) => {
    const [stopped, other] = await Promise.all(
      (['a', 'b'] as const).map((name) => startLater(name, results, WHOLE_RUN_MS / 8)),
    );
    await Promise.race([delay(random.uniform() * WHOLE_RUN_MS), stopped!.ended]);
    stopped!.process.kill('SIGSTOP');
    // Either it has begun nothing that the other needs, or the other says whom it waits for.
    const log = new ResultsLayout(results).sweepLog('b');
    const saysSo = (): boolean => existsSync(log) && readFileSync(log, 'utf8').includes('that sweep a trains');
    const isOver = other!.ended.then(() => true);
    while (!saysSo() && !(await Promise.race([isOver, delay(100, false)])));
    await delay(1500);
    stopped!.process.kill('SIGCONT');
    const codes = await Promise.all([stopped!.ended, other!.ended]);
    check(
      `${title}: both end with 0`,
      codes.every((code) => code === 0),
      codes,
    );
    checkOnce(title, results, 'no trial is begun twice', `count(*) <> 1`);
    checkWhole(title, results, ['a', 'b']);
  });
}

note(`${taken} trials were taken over`);
check('sweeps did overlap', taken > rounds, taken);
conclude(folder);

interface Coordinator {
  readonly process: ChildProcess;
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;
}

function start(name: Name, results: string): Coordinator {
  const sweep = ['sweeps/smoke.yaml', `name=${name}`, SWEEPS[name], 'seeds=2'];
  const args = ['src/cli/bin.js', 'run', ...sweep, '--device', 'cpu', '--slots', '1', '--quiet', '--results', results];
  const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'inherit'] });
  return { process: child, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

async function startLater(name: Name, results: string, withinMs = WHOLE_RUN_MS): Promise<Coordinator> {
  // At once in a part of the cases: that is where most is decided at the same time.
  const waitMs = Math.max(0, random.uniform() * 1.25 - 0.25) * withinMs;
  await delay(waitMs);
  return start(name, results);
}

async function inFolder(title: string, play: (results: string, title: string) => Promise<void>): Promise<void> {
  const results = path.join(folder, title.replaceAll(' ', '-'));
  const before = failures();
  await play(results, title);
  const problems = checkDatabase(new ResultsLayout(results));
  check(`${title}: the database is sound`, problems.length === 0, problems);
  const [reused] = query(results, 'select count(*) as n from trials where reused_from is not null') as [{ n: number }];
  taken += reused.n;
  note(`${failures() === before ? '✓' : '✗'} ${title}: ${reused.n} taken over`);
  if (failures() === before) rmSync(results, { recursive: true });
}

/** That attempts at a trial, in all sweeps together, are never `wrong`. */
function checkOnce(title: string, results: string, promise: string, wrong: string): void {
  const rows = query(
    results,
    `select t.trial_id, count(*) as attempts, group_concat(s.name || ': ' || a.outcome) as outcomes
     from trials t join sweeps s on s.key = t.sweep_key join attempts a on a.trial_key = t.key
     group by t.trial_id having ${wrong}`,
  );
  check(`${title}: ${promise}`, rows.length === 0, rows);
}

/** That each sweep has all that it has when alone, to the last bit; what was tested is up to each sweep. */
function checkWhole(title: string, results: string, names: readonly Name[]): void {
  for (const name of names) {
    const alone = name === 'b' ? 'a' : name;
    for (const rows of [
      (sweep: string) =>
        `select trial, state, elbo, kl, reconstruction, best_epoch from v_trials where sweep = '${sweep}' order by trial`,
      (sweep: string) =>
        `select trial, epoch, step, name, value from v_metrics where sweep = '${sweep}' and name not like 'test/%' order by trial, epoch, name`,
      (sweep: string) => `select max(value) from v_metrics where sweep = '${sweep}' and name = 'test/elbo'`,
    ]) {
      const [expected, found] = [query(calm, rows(alone)), query(results, rows(name))];
      const same = found.length > 0 && JSON.stringify(found) === JSON.stringify(expected);
      check(`${title}: ${name} is whole and has the bits of a sweep alone`, same, {
        rows: [expected.length, found.length],
      });
    }
  }
}
