import os from 'node:os';
import { expect, test } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

test('no more slots are started than there are trials, and more than cores are told of', async () => {
  const folder = temporaryFolder();
  const run = (...args: string[]) =>
    runCli(['run', writeSpec(folder), '--device', 'cpu', '--slots', '500', '--results', `${folder}/r`, ...args]);
  const cores = os.availableParallelism();
  const two = await run();
  expect(two.stderr).toContain('devices cpu × 2\n');
  const crowd = `trials at a time share ${cores} core`;
  if (cores >= 2) expect(two.stderr).not.toContain(crowd);
  const many = await run(`seeds=${cores + 1}`, 'beta=1', 'train.epochs=1');
  expect(many.stderr).toContain(`${cores + 1} ${crowd}`);
});
