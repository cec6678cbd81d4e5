import { expect, it } from 'vitest';
import { runCli, temporaryFolder, writeSpec } from './support.ts';

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
