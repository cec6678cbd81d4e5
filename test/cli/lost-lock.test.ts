/** Issue 10, line 16: the lock file of a living coordinator is deleted, and a second coordinator starts. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { isEvent, runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

const ENDLESS = TINY_SPEC.replace('epochs: 2', 'epochs: 100000');

test('issue 10, line 16: the first coordinator ends with a sentence, the second goes on', async () => {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const run = ['run', writeSpec(folder, ENDLESS), '--json', '--device', 'cpu', '--slots', '1', '--results', results];
  const first = startCli(run);
  await first.output.line(isEvent('epoch'));
  rmSync(new ResultsLayout(results).lock('tiny'));

  const second = startCli(run);
  const { code, stderr } = await first.ended;
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('coordinator.lock') as unknown });
  expect(stderr).not.toMatch(/bug|\n {4}at /);

  await second.output.line(isEvent('epoch'));
  const status = await runCli(['status', '--json', '--results', results]);
  expect(JSON.parse(status.stdout)).toMatchObject({ sweeps: [{ sweep: 'tiny', state: 'running' }] });
  second.child.kill('SIGINT');
  expect((await second.ended).code).toBe(130);
});
