/**
 * Kills coordinators for about three minutes: the same sweep once left alone, and again and again with its coordinator
 * ended by SIGKILL at random moments and resumed until done. Both must end with the same bits.
 * `npm run test:kill [-- MINUTES]`; needs Linux, which tells in /proc what runs.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { ResultsLayout } from '../../src/paths.ts';
import { checkDatabase } from '../../src/store/integrity.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** Eight trials; about ten seconds when left alone, so that a dozen kills fit in. */
const SWEEP = ['run', 'sweeps/smoke.yaml', 'train.epochs=40', 'seeds=2', '--device', 'cpu'];
/** A coordinator lives up to so long: from before its first line of code to many epochs after its start. */
const LONGEST_LIFE_MS = 4000;
/** What a killed coordinator leaves must be gone by then. */
const ORPHAN_LIMIT_MS = 10_000;
/** In the environment of every process of this loop, so that none is overlooked and no other is counted. */
const MARK = `VAE_SWEEP_KILL_LOOP=${randomUUID()}`;

const minutes = Number(process.argv[2] ?? 3);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-kill-'));
let passed = 0;
let failed = 0;
let slowestOrphanMs = 0;

const deadline = performance.now() + minutes * 60_000;
const calm = path.join(folder, 'calm');
check('left alone, the sweep ends with 0', (await run(calm)) === 0);
let kills = 0;
let round = 0;
do {
  const results = path.join(folder, `round-${++round}`);
  const before = kills;
  let code: number | null;
  do {
    code = await run(results, Math.random() * LONGEST_LIFE_MS);
    if (code === null) await checkNothingRuns(`after kill ${++kills}`);
  } while (code === null);
  note(`round ${round}: ${kills - before} kills`);
  check(`round ${round} ends with 0`, code === 0, code);
  checkSame(round, 'trials', calm, results, (root) =>
    query(root, 'select trial,state,elbo,kl,reconstruction from v_trials order by trial'),
  );
  checkSame(round, 'metrics', calm, results, (root) =>
    query(root, 'select trial,epoch,step,name,value from v_metrics order by trial,epoch,name'),
  );
  checkSame(round, 'files', calm, results, artefacts);
  const completions = query(
    results,
    `select t.trial_id, sum(a.outcome = 'completed') as n from trials t join attempts a on a.trial_key = t.key
     group by t.key having n <> 1`,
  );
  check(`round ${round}: every trial ran to completion once`, completions.length === 0, completions);
  const problems = checkDatabase(new ResultsLayout(results));
  check(`round ${round}: the database is sound`, problems.length === 0, problems);
  if (failed === 0) rmSync(results, { recursive: true });
} while (performance.now() < deadline);
await checkNothingRuns('at the end');

note(`${round} rounds, ${kills} kills; what a kill left was gone within ${Math.ceil(slowestOrphanMs)} ms`);
if (failed === 0) rmSync(folder, { recursive: true });
else note(`kept for a look: ${folder}`);
note(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The exit code of the sweep's run in `results`, or null if it was killed before its end. */
async function run(results: string, lifeMs?: number): Promise<number | null> {
  const [name, value] = MARK.split('=') as [string, string];
  const args = ['src/cli/bin.js', ...SWEEP, '--results', results, '--quiet'];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = lifeMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), lifeMs);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  return code;
}

async function checkNothingRuns(when: string): Promise<void> {
  const startedMs = performance.now();
  let left = marked();
  while (left.length > 0 && performance.now() - startedMs < ORPHAN_LIMIT_MS) {
    await delay(5);
    left = marked();
  }
  slowestOrphanMs = Math.max(slowestOrphanMs, performance.now() - startedMs);
  check(`no process is left ${when}`, left.length === 0, left);
}

/** Processes of this loop that have not ended; a zombie's environment is empty. */
function marked(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(MARK);
    } catch {
      return false;
    }
  });
}

function query(results: string, sql: string): unknown[] {
  const db = new Database(new ResultsLayout(results).database, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

/** Every file of every trial with its content, logs apart: weights and pictures, and nothing left over. */
function artefacts(results: string): unknown[] {
  const root = path.join(results, 'smoke');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.includes(path.sep) && !file.endsWith('.log'))
    .sort()
    .map((file) => [file, readFileSync(path.join(root, file), 'base64')]);
}

/** A double is written with as many digits as tell it from every other, so equal text is equal bits. */
function checkSame(round: number, what: string, a: string, b: string, rows: (results: string) => unknown[]): void {
  const [expected, found] = [rows(a), rows(b)].map((all) => all.map((row) => JSON.stringify(row)));
  const different = found!.filter((row, index) => row !== expected![index]).map((row) => row.slice(0, 200));
  const same = different.length === 0 && found!.length === expected!.length && found!.length > 0;
  const evidence = { rows: [expected!.length, found!.length], different: different.length, first: different[0] };
  check(`round ${round}: ${what} are the same to the last bit`, same, evidence);
}

function check(promise: string, kept: boolean, evidence?: unknown): void {
  if (kept) passed++;
  else {
    failed++;
    note(`✗ ${promise}: ${JSON.stringify(evidence)}`);
  }
}

function note(line: string): void {
  process.stdout.write(`${line}\n`);
}
