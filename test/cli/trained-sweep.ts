import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { command } from '../support/command.ts';
import { temporaryFolder, writeSpec } from './support.ts';

/** Trained once for all tests of a file, in a folder that they copy. */
let template: string | undefined;
afterAll(() => {
  if (template !== undefined) rmSync(template, { recursive: true });
  template = undefined;
});

/** A folder of the test's own with TINY_SPEC, and with its sweep as a first run left it. */
export async function trainedSweep(): Promise<{ folder: string; spec: string; layout: ResultsLayout }> {
  if (template === undefined) {
    const folder = mkdtempSync(path.join(tmpdir(), 'sweep-trained-'));
    template = folder;
    const args = [
      'run',
      writeSpec(folder),
      '--device',
      'cpu',
      '--slots',
      '1',
      '--results',
      path.join(folder, 'results'),
    ];
    const { code, stderr } = await command(...args);
    if (code !== 0) throw new Error(`the tiny sweep did not run: ${stderr}`);
  }
  const folder = temporaryFolder();
  cpSync(template, folder, { recursive: true });
  return { folder, spec: path.join(folder, 'spec.yaml'), layout: new ResultsLayout(path.join(folder, 'results')) };
}
