/** Where something can't be had, a run ends at once, with a sentence and an exit code. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { acquireSweepLock } from '../../src/store/lock.ts';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

it.runIf(process.platform === 'linux')(
  'a results folder where none can be made is refused, and does not spin',
  async () => {
    const spec = writeSpec(temporaryFolder(), TINY_SPEC);
    const { code, stderr } = await runCli(['run', spec, '--quiet', '--results', '/proc/x/results']);
    expect({ code, stderr }).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('name another one with --results') as string,
    });
  },
);

it.runIf(process.platform !== 'win32').each([
  ['a named pipe', (file: string) => execFileSync('mkfifo', [file]), 'is a named pipe, a socket or a device'],
  ['an endless device', (file: string) => symlinkSync('/dev/zero', file), 'is a named pipe, a socket or a device'],
  ['a sparse file of 3 GB', sparse, 'it is nothing but zero bytes'],
])('issue 10, line 18: %s in place of a data file is told at once', async (_what, make, says) => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder, 'name: m\ndataset: mnist\nparameters: { beta: [1, 2] }\n');
  mkdirSync(path.join(folder, 'mnist'));
  for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte']) make(path.join(folder, 'mnist', name));
  for (const command of [['plan', spec], ['run', spec, '--results', path.join(folder, 'results')], ['data']]) {
    const { code, stdout, stderr } = await runCli([...command, '--data', folder], { COLUMNS: '500' });
    expect(stdout + stderr).toContain(`${path.join(folder, 'mnist', 'train-images-idx3-ubyte')} is `);
    expect(stdout + stderr).toContain(says);
    expect(code).toBe(command[0] === 'data' ? 0 : 2);
  }
});

function sparse(file: string): void {
  writeFileSync(file, '');
  truncateSync(file, 3e9);
}

it.runIf(process.platform === 'linux')(
  'issue 10, line 18: a cache folder where none can be made is refused before a download',
  async () => {
    const folder = temporaryFolder();
    const spec = writeSpec(folder, 'name: m\ndataset: mnist\nparameters: { beta: [1, 2] }\n');
    const args = ['run', spec, '--quiet', '--results', path.join(folder, 'results')];
    const { code, stderr } = await runCli(args, { XDG_CACHE_HOME: '/proc/x', HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect(stderr).toContain("Nothing can be downloaded to /proc/x/vae-sweep/mnist: the folder can't be made");
    expect(code).toBe(2);
  },
);

it.runIf(process.platform !== 'win32')('issue 10, line 18: a named pipe in place of a log stops nothing', async () => {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  mkdirSync(path.join(results, 'tiny'), { recursive: true });
  execFileSync('mkfifo', [path.join(results, 'tiny', 'sweep.log')]);
  expect((await runCli(['run', writeSpec(folder), '--quiet', '--slots', '1', '--results', results])).code).toBe(0);
  const { code, stderr } = await runCli(['logs', 'tiny', '--results', results]);
  expect(stderr).toContain('sweep.log is no file');
  expect(code).toBe(4);
});

it.runIf(process.platform !== 'win32')(
  'issue 10, line 18: a named pipe in place of database, lock or lock holder stops no command',
  async () => {
    const { spec, layout } = await trainedSweep();
    const { database } = layout;
    const lock = layout.lock('tiny');
    const at = ['--results', layout.root];
    const run = ['run', spec, '--quiet', ...at];

    const held = acquireSweepLock(lock, { host: 'here', pid: 1, since: new Date() });
    replaceByPipe(`${lock}.json`);
    const { code, stderr } = await runCli(run);
    held[Symbol.dispose]();
    expect(stderr).toContain('has a coordinator already: a process that has just started');
    expect(code).toBe(5);

    replaceByPipe(lock);
    expect((await runCli(['status', ...at])).code).toBe(0);

    replaceByPipe(database);
    for (const command of ['status', 'report', 'show', 'export', 'doctor']) {
      const ended = await runCli([command, ...(command === 'show' ? ['abc'] : []), ...at], { COLUMNS: '500' });
      expect(ended.stdout + ended.stderr, command).toContain(`${database} is a named pipe, a socket or a device`);
      if (command !== 'doctor') expect(ended.code).toBe(5);
    }
  },
);

function replaceByPipe(file: string): void {
  rmSync(file);
  execFileSync('mkfifo', [file]);
}

it('control characters of a path reach no terminal', async () => {
  const { code, stderr } = await runCli(['run', 'x\u001b]0;title\u0007\u001b[2J.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain(']0;title');
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
});
