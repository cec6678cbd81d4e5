/** The command that the report names for more seeds: found, and doing what is said. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { summarize } from '../../../src/analysis/report/summarize.ts';
import { specCommands } from '../../../src/cli/flags/spec-commands.ts';
import { planSweep } from '../../../src/index.ts';
import { seedsWith, snapshotOf, sweepRecord } from '../../analysis/support.ts';
import { temporaryFolder, writeSpec } from '../support.ts';

const SPEC = `name: seeded
dataset: sprites-mini
parameters: { beta: [1, 2, 8] }
seeds: 2
`;
const beta = (value: number) => ({ parameters: { beta: value } });
const trials = (seeds: readonly number[]) =>
  [
    ...seedsWith([-40, -41, -40.4], beta(1)),
    ...seedsWith([-40.9, -41.2, -41.8], beta(2)),
    ...seedsWith([-90, -91, -90.5], beta(8)),
  ].map((trial) => ({ ...trial, seed: seeds[trial.seed]! }));
const flags = { results: 'results', data: undefined, device: 'auto', slots: undefined, json: false, quiet: false };

it.each([
  ['counted', [0, 1, 2]],
  ['listed', [0, 1, 30]],
])('keeps the seeds there are, which are %s, and adds the number that is said', async (_, seeds) => {
  const folder = temporaryFolder();
  const before = process.cwd();
  process.chdir(folder);
  try {
    writeSpec(folder, SPEC);
    const model = summarize(snapshotOf(trials(seeds)));
    const { needed, cost } = model.advice!;
    const record = sweepRecord({ name: 'seeded', specText: SPEC, overrides: ['seeds=3', 'train.epochs=10'] });
    const command = specCommands(model, record, flags).moreSeeds!;
    const [, file, ...overrides] = /^sweep run (\S+) (\S+) (\S+)$/.exec(command)!;
    expect([file, overrides[0]]).toEqual(['spec.yaml', 'train.epochs=10']);
    const { trials: planned } = await planSweep(path.join(folder, file!), { overrides });
    const plannedSeeds = new Set(planned.map(({ seed }) => seed));
    expect(plannedSeeds.size).toBe(needed);
    for (const seed of seeds) expect(plannedSeeds).toContain(seed);
    expect(planned.length - 9).toBe(cost!.trials);
    expect(specCommands(model, { ...record, specText: 'name: another\n' }, flags)).toEqual({});
  } finally {
    process.chdir(before);
  }
});
