/** What is named as a spec but is none is refused at once, in little memory. */
import { execFileSync } from 'node:child_process';
import { openSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, runCli, temporaryFolder, writeSpec, TINY_SPEC } from './support.ts';

it('a named pipe is refused, and does not hang', async () => {
  const pipe = path.join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const command of ['plan', 'run']) {
    const { code, stderr } = await runCli([command, pipe]);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('a named pipe') as string });
  }
});

it('an endless device is refused', async () => {
  const { code, stderr } = await runCli(['plan', '/dev/zero']);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('it is a device') as string });
});

it('of a file larger than any string can be, as of an endless stdin, only the size is told', async () => {
  const file = path.join(temporaryFolder(), 'large.yaml');
  writeFileSync(file, '');
  truncateSync(file, 1.5e9);
  const { code, stderr } = await runCli(['plan', file]);
  expect(stderr).toContain('larger than 256 KB: this is not a spec');
  expect(code).toBe(2);

  const endless = runProgram(process.execPath, [BIN, 'plan', '-'], {
    stdio: [openSync('/dev/zero', 'r'), 'pipe', 'pipe'],
  });
  expect(endless.stderr).toContain('larger than 256 KB: this is not a spec');
  expect(endless.status).toBe(2);
});

it("a shell's <(command) is still read", () => {
  const spec = writeSpec(temporaryFolder(), TINY_SPEC);
  const { status, stdout } = runProgram('bash', ['-c', `"$0" "$1" plan <(cat "$2")`, process.execPath, BIN, spec]);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('2 trials') as string });
});
