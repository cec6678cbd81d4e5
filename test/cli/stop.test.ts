/** `sweep stop` from another terminal is Ctrl-C in the first. */
import { expect, it } from 'vitest';
import { isEvent, runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

it('saves and stops the sweep that runs, and says how far it is', async () => {
  const folder = temporaryFolder();
  const spec = writeSpec(folder, TINY_SPEC.replace('epochs: 2', 'epochs: 100000'));
  const here = ['--results', `${folder}/results`];
  const { output, ended } = startCli(['run', spec, ...here, '--slots', '1', '--json']);
  await output.line(isEvent('epoch'));
  const stopped = await runCli(['stop', ...here]);
  expect(stopped).toMatchObject({
    code: 0,
    stdout: 'tiny stopped: 0/2 trials completed. `sweep run` with its spec goes on from there.\n',
    stderr: expect.stringMatching(/^tiny \(process \d+\) saves and stops …\n$/) as string,
  });
  expect((await ended).code).toBe(130);

  const again = await runCli(['stop', 'tiny', ...here]);
  expect(again).toMatchObject({ code: 4, stdout: '', stderr: '✗ tiny is not running: it is interrupted.\n' });
});
