/** Issue 10, line 19: what the system gives too little of is named in a sentence, and no trial is charged for it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

/** With its flags for WebAssembly, which decide how much address space is reserved. */
const COMMAND = fileURLToPath(new URL('../../src/cli/sweep', import.meta.url));
const GIBIBYTE = 2 ** 30;
/** A user of no name, without other processes: also where these tests run twice at once. */
const UID = 50_000 + (process.pid % 10_000);
const NOBODY = [`--reuid=${UID}`, `--regid=${UID}`, '--clear-groups'];
const canBeNobody =
  process.getuid?.() === 0 &&
  spawnSync('setpriv', [...NOBODY, COMMAND, '--version'], { env: { PATH: process.env['PATH'] } }).status === 0;

/** One for all tests and both users: what Node has compiled is kept there, which halves the time of each command. */
const TEMPORARY = mkdtempSync(path.join(tmpdir(), 'sweep-limits-'));
for (const folder of [TEMPORARY, path.join(TEMPORARY, 'node-compile-cache')]) {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
}
afterAll(() => rmSync(TEMPORARY, { recursive: true }));

interface Ending {
  readonly status: number | null;
  readonly stderr: string;
  readonly results: string;
}

/** Runs two trials under a limit. */
function runUnder(limit: string, wrapper: readonly string[] = [], temporary = TEMPORARY): Ending {
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const results = path.join(folder, 'results');
  const command = [COMMAND, 'run', writeSpec(folder, TINY_SPEC), '--slots', '2', '--results', results];
  const [file, ...args] = [...wrapper, 'prlimit', limit, ...command];
  const { status, stderr } = runProgram(file!, args, {
    env: { PATH: process.env['PATH'], TMPDIR: temporary, HOME: folder },
  });
  return { status, stderr, results };
}

describe.runIf(process.platform === 'linux')('issue 10, line 19', () => {
  it.each([48, 63])('too few file handles (%s) are told before anything is written', (handles) => {
    const { status, stderr, results } = runUnder(`--nofile=${handles}`);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: `✗ Nothing can train here: a process may have no more than ${handles} files open at a time, and needs 64. This is the hard limit (\`ulimit -Hn\`), which root raises: limits.conf, LimitNOFILE= or docker run --ulimit nofile=1024.\n`,
    });
    expect(existsSync(results)).toBe(false);
  });

  it.runIf(canBeNobody).each([12, 14, 20, 23])('too few threads (%s) are told, and fail no trial', (threads) => {
    const { status, stderr, results } = runUnder(`--nproc=${threads}`, ['setpriv', ...NOBODY]);
    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toMatch(
      new RegExp(
        `^✗ Nothing can train here: this user may have no more than ${threads} processes and threads .*ulimit -u`,
      ),
    );
    expect(existsSync(results)).toBe(false);
  });

  it('a soft limit of file handles that Node raises by itself refuses nothing', () => {
    expect(runUnder('--nofile=48:1024').status).toBe(0);
  });

  it.runIf(canBeNobody)('fewer --slots are advised only where they help', () => {
    const advice = (threads: number): string => runUnder(`--nproc=${threads}`, ['setpriv', ...NOBODY]).stderr;
    // Eleven threads of the command itself; a device with one slot takes twelve, with two thirteen.
    const [fewest, more] = [advice(22), advice(23)];
    expect(fewest).toContain('11 are free, and 13 are needed. Raise the limit (`ulimit -u`) or end other programs.');
    expect(more).toContain(
      '12 are free, and 13 are needed. Raise the limit (`ulimit -u`), end other programs, or give',
    );
  });

  // Where nothing is compiled yet: what strips types takes more of it than all that follows.
  it("too little address space is told by its limit, not by a line of V8's trace", () => {
    const { status, stderr } = runUnder(`--as=${4 * GIBIBYTE}`, [], temporaryFolder());
    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toMatch(/No device can train:\n.*the 4\.0 GiB that a process may use here .*ulimit -v unlimited/);
    expect(stderr).not.toContain('0x');
  });

  it('files that may not grow end the run with the limit as the reason; waiting would not help', () => {
    const { status, stderr } = runUnder('--fsize=65536');
    expect({ status, stderr }).toMatchObject({ status: 5 });
    expect(stderr).toMatch(/No file may grow beyond 65536 bytes here \(`ulimit -f`\)/);
  });

  it.each(['/proc', '/nonexistent', '/dev/null'])(
    'a TMPDIR that takes no files (%s) changes nothing',
    async (folder) => {
      const { code, stderr } = await runCli(['status', '--results', temporaryFolder()], { TMPDIR: folder });
      expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.not.stringContaining('TMPDIR') as string });
    },
  );
});
