import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { publish } from './publish.ts';

const BENCHMARKS = new URL('../../BENCHMARKS.md', import.meta.url);

test('honest figures: a run replaces the last one in BENCHMARKS.md, and nothing else', async () => {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'publish-')), 'BENCHMARKS.md');
  const before = await readFile(BENCHMARKS, 'utf8');
  await writeFile(file, before);
  await publish(file, ['on this machine', 'PyTorch at its best'], '| case |');
  const after = await readFile(file, 'utf8');
  expect(after).toContain('\n\n    on this machine\n    PyTorch at its best\n\n| case |\n\n<!--');
  // Whatever the last run was, a second one leaves nothing of the first.
  await publish(file, ['again'], '| other |');
  const again = await readFile(file, 'utf8');
  expect(again).toBe(
    after.replace('    on this machine\n    PyTorch at its best', '    again').replace('| case |', '| other |'),
  );
  expect(again.split('\n')[0]).toBe(before.split('\n')[0]);
  expect(again.split('\n').slice(-2)).toEqual(before.split('\n').slice(-2));
});

test('a file without the place for it is left as it was', async () => {
  const file = path.join(await mkdtemp(path.join(os.tmpdir(), 'publish-')), 'other.md');
  await writeFile(file, '# other\n');
  await expect(publish(file, [], '')).rejects.toThrow(/other\.md: the lines/);
  expect(await readFile(file, 'utf8')).toBe('# other\n');
});
