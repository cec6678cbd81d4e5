import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { removeFiles } from '../../src/files/own-files.ts';
import { temporaryFolder } from '../cli/support.ts';

test('a folder goes with its files; what is not of them, or the system keeps, stays and is told', () => {
  const [emptied, shared, refused] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  for (const folder of [emptied, shared]) writeFileSync(path.join(folder, 'sweep.log'), '');
  writeFileSync(path.join(shared, 'notes.txt'), '');
  expect(removeFiles([path.join(emptied, 'sweep.log')], emptied)).toBe(true);
  expect(removeFiles([path.join(shared, 'sweep.log')], shared)).toBe(false);
  expect(removeFiles(['/proc/version'], refused)).toBe(false);
  expect([emptied, shared, refused].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});
