import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultsLayout } from '../../src/files/paths.ts';
import { openStore } from '../../src/store/sqlite-store.ts';
import { planSweep } from '../../src/plan-sweep.ts';
import { sweepPlan } from '../store/plans.ts';
import { answer, command } from '../support/command.ts';
import { toyRun } from '../support/toy-run.ts';
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

describe('plan: pruning and budgets', () => {
  const GRID = 'parameters: { beta: [6, 1, 3, 2, 8, 5, 4, 9, 7] }\ntrain: { epochs: 6 }\n';

  /** What `plan` says of the same results, after one run and with other lines. */
  async function planAfter(lines: string, after: string): Promise<{ text: string; json: object }> {
    const folder = temporaryFolder();
    const specFile = writeSpec(
      folder,
      `name: test\ndataset: { name: sprites-mini, train: 64, validation: 32 }\n${GRID}${lines}`,
    );
    const resultsDir = path.join(folder, 'results');
    await toyRun({ specFile, resultsDir, overrides: [] });
    const args = ['plan', specFile, '--results', resultsDir, '--device', 'cpu', ...(after === '' ? [] : [after])];
    const text = (await command(...args)).stdout.replaceAll(/\s+/g, ' ');
    return { text, json: (await answer(...args)) as object };
  }

  it.each([
    ['halving', 'halving: of 9 configurations 3 go on after epoch 1 and 1 after 3: 18 of 54 epochs a seed (33 %)'],
    [
      'hyperband',
      'hyperband: of 5 configurations 1 goes on after epoch 1 and 1 after 3; of 3 configurations 1 goes on after epoch 3; 1 to the end: 28 of 54 epochs a seed (52 %)',
    ],
    [
      'asha',
      'asha: of 9 configurations 3 go on after epoch 1 and 1 after 3, in cohorts of 8 with all before: about 18 of 54 epochs a seed (33 %)',
    ],
    [
      'median',
      'median: of 9 configurations 5 go on after epoch 1, 5 after 2 and 5 after 4, in cohorts of 8 with all before: about 34 of 54 epochs a seed (63 %)',
    ],
  ])('%s is told in figures', async (method, told) => {
    expect((await planOf(`${GRID}prune: { method: ${method} }`)).replaceAll(/\s+/g, ' ')).toContain(told);
  });

  it('what another way to prune, or none, would train on is to run', async () => {
    const lines = 'prune: { method: halving }\n';
    const same = await planAfter(lines, '');
    expect(same.text).toContain('9 already finished, 8 of them pruned 0 to run');
    const none = await planAfter(lines, 'prune=null');
    expect(none.json).toMatchObject({ trials: { finished: 1, to_run: 8 } });
    const other = await planAfter(lines, 'prune.eta=2');
    expect(other.json).toMatchObject({ trials: { finished: 1, to_run: 8 } });
  });

  it('more seeds for the best of what was pruned are all there is to train, and the budget has room for them', async () => {
    const lines = 'prune: { method: hyperband }\nseeds: { screen: 1, confirm: 3, top: 2 }\nbudget: { trials: 15 }\n';
    const { text, json } = await planAfter(lines, 'seeds.confirm=4');
    expect(text).toContain('9 configurations × 1 seed = 9 trials, and 2 × 3 more at the end');
    expect(text).toContain('13 already finished, 6 of them pruned');
    expect(text).toContain('ends at 15 trials, over all of its runs: 2 trials left');
    expect(json).toMatchObject({ trials: { to_run: 2, to_propose: 0 }, affordable: 2, budget_left: { trials: 2 } });
  });

  it('before the best are chosen, what would confirm them and has a result already is not to run', async () => {
    const { text, json } = await planAfter('seeds: 3\n', 'seeds={ screen: 1, confirm: 4, top: 2 }');
    expect(text).toContain('and 2 × 3 more at the end');
    expect(text).toContain(
      '9 already finished 4 or more of what is to confirm the best have a result already 2 to run',
    );
    expect(json).toMatchObject({ trials: { total: 15, finished: 13, to_run: 2 }, affordable: 2 });
    const all = await planAfter('seeds: 3\n', 'seeds={ screen: 1, confirm: 3, top: 2 }');
    expect(all.text).toContain('0 to run');
  });

  it('what a budget of epochs has room for is told in epochs where trials are pruned', async () => {
    const { text, json } = await planAfter('prune: { method: halving }\nbudget: { epochs: 14 }\n', 'budget.epochs=16');
    expect(text).toContain('the budget has room for 2 of about 6 epochs: the best of a rung go on first ');
    expect(text).not.toContain('of these within');
    expect(json).toMatchObject({ trials: { to_run: 2 }, affordable: 2 });
    const usedUp = await planAfter('prune: { method: halving }\nbudget: { epochs: 14 }\n', '');
    expect(usedUp.text).toContain('about 0 of these within what is left of the budget');
    expect(usedUp.text).toContain('the budget has room for 0 of about 6 epochs ');
    expect(usedUp.json).toMatchObject({ trials: { to_run: 2 }, affordable: 0 });
    const plain = await planAfter('budget: { epochs: 12 }\n', 'budget.epochs=18');
    expect(plain.text).toMatch(/ (?<!about )1 of these within what is left of the budget/);
  });

  it('fewer than were to be confirmed are left where the others were pruned, and it says so', async () => {
    const { text } = await planAfter('prune: { method: halving }\nseeds: { screen: 1, confirm: 3, top: 2 }\n', '');
    expect(text).toContain('and 1 × 2 more at the end');
    expect(text).toContain('ranked by these alone; only 1 could be chosen');
  });

  it('nothing begins once `until` has ended the sweep, and it says why', async () => {
    const { text } = await planAfter('until: { reached: -100000 }\n', '');
    expect(text).toContain('0 of these begin, since `until` has ended the sweep: a configuration has reached val/elbo');
    expect(text).not.toContain('disk');
  });

  it('a second run has what is left of the budget', async () => {
    const { text, json } = await planAfter('budget: { trials: 7, epochs: 200 }\n', 'budget.trials=8');
    expect(text).toContain(
      'ends at 8 trials, 200 epochs, whichever comes first, over all of its runs: 1 trial, 158 epochs left',
    );
    expect(text).toContain('2 to run');
    expect(text).toContain('1 of these within what is left of the budget');
    expect(json).toMatchObject({ affordable: 1, budget_left: { trials: 1, epochs: 158, hours: null } });
  });
});
