/** Issue 10, review: a user of no name and no home, as containers have them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';

const COMMAND = fileURLToPath(new URL('../../src/cli/sweep', import.meta.url));
const NOBODY = ['--reuid=54321', '--regid=54321', '--clear-groups', COMMAND];
const env = { PATH: process.env['PATH'] };
const canBeNobody = process.getuid?.() === 0 && spawnSync('setpriv', [...NOBODY, '--version'], { env }).status === 0;

describe.runIf(canBeNobody)('a user without a home', () => {
  it('has data sets, and downloads among the temporary files', () => {
    const { status, stdout, stderr } = runProgram('setpriv', [...NOBODY, 'data', '--json'], { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('sprites-mini');
  });
});
