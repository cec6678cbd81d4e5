/** Issue 10, line 16: the lock file of a living coordinator is deleted, and a second coordinator starts. */
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { runCli, startCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

const ENDLESS = TINY_SPEC.replace('epochs: 2', 'epochs: 100000');

async function untilEpoch(child: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: child.stdout! })) {
    if ((JSON.parse(line) as { type: string }).type === 'epoch') break;
  }
  child.stdout!.resume();
}

test('issue 10, line 16: the first coordinator ends with a sentence, the second goes on', async () => {
  const folder = temporaryFolder();
  const results = path.join(folder, 'results');
  const run = ['run', writeSpec(folder, ENDLESS), '--json', '--device', 'cpu', '--slots', '1', '--results', results];
  const start = () => {
    const { child, ended } = startCli(run);
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return { child, ended };
  };
  const first = start();
  await untilEpoch(first.child);
  rmSync(new ResultsLayout(results).lock('tiny'));

  const second = start();
  const { code, stderr } = await first.ended;
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('coordinator.lock') as unknown });
  expect(stderr).not.toMatch(/bug|\n {4}at /);

  await untilEpoch(second.child);
  const status = await runCli(['status', '--json', '--results', results]);
  expect(JSON.parse(status.stdout)).toMatchObject({ sweeps: [{ sweep: 'tiny', state: 'running' }] });
  second.child.kill('SIGINT');
  expect((await second.ended).code).toBe(130);
});
