import { expect, test } from 'vitest';
import { checkDatabase } from '../../src/store/integrity.ts';
import { startChild } from './children.ts';
import { openTestReadModel, temporaryLayout } from './support.ts';

test('a full disk is told as such, refuses the step as a whole, and keeps what was recorded', async () => {
  const layout = temporaryLayout();
  // The kernel ends every write beyond 512 KiB, as it does at a quota. (dash counts blocks of 512 bytes.)
  const child = startChild('run-sweep.ts', [layout.root, 'beta', '100', '200'], 'ulimit -f 1024; exec "$@"');
  await child.end();
  expect(child.lines).toContain('STORE_FULL');
  expect(child.lines.at(-1)).toMatch(/^still queued: \d+$/);
  expect(checkDatabase(layout)).toEqual([]);
  const model = openTestReadModel(layout);
  const recorded = model.snapshot('beta')!.trials.reduce((sum, trial) => sum + trial.epochs, 0);
  expect(recorded).toBe(child.lines.filter((line) => line.startsWith('epoch')).length);
  expect([...model.metrics('beta')]).toHaveLength(4 * recorded);
});
