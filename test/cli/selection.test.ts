/** Which trials an answer is of, and that those chosen by how they did are no fair sample. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordSweep } from '../support/recorded-sweep.ts';
import { runCli } from './support.ts';

const SPEC = `name: chosen
dataset: { name: sprites-mini, train: 64, validation: 32 }
parameters: { architecture: [mlp, conv], beta: [1, 2, 4] }
seeds: 2
train: { epochs: 4 }
`;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sweep-selection-'));
  await recordSweep(folder, SPEC);
});
afterAll(() => rmSync(folder, { recursive: true }));

const ANSWERS = [['report'], ['compare', 'mlp', 'conv'], ['compare', 'beta'], ['effects']];
const ask = (...args: string[]) => runCli([...args, '--results', path.join(folder, 'results')], { COLUMNS: '400' });

it.each(ANSWERS)('%s %s', async (...args) => {
  const byResult = await ask(...args, '--where', 'elbo=-70..');
  expect(byResult.code).toBe(0);
  expect(byResult.stdout).toContain('chosen where val/elbo=-70.. · ');
  expect(byResult.stdout).toContain('trials were chosen by val/elbo, which training decides');

  const bySetting = await ask(...args, '--where', 'seed=0,1');
  expect(bySetting.stdout).toContain('chosen where seed=0,1 · ');
  expect(bySetting.stdout).not.toContain('training decides');
});

it.each(ANSWERS.slice(0, 3))('%s %s --json', async (...args) => {
  const { stdout } = await ask(...args, '--json', '--where', 'beta=1..4');
  expect(JSON.parse(stdout)).toMatchObject({ where: 'beta=1..4' });
  expect(JSON.parse((await ask(...args, '--json')).stdout)).toMatchObject({ where: null });
});
