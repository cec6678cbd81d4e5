/** A setting that is empty is not set. As a path it would mean the current folder, whatever happens to lie there. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { BIN, temporaryFolder, writeSpec } from './support.ts';

function sweepIn(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const base = { PATH: process.env['PATH'], HOME: cwd };
  return runProgram(process.execPath, [BIN, ...args], { cwd, env: { ...base, ...env } });
}

it.each<[string, string[], NodeJS.ProcessEnv]>([
  ['SWEEP_DATA=""', [], { SWEEP_DATA: '' }],
  ['--data ""', ['--data', ''], {}],
])('%s does not look for data in the current folder', (_, args, env) => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'mnist'));
  for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte'])
    writeFileSync(path.join(folder, 'mnist', name), 'not MNIST');
  const unset = sweepIn(folder, ['data', '--json']);
  expect(unset.status).toBe(0);
  expect(sweepIn(folder, ['data', '--json', ...args], env).stdout).toBe(unset.stdout);
});

it.each<[string, string[], NodeJS.ProcessEnv]>([
  ['SWEEP_RESULTS=""', [], { SWEEP_RESULTS: '' }],
  ['--results ""', ['--results', ''], {}],
])('%s puts the results where they go by default', (_, args, env) => {
  const folder = temporaryFolder();
  expect(sweepIn(folder, ['run', writeSpec(folder), '--quiet', '--slots', '1', ...args], env).status).toBe(0);
  expect(existsSync(path.join(folder, 'results', 'sweeps.db'))).toBe(true);
  expect(existsSync(path.join(folder, 'sweeps.db'))).toBe(false);
});
