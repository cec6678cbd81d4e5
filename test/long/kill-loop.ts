/**
 * Strikes at runs: the same sweep once left alone, and round after round with a blow or two at random moments (its
 * coordinator killed, a device process killed, the lock file deleted while the next coordinator starts, the disk filled),
 * run again until done. Each must end with the same bits. `npm run test:kill [-- ROUNDS]`; needs Linux, which tells in
 * /proc what runs. The full disk needs the right to mount one.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { TRIAL_FILES } from '../../src/files/trial-files.ts';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ResultsLayout } from '../../src/files/paths.ts';
import { randomStream } from '../../src/random.ts';
import { checkDatabase } from '../../src/store/integrity.ts';
import { check, conclude, failures, note, query } from './checks.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
/** Four trials; a few seconds with the start. */
const SWEEP = ['run', 'sweeps/smoke.yaml', 'train.epochs=6', '--device', 'cpu', '--slots', '2'];
const DISK_MB = 6;
/** Longer than the pause between two tries to record. */
const FULL_MS = 3000;
/** What a killed coordinator leaves must be gone by then. */
const ORPHAN_LIMIT_MS = 10_000;
/** Runs until a round must be done. */
const MOST_RUNS = 8;
/** In the environment of every process of this loop, so that none is overlooked and no other is counted. */
const MARK = `VAE_SWEEP_KILL_LOOP=${randomUUID()}`;

