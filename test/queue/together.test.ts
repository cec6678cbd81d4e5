/** One command in several processes with one folder, as in the tasks of an allocation: `sweep run --together`. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from '../cli/support.ts';
import { hasRedis, WITHOUT_REDIS } from '../fixtures/redis-server.ts';
import { Command, completions, endCommands, table, TINY_SWEEP } from './commands.ts';

afterEach(endCommands);

/** A task of the allocation: a machine of its own but for the folder. */
function startTask(spec: string, folder: string, ...more: string[]): Command {
  return startTaskOn('local', spec, folder, ...more);
}

function startTaskOn(fileSystem: 'local' | 'network', spec: string, folder: string, ...more: string[]): Command {
  const flags = ['--json', '--device', 'cpu', '--slots', '1', '--address', '127.0.0.1'];
  const env = { ...ownMachine(), SWEEP_FILE_SYSTEM: fileSystem };
  return new Command(['run', spec, '--together', folder, ...flags, ...more], env);
}

function ownMachine(): NodeJS.ProcessEnv {
  const home = temporaryFolder();
  mkdirSync(path.join(home, 'tmp'));
  return { HOME: home, TMPDIR: path.join(home, 'tmp') };
}

const IMPATIENT = fileURLToPath(new URL('../support/together-process.ts', import.meta.url));

/** One that takes a silent leader for dead after seconds. */
function startImpatientTask(specFile: string, resultsDir: string, overrides: readonly string[]): Command {
  const options = { specFile, resultsDir, overrides, device: 'cpu', slots: 1, host: '127.0.0.1', staleMs: 5_000 };
  return new Command([JSON.stringify(options)], ownMachine(), IMPATIENT);
}

interface Beat {
  readonly pid: number;
  readonly redis?: { readonly url: string; readonly password: string };
}

const beatFiles = (folder: string): string[] => {
  const files = readdirSync(path.join(folder, 'tiny')).filter((name) => /^together-\d+\.beat$/.test(name));
  return files.map((name) => path.join(folder, 'tiny', name));
};

/** Undefined while nobody leads. */
function lastBeat(folder: string): Beat | undefined {
  const text = beatFiles(folder).map(read).at(-1);
  return text ? (JSON.parse(text) as Beat) : undefined;
}

/** The one among them that leads. */
function leaderOf(tasks: readonly Command[], folder: string): Command | undefined {
  const beat = lastBeat(folder);
  return tasks.find(({ child }) => child.pid === beat?.pid);
}

/** Resolves once one of them leads, and this many trials have begun. None of them may end before. */
async function underWay(tasks: readonly Command[], trials = 4): Promise<void> {
  const begun = (): number => tasks.reduce((sum, { output }) => sum + output.split('"type":"started"').length - 1, 0);
  await Promise.all(tasks.map((task) => task.until(() => begun() >= trials)));
}

