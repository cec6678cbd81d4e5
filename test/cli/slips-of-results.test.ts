/** What a newcomer types at results: each gets the line to write instead. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordSweep } from '../support/recorded-sweep.ts';
import { runCli } from './support.ts';

const SPEC = `name: beta
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { architecture: [mlp, conv], beta: [1, 4] }
seeds: 2
train: { epochs: 4 }
`;

let folder: string;
const before = process.cwd();
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-slips-'));
  process.chdir(folder);
  await recordSweep(folder, SPEC);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

it.each([
  [['report', 'beta.yaml'], 4, 'No sweep called `beta.yaml`. Did you mean `beta`? Sweeps here: beta.'],
  [['report', 'sweeps/beta.yaml'], 4, 'No sweep called `sweeps/beta.yaml`. Did you mean `beta`?'],
  [['report', 'Beta'], 4, 'Did you mean `beta`?'],
  [['report', 'latest'], 4, 'Without a name it is the newest.'],
  [['report', 'csv'], 4, 'Forms are chosen by --format.'],
  [['report', '--by', 'accuracy'], 4, 'No completed trial has the metric accuracy. Metrics here: train/elbo,'],
  [['report', '--where', 'beta'], 2, "quote it ('beta>2'), or write beta=2.."],
  [
    ['report', '-o', 'figures/beta.tex'],
    2,
    "Can't write figures/beta.tex: there is no folder figures. Make it first: mkdir -p figures",
  ],
  [['report', '--format', 'pdf'], 2, 'give one of "table", "md"'],
  [['show', 'last'], 4, 'Without a name it is the newest.'],
  [
    ['report', '-o', 'beta.pdf'],
    2,
    'Nothing here is written as .pdf: -o takes .md, .csv, .json, .html, .tex, and `sweep plot`',
  ],
  [['report', 'beta=1'], 4, 'Trials are chosen by --where.'],
  [['effects', 'lr'], 4, 'did you mean learning_rate?'],
  [['plot', 'beta', 'plane'], 2, 'The panel comes first: sweep plot plane beta'],
  [['reproduce', 'best'], 4, '`sweep show best` shows a trial of #1 of the report.'],
  [['show', 'bst'], 4, 'Did you mean `best`?'],
  [['show', '1000000'], 4, 'Ids are in `sweep show` and `sweep export`.'],
  [
    ['compare', 'mlp'],
    2,
    'mlp is one value of architecture, with nothing beside it: give another. What differs: architecture=mlp,conv beta=1,4.',
  ],
  [['compare', 'mlp', 'vs', 'conv'], 2, 'beta has no parameter and no value vs.'],
  [['effects', 'beta', 'lr'], 2, 'did you mean learning_rate?'],
  [['gallery', 'beta', '--panel', 'sample'], 2, 'samples'],
])('%j: exit %i, and %s', async (args, exitCode, says) => {
  const { code, stdout, stderr } = await runCli(args, { COLUMNS: '300' });
  expect(stderr).toContain(says);
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
});
