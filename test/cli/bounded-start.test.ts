/** Where something can't be had, a run ends at once, with a sentence and an exit code. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { BIN, runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

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

it.runIf(process.platform === 'linux')('too few file handles for a device are told as such', () => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder, TINY_SPEC);
  const outputs: string[] = [];
  for (let handles = 24; handles <= 44; handles += 2) {
    const args = [`--nofile=${handles}`, process.execPath, BIN, 'run', spec, '--quiet'];
    const results = path.join(folder, `results-${handles}`);
    const { stderr } = spawnSync('prlimit', [...args, '--results', results], { encoding: 'utf8' });
    outputs.push(stderr);
    expect(stderr).not.toMatch(/Cannot read properties|is not a function|Unhandled/i);
    if (stderr.includes('could not be started')) break;
  }
  expect(outputs.at(-1)).toMatch(/No device can train:\n.*could not be started: spawn .* EMFILE/);
});

it('control characters of a path reach no terminal', async () => {
  const { code, stderr } = await runCli(['run', 'x\u001b]0;title\u0007\u001b[2J.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain(']0;title');
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
});
