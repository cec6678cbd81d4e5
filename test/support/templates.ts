/** A folder for what tests compute once for all files; vitest.config.ts names this module. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export default function templates(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-templates-'));
  // Inherited by the processes that run the tests.
  process.env['SWEEP_TEST_TEMPLATES'] = folder;
  return () => rmSync(folder, { recursive: true });
}
