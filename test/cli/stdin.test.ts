import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, runCli, temporaryFolder, TINY_SPEC } from './support.ts';
import { trainedSweep } from './trained-sweep.ts';

describe('a dash that names no spec', () => {
  const sweep = (cwd: string, ...args: string[]) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], SWEEP_RESULTS: path.join(cwd, 'results') };
    return runProgram(process.execPath, [BIN, ...args], { input: TINY_SPEC, env, cwd });
  };

  it('means stdout for `sweep export -o -`, which leaves no file', async () => {
    const { folder, layout } = await trainedSweep();
    const ask = (...args: string[]) => runCli([...args, '--results', layout.root]);
    const before = readdirSync(folder);
    const { status, stdout } = sweep(folder, 'export', 'tiny', '-o', '-');
    expect({ status, stdout }).toEqual({ status: 0, stdout: (await ask('export', 'tiny')).stdout });
    expect(stdout.split('\n').length).toBeGreaterThan(2);
    expect(readdirSync(folder)).toEqual(before);

    for (const command of ['report', 'status', 'logs', 'export']) {
      expect(await ask(command, '-')).toMatchObject({ code: 4, stderr: expect.stringContaining('`-`') as string });
    }
    expect((await ask('report', 'tiny', '-')).stderr).toContain('Unexpected argument `-`');
  });
});

describe('a spec from stdin', () => {
  const sweep = (input: string, ...args: string[]) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], SWEEP_RESULTS: temporaryFolder() };
    return runProgram(process.execPath, [BIN, ...args], { input, env });
  };

  it('is planned by `sweep plan -`, with overrides, and no command is suggested that would find stdin empty', () => {
    const { status, stdout, stderr } = sweep(TINY_SPEC, 'plan', '-', 'beta=1,2,4');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('3 configurations × 1 seed = 3 trials');
    expect(stdout).toMatch(/Nothing was started\.\n$/);
  });

  it('is run by `sweep run -`, which suggests what works', () => {
    const { status, stdout } = sweep(TINY_SPEC, 'run', '-', '--slots', '1');
    expect(status).toBe(0);
    expect(stdout).toContain('tiny: 2 trials completed');
    expect(stdout).toMatch(/Next: sweep report tiny --best/);
  });

  it('is called <stdin> where it is wrong', () => {
    const { status, stderr } = sweep('name: a\ndataset: sprites-mini\nseeds: 0\n', 'plan', '-');
    expect(status).toBe(2);
    expect(stderr).toContain('<stdin>:3:8  `seeds`: expected at least 1, got 0');
    expect(stderr).toContain('1 error in <stdin>. Nothing was started.');
  });
});