describe.skipIf(!hasRedis)(`processes together${hasRedis ? '' : ` (${WITHOUT_REDIS})`}`, () => {
  let spec: string;
  let local: unknown[];
  beforeAll(async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-together-'));
    spec = path.join(folder, 'tiny.yaml');
    writeFileSync(spec, TINY_SWEEP);
    const results = path.join(folder, 'local');
    const run = new Command(['run', spec, '--results', results, '--device', 'cpu', '--slots', '2', '--quiet']);
    expect(await run.ended, run.output).toBe(0);
    local = table(results);
    expect(local).toHaveLength(8);
    return () => rmSync(folder, { recursive: true, force: true });
  });

  function expectSame(folder: string): void {
    expect(table(folder)).toEqual(local);
    expect(completions(folder)).toEqual(Array.from({ length: 8 }, () => 1));
  }

  const ends = (tasks: readonly Command[]): Promise<(number | string)[]> =>
    Promise.all(tasks.map(({ ended }) => ended));

  // `npm run test:four-agents` has four.
  test('issue 13: three come to the numbers of one, all end well, and so does a later one at once', async () => {
    const folder = path.join(temporaryFolder(), 'shared');
    const tasks = Array.from({ length: 3 }, () => startTask(spec, folder));
    await underWay(tasks);
    const [beat] = beatFiles(folder);
    expect(statSync(beat!).mode & 0o777).toBe(0o600);
    const { redis, pid } = lastBeat(folder)!;
    // No command line of this machine has the password.
    const commandLines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => read(`/proc/${name}/cmdline`));
    expect(commandLines.filter((line) => line.includes(redis!.password))).toEqual([]);
    expect(await ends(tasks), tasks.map(({ output }) => output).join('\n')).toEqual([0, 0, 0]);
    expectSame(folder);
    // Who was none of the leader's says nothing on stdout.
    expect(tasks.filter(({ output }) => output.includes('"type":"result"')).map(({ child }) => child.pid)).toEqual([
      pid,
    ]);
    expect(readFileSync(beatFiles(folder)[0]!, 'utf8')).not.toContain(redis!.password);

    const { trial } = local[0] as { trial: string };
    const later = startTask(spec, folder, '--again', trial.slice(0, 8), '--revive', trial);
    expect(await later.ended, later.output).toBe(0);
    expect(later.output).not.toContain('"type":"planned"');
    const said = later.output.split('\n').filter((line) => line.includes('"level":"warn"'));
    expect(said.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { trial, message: 'nothing to train again: its weights are there' },
      { trial, message: 'not revived: it is completed, and was not pruned' },
    ]);
    // Another plan is another matter.
    const more = startTask(spec, folder, 'seeds=3');
    expect(await more.ended, more.output).toBe(0);
    expect(table(folder)).toHaveLength(12);

    // And so are weights that are gone, once, whoever leads.
    const weights = path.join(folder, 'tiny', trial, 'weights.safetensors');
    const before = readFileSync(weights);
    rmSync(weights);
    const again = Array.from({ length: 2 }, () => startTask(spec, folder, 'seeds=3', '--again', trial.slice(0, 8)));
    expect(await ends(again), again.map(({ output }) => output).join('\n')).toEqual([0, 0]);
    expect(readFileSync(weights).equals(before)).toBe(true);
    expect(completions(folder).reduce((sum, n) => sum + n)).toBe(13);
  });

  test('issue 13: the leader is killed in mid-run, and another goes on, as on a network file system', async () => {
    const folder = path.join(temporaryFolder(), 'shared');
    // Two that follow, of which one leads next.
    const tasks = Array.from({ length: 3 }, () => startTaskOn('network', spec, folder));
    await underWay(tasks);
    const killed = leaderOf(tasks, folder)!;
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toBe('SIGKILL');
    const left = tasks.filter((task) => task !== killed);
    expect(await ends(left), left.map(({ output }) => output).join('\n')).toEqual([0, 0]);
    expectSame(folder);
    expect(readdirSync(path.join(folder, 'tiny'))).toContain('together-2');
  });

  test('issue 13: a leader that is stopped for longer than others wait follows who took its place', async () => {
    const folder = path.join(temporaryFolder(), 'shared');
    const overrides = ['train.epochs=300', 'beta=1', 'latent_dim=2'];
    const tasks = Array.from({ length: 2 }, () => startImpatientTask(spec, folder, overrides));
    await underWay(tasks, 2);
    const stopped = leaderOf(tasks, folder)!;
    const other = tasks.find((task) => task !== stopped)!;
    stopped.child.kill('SIGSTOP');
    await other.until(() => leaderOf(tasks, folder) === other);
    // It has the database's lock, until it wakes up and sees that it has lost.
    stopped.child.kill('SIGCONT');
    await stopped.says('another process has taken the lead');
    expect(await ends(tasks), tasks.map(({ output }) => output).join('\n')).toEqual([0, 0]);
    expect(completions(folder)).toEqual([1, 1]);
  });

  test('issue 13: all are asked to stop, save, and start again later', async () => {
    const folder = path.join(temporaryFolder(), 'shared');
    const overrides = ['train.epochs=2000', 'beta=1', 'latent_dim=2'];
    const start = (...more: string[]): Command[] =>
      Array.from({ length: 2 }, () => startTask(spec, folder, ...overrides, ...more));
    const first = start();
    const epochs = (): number => Math.max(...first.map(({ output }) => output.split('"type":"epoch"').length - 1));
    await Promise.all(first.map((task) => task.until(() => epochs() >= 40)));
    const redis = lastBeat(folder)!.redis!;
    for (const { child } of first) child.kill('SIGTERM');
    expect(await ends(first), first.map(({ output }) => output).join('\n')).toEqual([143, 143]);
    // Nothing of theirs is left.
    expect(redisOf(redis.url)).toBe(false);
    // By its own clock each, before a batch system's.
    const short = start('--lifetime', '4s');
    expect(await ends(short), short.map(({ output }) => output).join('\n')).toEqual([143, 143]);
    const second = start();
    await underWay(second, 2);
    const resumed = second.flatMap(({ output }) =>
      [...output.matchAll(/"resumed_epochs":(\d+)/g)].map(([, n]) => Number(n)),
    );
    expect(Math.max(...resumed)).toBeGreaterThan(0);
    const terms = (): string[] => readdirSync(path.join(folder, 'tiny')).filter((name) => /^together-\d+$/.test(name));
    const before = terms();
    // As `sweep stop` does, a person's word to the leader is for all.
    leaderOf(second, folder)!.child.kill('SIGINT');
    expect(await ends(second)).toEqual([130, 130]);
    expect(terms()).toEqual(before);
  });
});

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Whether a process listens at its port. */
function redisOf(url: string): boolean {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
  const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => read(file).split('\n'));
  return listening.some((line) => new RegExp(`:${port} [0-9A-F]+:0000 0A`).test(line));
}

test('--together and --redis are refused, with what is meant perhaps', async () => {
  const folder = temporaryFolder();
  const flags = ['--together', path.join(folder, 'r'), '--redis', 'redis://localhost:6379'];
  const { code, stderr } = await runCli(['run', writeSpec(folder), ...flags]);
  expect(code).toBe(2);
  expect(stderr).toContain('--together starts a Redis of its own');
});

test('without a Redis to start, nothing is begun, and where to get one is told', async () => {
  const folder = temporaryFolder();
  const args = ['run', writeSpec(folder), '--together', path.join(folder, 'r'), '--device', 'cpu'];
  const { code, stderr } = await runCli(args, { PATH: '/nowhere' });
  expect(code).toBe(2);
  expect(stderr).toContain('neither redis-server nor valkey-server is on the PATH');
  expect(existsSync(path.join(folder, 'r'))).toBe(false);
});
