/** Issue 10: after an upgrade that changed the arithmetic, what was trained before stays readable and is told apart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runSweep } from '../../src/sweep.ts';
import { NUMERICS_VERSION } from '../../src/trial/identity.ts';
import { answer, command } from '../support/command.ts';
import { ToyExecutor } from '../support/toy-executor.ts';
import { toySurroundings } from '../support/toy-surroundings.ts';

const SPEC = `name: tiny
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { hidden: [8], latent_dim: 2, beta: [1, 2] }
seeds: 2
train: { epochs: 2, batch_size: 16 }
`;

let specFile: string;
let results: readonly ['--results', string];
beforeEach(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sweep-earlier-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  specFile = path.join(folder, 'spec.yaml');
  writeFileSync(specFile, SPEC);
  results = ['--results', path.join(folder, 'results')];
  await run();
  // What an earlier version left: other ids, which hash its number.
  const db = new Database(path.join(results[1], 'sweeps.db'));
  db.exec(`UPDATE trials SET numerics_version = ${NUMERICS_VERSION - 1}, trial_id = substr(trial_id, 2) || substr(trial_id, 1, 1),
    config_id = substr(config_id, 2) || substr(config_id, 1, 1)`);
  db.close();
});

async function run(): Promise<void> {
  const options = { specFile, overrides: [], resultsDir: results[1], device: 'cpu' };
  await runSweep(options, () => undefined, toySurroundings(new ToyExecutor()));
}

const flat = async (...args: readonly string[]): Promise<string> =>
  (await command(...args, ...results)).stdout.replaceAll(/\s+/g, ' ');

test('plan trains them anew and keeps them', async () => {
  expect(await flat('plan', specFile)).toMatch(
    / 4 to run .* 4 more, outside this plan, stay as they are \(computed by the arithmetic of an earlier version\) /,
  );
});

test('report and compare count them apart after the next run, and with --all show by which arithmetic a row is', async () => {
  await run();
  const others = '4 more trials, outside this plan (computed by the arithmetic of an earlier version)';
  expect(await flat('report', 'tiny')).toContain(others);
  expect(await flat('compare', 'tiny', 'beta=1', 'beta=2')).toContain(others);
  expect(await flat('report', 'tiny', '--all')).toMatch(/^tiny · 8\/8 trials completed .* # beta numerics_version /);
  const { best } = (await answer('report', 'tiny', '--all', ...results)) as { best: { config: object; n: number }[] };
  expect(best.map(({ config, n }) => ({ ...config, n }))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ beta: 1, numerics_version: NUMERICS_VERSION, n: 2 }),
      expect.objectContaining({ beta: 1, numerics_version: NUMERICS_VERSION - 1, n: 2 }),
    ]),
  );
});

test('compare --all pairs no trials of two versions, unless the versions are what is compared', async () => {
  await run();
  const pairs = async (...sides: string[]) =>
    (await flat('compare', 'tiny', ...sides, '--all')).match(/· (\d) pairs/)?.[1];
  expect(await pairs('beta=1', 'beta=2')).toBe('4');
  expect(await pairs(`numerics_version=${NUMERICS_VERSION}`, `numerics_version=${NUMERICS_VERSION - 1}`)).toBe('4');
});
