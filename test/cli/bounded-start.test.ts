/** Where something can't be had, a run ends at once, with a sentence and an exit code. */
import { expect, it } from 'vitest';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

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

it('control characters of a path reach no terminal', async () => {
  const { code, stderr } = await runCli(['run', 'x\u001b]0;title\u0007\u001b[2J.yaml']);
  expect(code).toBe(2);
  expect(stderr).toContain(']0;title');
  expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
});