interface Run {
  readonly process: ChildProcess;
  /** Its exit code, null after a signal, and what it said on stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Strikes at a run in `results`, and returns the exit codes that it may then end with. */
type Blow = (run: Run, results: string) => Promise<readonly (number | null)[]>;

const random = randomStream(['kill']);
const BLOWS: Readonly<Record<string, Blow>> = {
  coordinator: (run) => {
    run.process.kill('SIGKILL');
    return Promise.resolve([null, 0]);
  },
  // 3: the trial was alone there for the third time, which the next run tries again.
  device: (run) => {
    const [device] = marked().filter((pid) => pid !== String(run.process.pid));
    if (device !== undefined) process.kill(Number(device), 'SIGKILL');
    return Promise.resolve([0, 3, 4]);
  },
  lock: async (_run, results) => {
    rmSync(new ResultsLayout(results).lock('smoke'), { force: true });
    const { code, stderr } = await start(results).ended;
    check('a second coordinator ends with 0, or is refused with a sentence', code === 0 || code === 5, {
      code,
      stderr,
    });
    return [0, 5];
  },
  disk: async (run, results) => {
    const ballast = path.join(results, 'ballast');
    fill(ballast);
    await Promise.race([delay(FULL_MS), run.ended]);
    const isStopped = random.uniform() < 0.5;
    if (isStopped) {
      run.process.kill('SIGTERM');
      await run.ended;
    }
    rmSync(ballast, { force: true });
    // 5: it met the full disk before it had anything to wait for.
    return isStopped ? [143, 0, 5, null] : [0, 5];
  },
};

const rounds = Number(process.argv[2] ?? 30);
const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-kill-'));
const struck: Record<string, number> = {};
let slowestOrphanMs = 0;

const calm = path.join(folder, 'calm');
const startedMs = performance.now();
check('left alone, the sweep ends with 0', (await start(calm).ended).code === 0);
const wholeRunMs = performance.now() - startedMs;
const canMount = mount(path.join(folder, 'probe'));
if (canMount) unmount(path.join(folder, 'probe'));
else note('the disk is not filled: mounting a small one is not permitted here');
const kinds = Object.keys(BLOWS).filter((kind) => kind !== 'disk' || canMount);

for (let round = 1; round <= rounds; round++) {
  const results = path.join(folder, `round-${round}`);
  const before = failures();
  const sinceMs = performance.now();
  if (canMount) mount(results);
  const blows = Array.from(
    { length: random.uniform() < 0.5 ? 1 : 2 },
    () => kinds[Math.floor(random.uniform() * kinds.length)]!,
  );
  const codes: (number | null)[] = [];
  for (const kind of blows) {
    struck[kind] = (struck[kind] ?? 0) + 1;
    codes.push(await strike(kind, results, round));
  }
  while (codes.length < MOST_RUNS && codes.at(-1) !== 0) codes.push((await start(results).ended).code);
  check(`round ${round} (${blows.join(', ')}) ends with 0`, codes.at(-1) === 0, codes);
  checkRound(round, results);
  const seconds = ((performance.now() - sinceMs) / 1000).toFixed(1);
  note(
    `${failures() === before ? '✓' : '✗'} round ${round}: ${blows.join(', ')}; exit codes ${codes.join(', ')}; ${seconds} s`,
  );
  if (canMount) unmount(results);
  if (failures() === before) rmSync(results, { recursive: true, force: true });
}
await checkNothingRuns('at the end');
note(`${rounds} rounds, ${JSON.stringify(struck)}; what a kill left was gone within ${Math.ceil(slowestOrphanMs)} ms`);
conclude(folder);

/** A run that is struck at a random moment; its exit code. */
async function strike(kind: string, results: string, round: number): Promise<number | null> {
  const run = start(results);
  await Promise.race([delay(random.uniform() * 1.1 * wholeRunMs), run.ended]);
  const allowed = await BLOWS[kind]!(run, results);
  const { code, stderr } = await run.ended;
  check(`round ${round}: after a blow at its ${kind} a run ends as promised`, allowed.includes(code), { code, stderr });
  check(`round ${round}: no blow is taken for a bug`, !/bug in sweep|\n {4}at /.test(stderr), stderr);
  await checkNothingRuns(`after a blow at the ${kind} in round ${round}`);
  return code;
}

function checkRound(round: number, results: string): void {
  checkSame(round, 'trials', results, (root) =>
    query(root, 'select trial,state,elbo,kl,reconstruction from v_trials order by trial'),
  );
  checkSame(round, 'metrics', results, (root) =>
    query(root, 'select trial,epoch,step,name,value from v_metrics order by trial,epoch,name'),
  );
  checkSame(round, 'files', results, artefacts);
  const completions = query(
    results,
    `select t.trial_id, sum(a.outcome = 'completed') as n from trials t join attempts a on a.trial_key = t.key
     group by t.key having n <> 1`,
  );
  check(`round ${round}: every trial ran to completion once`, completions.length === 0, completions);
  const problems = checkDatabase(new ResultsLayout(results));
  check(`round ${round}: the database is sound`, problems.length === 0, problems);
}

function start(results: string): Run {
  const [name, value] = MARK.split('=') as [string, string];
  const args = ['src/cli/bin.js', ...SWEEP, '--results', results, '--quiet'];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { process: child, ended: ended.then((code) => ({ code, stderr })) };
}

async function checkNothingRuns(when: string): Promise<void> {
  const sinceMs = performance.now();
  let left = marked();
  while (left.length > 0 && performance.now() - sinceMs < ORPHAN_LIMIT_MS) {
    await delay(5);
    left = marked();
  }
  slowestOrphanMs = Math.max(slowestOrphanMs, performance.now() - sinceMs);
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

function mount(place: string): boolean {
  mkdirSync(place, { recursive: true });
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'tmpfs', place]).status === 0;
}

function unmount(place: string): void {
  spawnSync('umount', ['-l', place]);
}

/** Takes what is left of the disk. */
function fill(file: string): void {
  for (let size = 1 << 20; size >= 512; size >>= 1) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // That much no longer fits.
    }
  }
}

/** Every file of every trial with its content, logs and checkpoints apart, which hold how long it took: nothing is left over. */
function artefacts(results: string): unknown[] {
  const root = path.join(results, 'smoke');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.includes(path.sep) && !file.endsWith('.log') && path.basename(file) !== TRIAL_FILES.checkpoint,
    )
    .sort()
    .map((file) => [file, readFileSync(path.join(root, file), 'base64')]);
}

/** A double is written with as many digits as tell it from every other, so equal text is equal bits. */
function checkSame(round: number, what: string, results: string, rows: (results: string) => unknown[]): void {
  const [expected, found] = [rows(calm), rows(results)].map((all) => all.map((row) => JSON.stringify(row)));
  const different = found!.filter((row, index) => row !== expected![index]).map((row) => row.slice(0, 200));
  const same = different.length === 0 && found!.length === expected!.length && found!.length > 0;
  const evidence = { rows: [expected!.length, found!.length], different: different.length, first: different[0] };
  check(`round ${round}: ${what} are the same to the last bit`, same, evidence);
}
