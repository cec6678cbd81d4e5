import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ResultsLayout } from '../../src/files/paths.ts';
import { command } from '../support/command.ts';
import { temporaryFolder, writeSpec } from './support.ts';

/** Trained once for all tests, which copy it; test/support/templates.ts makes the folder and removes it. */
async function template(): Promise<string> {
  const trained = path.join(process.env['SWEEP_TEST_TEMPLATES']!, 'trained-sweep');
  if (existsSync(trained)) return trained;
  const folder = `${trained}-${process.pid}`;
  mkdirSync(folder);
  const at = ['--device', 'cpu', '--slots', '1', '--results', path.join(folder, 'results')];
  const { code, stderr } = await command('run', writeSpec(folder), ...at);
  if (code !== 0) throw new Error(`the tiny sweep did not run: ${stderr}`);
  // Whole or not at all; where another process was first, this one's is left.
  if (!existsSync(trained)) renameSync(folder, trained);
  return trained;
}

/** A folder of the test's own with TINY_SPEC, and with its sweep as a first run left it. */
export async function trainedSweep(): Promise<{ folder: string; spec: string; layout: ResultsLayout }> {
  const folder = temporaryFolder();
  cpSync(await template(), folder, { recursive: true });
  return { folder, spec: path.join(folder, 'spec.yaml'), layout: new ResultsLayout(path.join(folder, 'results')) };
}
