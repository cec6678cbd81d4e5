import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BIN, temporaryFolder, TINY_SPEC } from './support.ts';

describe('a spec from stdin', () => {
  const sweep = (input: string, ...args: string[]) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], SWEEP_RESULTS: temporaryFolder() };
    return spawnSync(process.execPath, [BIN, ...args], { input, encoding: 'utf8', env });
  };

  it('is planned by `sweep plan -`, with overrides, and no command is suggested that would find stdin empty', () => {
    const { status, stdout, stderr } = sweep(TINY_SPEC, 'plan', '-', 'beta=1,2,4');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('3 configurations × 1 seed = 3 trials');
    expect(stdout).toMatch(/Nothing was started\.\n$/);
  });

  it('is run by `sweep run -`, which suggests what works', () => {
    const { status, stdout } = sweep(TINY_SPEC, 'run', '-', '--quiet');
    expect(status).toBe(0);
    expect(stdout).toContain('tiny: 2 trials completed');
    expect(sweep(TINY_SPEC, 'run', '-').stdout).toMatch(/Next: sweep report tiny --best/);
  });

  it('is called <stdin> where it is wrong', () => {
    const { status, stderr } = sweep('name: a\ndataset: sprites-mini\nseeds: 0\n', 'plan', '-');
    expect(status).toBe(2);
    expect(stderr).toContain('<stdin>:3:8  `seeds`: expected at least 1, got 0');
    expect(stderr).toContain('1 error in <stdin>. Nothing was started.');
  });
});
