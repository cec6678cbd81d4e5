/** The command as a user meets it: exit codes, and what goes to stdout and what to stderr. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, runCli, temporaryFolder, writeSpec } from './support.ts';

describe('a command line that makes no sense', () => {
  it.each([
    { args: ['reprot'], says: 'Unknown command `reprot`: did you mean `report`?' },
    { args: ['report', '--fromat', 'csv'], says: 'Unknown flag --fromat: did you mean --format?' },
    { args: ['report', '--bset'], says: 'Unknown flag --bset: did you mean --best?' },
    { args: ['run'], says: 'Something is missing: sweep run <spec> [overrides..].' },
    { args: ['report', 'a', 'b'], says: 'Unexpected argument `b`: sweep report [name].' },
    { args: ['export', '--format', 'xml'], says: `--format can't be "xml": give one of "csv", "json", ` },
    { args: ['report', '--by'], says: '--by needs a value.' },
    { args: ['run', 'x.yaml', '--slots', '0'], says: '--slots takes a whole number of at least 1.' },
    { args: ['run', 'x.yaml', '--slots', 'two'], says: '--slots takes a whole number of at least 1.' },
    { args: ['status', '--results', 'a', '--results', 'b'], says: '--results is given more than once.' },
    { args: ['compare'], says: 'Something is missing: sweep compare' },
    { args: ['run', 'missing.yaml'], says: 'missing.yaml' },
  ])('$args: exit 2, one message on stderr, nothing on stdout', async ({ args, says }) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(stderr).toContain(says);
    expect(stderr).toMatch(/^✗ /);
    expect(stderr).not.toMatch(/\n +at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('help', () => {
  it('lists every command and the exit codes, also when nothing is given', async () => {
    const { code, stdout, stderr } = await runCli([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['plan', 'run', 'status', 'report', 'compare', 'show', 'logs', 'export', 'data', 'doctor']) {
      expect(stdout).toContain(`sweep ${command}`);
    }
    expect(stdout).toContain('3  some trials failed');
    expect((await runCli(['--help'])).stdout).toBe(stdout);
    expect((await runCli(['-h'])).stdout).toBe(stdout);
  });

  it('is not needed for the version, which every command tells instead of running', async () => {
    const { stdout } = await runCli(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await runCli(['report', '--version', '--json'])).toMatchObject({ code: 0, stdout, stderr: '' });
  });

  it.each(['plan', 'run', 'status', 'report', 'compare', 'show', 'logs', 'export', 'data', 'doctor'])(
    'of %s has examples, its flags and those that are everywhere',
    async (command) => {
      const { code, stdout } = await runCli([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Examples:\n  sweep ${command}`);
      for (const flag of ['--results', '--data', '--device', '--slots', '--json', '--quiet'])
        expect(stdout).toContain(flag);
    },
  );
});

it('a spec with mistakes: all of them on stderr, exit 2, nothing written', async () => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder, 'name: bad\ndataset: sprites-mini\nparameters: { betta: 1, latent_dim: -1 }\n');
  const { code, stdout, stderr } = await runCli(['run', spec, '--results', `${folder}/results`]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('did you mean `beta`?');
  expect(stderr).toContain('2 errors');
  expect((await runCli(['status', '--results', `${folder}/results`])).code).toBe(4);
});

it.each([['status'], ['report'], ['compare', 'beta=1', 'beta=2'], ['show', 'abc'], ['logs'], ['export']])(
  '%s in an empty folder: exit 4, and says what to run',
  async (...args) => {
    const { code, stdout, stderr } = await runCli(args, { SWEEP_RESULTS: temporaryFolder() });
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain('sweep run');
  },
);

it('an unknown device: exit 2', async () => {
  const folder = temporaryFolder();
  const { code, stderr } = await runCli([
    'run',
    writeSpec(folder),
    '--device',
    'tpu',
    '--results',
    `${folder}/results`,
  ]);
  expect(stderr).toContain('--device tpu');
  expect(code).toBe(2);
});

it.runIf(existsSync('/dev/full'))('an answer that a full disk takes no part of: exit 1, one message', () => {
  const full = runProgram('bash', ['-c', `"${process.execPath}" "${BIN}" data > /dev/full`]);
  expect(full.stderr).toMatch(/^✗ The answer can't be written: ENOSPC.*\n$/);
  expect(full.status).toBe(1);
});

it('a plan suggests commands that mean the same, in the same place', async () => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder);
  const { stdout } = await runCli(['plan', spec, 'seeds=100', '--results', `${folder}/r`, '--slots', '3'], {
    COLUMNS: '400',
  });
  expect(stdout).toContain(` sweep run ${spec} seeds=100 --results ${folder}/r --slots 3 `);
  expect(stdout).toMatch(/ seed +0 … 99 {3}\(100 seeds\)\n/);
});

it('mistakes in overrides are not said to be in the file', async () => {
  const { stderr } = await runCli(['plan', writeSpec(temporaryFolder()), 'betta=1']);
  expect(stderr).toContain('1 error in what follows the file. Nothing was started.');
});

it('data lists what there is, as text and as JSON', async () => {
  const { code, stdout } = await runCli(['data']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/sprites-mini +5,760 +32×32 .*built in/);
  const json = JSON.parse((await runCli(['data', '--json'])).stdout) as { schema: string; datasets: object[] };
  expect(json.schema).toBe('vae-sweep.data/1');
  expect(json.datasets[0]).toMatchObject({ name: 'sprites-mini', availability: 'built_in', download_bytes: 0 });
});

describe('colour', () => {
  const crossOf = async (args: string[], env: NodeJS.ProcessEnv) =>
    (await runCli(['reprot', ...args], env)).stderr.split(' ')[0];

  it('is for terminals: none where stderr is a pipe', async () => expect(await crossOf([], {})).toBe('✗'));
  it('comes by FORCE_COLOR', async () => expect(await crossOf([], { FORCE_COLOR: '1' })).toBe('\u001b[31m✗\u001b[39m'));
  it('goes by --no-color', async () => expect(await crossOf(['--no-color'], { FORCE_COLOR: '1' })).toBe('✗'));
});
