import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import { sweepPlan } from '../store/plans.ts';
import { answer, command } from '../support/command.ts';
import { runCli, temporaryFolder, TINY_SPEC, writeSpec } from './support.ts';

async function planOf(rest: string, ...args: string[]): Promise<string> {
  const folder = temporaryFolder();
  const spec = writeSpec(folder, `name: test\ndataset: sprites-mini\n${rest}\n`);
  const { stdout, code } = await runCli(['plan', spec, '--results', `${folder}/results`, ...args]);
  expect(code).toBe(0);
  return stdout;
}

it('plan: how many values there are can not be taken for one of them', async () => {
  const plan = await planOf('parameters: { beta: [1, 4, 16] }\nseeds: [7]');
  expect(plan).toMatch(/^ {2}beta +1 {2}4 {2}16 {3}\(3 values\)$/m);
  expect(plan).toMatch(/^ {2}seed +7 {3}\(1 seed\)$/m);
});

it('plan: draws are in order, many of them by their ends, choices as the file has them', async () => {
  const plan = await planOf(`search: random
trials: 20
parameters:
  learning_rate: { min: 1e-4, max: 1, scale: log }
  latent_dim: { min: 2, max: 4 }
  activation: [tanh, relu]
  hidden: [[64], [32]]`);
  const [, low, high] = /^ {2}learning_rate +([\d.]+) … ([\d.]+) {3}\(20 values drawn\)$/m.exec(plan)!;
  expect(Number(low)).toBeGreaterThanOrEqual(1e-4);
  expect(Number(high)).toBeGreaterThan(Number(low));
  expect(plan).toMatch(/^ {2}latent_dim +2 {2}3 {2}4 {3}\(3 values drawn\)$/m);
  expect(plan).toMatch(/^ {2}activation +tanh {2}relu {3}\(2 values\)$/m);
  expect(plan).toMatch(/^ {2}hidden +\[64\] {2}\[32\] {3}\(2 values\)$/m);
});

it('plan: the time has what it takes to start, even for a sweep of next to nothing', async () => {
  const rest = 'parameters: { hidden: [1] }\ntrain: { epochs: 1 }';
  const args = ['dataset.train=1', 'dataset.validation=1', '--json'];
  const { seconds } = JSON.parse(await planOf(rest, ...args)) as { seconds: { low: number; high: number } };
  expect(seconds.low).toBeGreaterThan(1);
  expect(seconds.high).toBeGreaterThan(2);
});

it('plan: tells of trials that another sweep trains right now', async () => {
  const folder = temporaryFolder();
  const specFile = path.join(folder, 'spec.yaml');
  writeFileSync(specFile, TINY_SPEC);
  const layout = new ResultsLayout(path.join(folder, 'results'));
  const { trials } = await planSweep({ specFile, overrides: [] });
  // Its lock is held by this process, as by a coordinator that lives.
  using other = openStore(layout, 'other');
  other.savePlan({ ...sweepPlan([...trials]), name: 'other' }, new Date());
  other.claim(trials[0]!.id, new Date());
  const args = ['plan', specFile, '--results', layout.root];
  expect((await command(...args)).stdout.replaceAll(/\s+/g, ' ')).toContain(
    ' 1 of these is trained by other right now: a run waits for it, and takes it over once complete ',
  );
  expect(await answer(...args)).toMatchObject({ trained_elsewhere: 1, trials: { to_run: trials.length } });
});

it('plan: configurations to try first are counted, and their values come after those of the search', async () => {
  const plan = await planOf('parameters: { beta: [1, 4] }\ntry: [{ beta: 16 }]\nseeds: 2');
  expect(plan).toContain('3 configurations (1 of them to try first) × 2 seeds = 6 trials');
  expect(plan).toMatch(/^ {2}beta +1 {2}4 {2}16 {3}\(3 values\)$/m);
});

it('plan: a Sobol search is told as a random one is', async () => {
  const plan = await planOf('search: sobol\ntrials: 16\nparameters: { beta: { min: 1, max: 4 } }');
  expect(plan).toMatch(/^ {2}beta +[\d.]+ … [\d.]+ {3}\(16 values drawn\)$/m);
  expect(plan).toContain('16 configurations × 1 seed = 16 trials');
});

it('plan: which agents the trials would go to', async () => {
  const rule = 'when: [{ if: { architecture: conv }, then: { class: gpu } }]';
  const plan = await planOf(`parameters: { architecture: [mlp, conv], beta: [1, 4] }\n${rule}`);
  expect(plan).toMatch(/^ {2}with --redis 2 on agents of class gpu$/m);
});
