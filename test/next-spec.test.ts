/** `sweep report --next`: the region worth refining, as a spec. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { reportOf } from '../src/answers/reports.ts';
import { SweepError } from '../src/errors.ts';
import { ResultsLayout } from '../src/files/paths.ts';
import type { Parameters } from '../src/model/parameter.ts';
import { nextSpec } from '../src/answers/next-spec.ts';
import { planTrials } from '../src/plan-sweep.ts';
import { openReadModel } from '../src/store/sqlite-read-model.ts';
import { outsideSpace } from '../src/sweep-file/expansion/outside-space.ts';
import { runSweep } from '../src/sweep.ts';
import { runCli } from './cli/support.ts';
import { recordSweep, type RecordedOptions } from './support/recorded-sweep.ts';
import { ToyExecutor } from './support/toy-executor.ts';
import { toySurroundings } from './support/toy-surroundings.ts';

const HEAD =
  'name: beta\ndataset: { name: sprites-mini, train: 64, validation: 32 }\ntrain: { epochs: 3, batch_size: 16 }\n';

function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-next-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function recorded(rest: string, options?: RecordedOptions): Promise<string> {
  const folder = temporaryFolder();
  await recordSweep(folder, HEAD + rest, options);
  return path.join(folder, 'results');
}

const next = (results: string) => runCli(['report', 'beta', '--next', '--results', results]);

async function plan(text: string, results: string): Promise<string> {
  const file = path.join(results, '..', 'next.yaml');
  writeFileSync(file, text);
  const { code, stdout, stderr } = await runCli(['plan', file, '--results', results, '--slots', '1']);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

// What is recorded has its best at β = 1 and at the largest learning rate; nothing else matters.
test('a grid: what matters is looked at closer, at an end beyond it, what does not is fixed at the best', async () => {
  const results = await recorded(
    'parameters: { architecture: [conv, mlp], hidden: [[8], [16]], beta: [0.5, 1, 2, 4], learning_rate: [1e-4, 1e-3, 1e-2] }\n' +
      'seeds: 3\nwhen: [{ if: { architecture: conv }, then: { channels: [[4], [8]] } }]\nexclude: [{ architecture: conv, beta: 4 }]\n',
  );
  const { code, stdout } = await next(results);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^# What to try after beta, by `sweep report beta --next`\.\n# Best of 42 configurations with a result: .*beta=1 /,
  );
  expect(stdout).toMatch(/^name: beta-2$/m);
  expect(stdout).toMatch(
    /^ {2}beta: \[ 0\.71, 1, 1\.4 \] # \d+ % .* of the variance: the best has 1: narrowed from 0\.5, 1, 2, 4$/m,
  );
  expect(stdout).toMatch(
    /^ {2}learning_rate: \[ (0\.001, )?0\.01, 0\.032, 0\.1 \] # .*: the best has 0\.01, at an end of 0\.0001, 0\.001, 0\.01: goes on beyond$/m,
  );
  expect(stdout).toMatch(/^ {2}architecture: (mlp|conv) # hardly matters, .*: the best one's$/m);
  expect(stdout).toMatch(/^seeds: 3\ntrain: { epochs: 3, batch_size: 16 }$/m);
  expect(stdout).not.toContain('learn_from');
  expect(await plan(stdout, results)).toMatch(/[1-9]\d* to take over from beta/);
});

test('a search that learns: the region starts from what it found', async () => {
  const results = await recorded(
    'parameters: { beta: { min: 0.1, max: 10, scale: log }, latent_dim: { min: 2, max: 16 } }\nsearch: tpe\ntrials: 24\nlookahead: 24\nuntil: { reached: -80 }\n',
  );
  const { stdout } = await next(results);
  expect(stdout).toContain("# Its seeds don't tell it from others: the region is around the best 3.\n");
  expect(stdout).toContain('# What `until` asked for was reached, so it is left out.\n');
  const [, min, max] = /^ {2}beta: { min: (\S+), max: (\S+), scale: log } # .*: narrowed from 0\.1 to 10$/m.exec(
    stdout,
  )!;
  expect([Number(min) > 0.1 && Number(min) < 1, Number(max) > 1 && Number(max) < 10]).toEqual([true, true]);
  expect(stdout).toMatch(/latent_dim: { min: 2, max: 16 } # hardly matters.*: as it was, to learn from all of it$/m);
  expect(stdout).toContain('learn_from: [ beta ]');
  expect(await plan(stdout, results)).toMatch(/starts from [3-9] configurations of beta/);
});

test('a search of a region that has fewer configurations than it asked for asks for these', async () => {
  const results = await recorded(
    'parameters: { beta: [0.5, 1, 2, 4], architecture: [conv, mlp], latent_dim: [2, 4, 8] }\nsearch: tpe\ntrials: 20\nlookahead: 20\nseeds: 2\n',
  );
  const { stdout } = await next(results);
  const [, trials] = /^trials: (\d+) # all that this region has$/m.exec(stdout) ?? [];
  // Nothing is warned of; of one more it would be.
  await plan(stdout, results);
  const more = stdout.replace(`trials: ${trials}`, `trials: ${Number(trials) + 1}`);
  const file = path.join(results, '..', 'more.yaml');
  writeFileSync(file, more);
  const { stderr } = await runCli(['plan', file, '--results', results, '--slots', '1']);
  expect(stderr).toContain(`is more than there are: ${trials} different configurations`);
});

test('where objectives are traded, it says that the region is by one metric alone', async () => {
  const results = await recorded(
    'parameters: { beta: [0.5, 1, 2, 4], learning_rate: [1e-4, 1e-3, 1e-2] }\nseeds: 3\nobjectives: [val/kl, val/elbo]\n',
  );
  expect((await next(results)).stdout).toMatch(
    /^# By val\/elbo alone: the Pareto set of val\/kl and val\/elbo may reach/m,
  );
});

test('after halving, what matters is told after the first rung, where all can be compared', async () => {
  const folder = temporaryFolder();
  const specText =
    HEAD.replace('epochs: 3', 'epochs: 4') +
    'parameters: { beta: [2, 4, 6, 8], latent_dim: [2, 4, 8] }\nprune: { method: halving, eta: 4 }\n';
  const options = {
    specFile: 'beta.yaml',
    specText,
    overrides: [],
    resultsDir: path.join(folder, 'results'),
    device: 'cpu',
  };
  await runSweep({ ...options, slots: 2 }, () => undefined, toySurroundings(new ToyExecutor({ devices: { cpu: 2 } })));
  const { stdout } = await next(options.resultsDir);
  const report = await runCli(['report', 'beta', '--results', options.resultsDir], { COLUMNS: '200' });
  // Nine of one epoch, three of four.
  expect(report.stdout).toMatch(
    /^ cost {5}12 trials, 21 epochs, .* of training, one trial after the other; pruning saved 27 epochs \(56 %\)\.$/m,
  );
  expect(report.stdout).toMatch(
    /^ mattered beta .*; hardly latent_dim .*\. That is after epoch 1 of 4, where what was pruned can be compared; at the end it may be otherwise\.$/m,
  );
  expect(report.stdout).toMatch(/^ next {5}beta extended to 1–2: sweep report beta --next .*> next\.yaml$/m);
  // Those that went on all have β = 2: among them it makes no difference, and of what is left nothing could be told.
  expect(stdout).toContain(
    '# 9 of 12 trials were pruned: what matters is told after epoch 1, where all can be compared, and may be otherwise at the end.\n',
  );
  expect(stdout).toMatch(
    /beta: \[ 1, 1\.4, 2 \] # 100 % of the variance: the best has 2, at an end of 2, 4, 6, 8: goes on beyond/,
  );
  // So early that nothing is fixed by it.
  expect(stdout).toMatch(
    /latent_dim: \[ 2, 4, 8 \] # hardly matters, 0 % of the variance: as it was, since it may matter more than after epoch 1$/m,
  );
  await plan(stdout, options.resultsDir);
});

test.each([
  [
    'parameters: { latent_dim: [2, 3, 4, 5] }\nseeds: 3\n',
    undefined,
    'none of what was varied (latent_dim) matters beyond chance',
  ],
  [
    'parameters: { architecture: [mlp, conv], beta: [1, 4] }\nseeds: 1\n',
    () => 'open' as const,
    'yet: no completed trial has val/elbo',
  ],
  ['parameters: { beta: 2 }\n', undefined, 'its configurations differ in nothing'],
  [
    'parameters: { beta: [2, 4] }\n',
    (_: unknown, place: number) => (place === 0 ? ('completed' as const) : ('failed' as const)),
    'one configuration alone has a result, and a region needs two',
  ],
])('of %j there is nothing to refine, and that is said', async (rest, fate, reason) => {
  const { code, stdout, stderr } = await next(await recorded(rest, fate && { fate }));
  expect([code, stdout]).toEqual([4, '']);
  expect(stderr).toContain(reason);
});

test('of some of the trials, what all of these have is no reason to look closer, and the command is told', async () => {
  const results = await recorded('parameters: { beta: [2, 4, 8], latent_dim: [2, 3] }\nseeds: 3\n');
  const of = (where: string) => runCli(['report', 'beta', '--next', '--where', where, '--results', results]);
  expect(await of('beta=4')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('none of what was varied (latent_dim) matters beyond chance') as string,
  });
  const { stdout } = await of('latent_dim=2');
  expect(stdout).toContain('by `sweep report beta --next --where latent_dim=2`.');
  expect(stdout).toContain('latent_dim: 2 # all that was looked at has it');
});

test('whatever the spec, the region has the best in it, and can be planned', async () => {
  const parameters = fc.record(
    {
      beta: fc.constantFrom(
        '[0.5, 1, 4]',
        '[2, 4]',
        '{ min: 0.5, max: 20, scale: log }',
        '{ min: 1, max: 9, step: 2 }',
      ),
      learning_rate: fc.constantFrom('[1e-4, 1e-3]', '{ min: 1e-4, max: 1e-2, scale: log }'),
      architecture: fc.constantFrom('[mlp, conv]', '[conv, mlp]'),
      latent_dim: fc.constantFrom('[2, 4, 8]', '{ min: 2, max: 9 }'),
    },
    { requiredKeys: ['beta', 'learning_rate'] },
  );
  const rules = fc.constantFrom(
    '',
    'when: [{ if: { beta: 4 }, then: { learning_rate: [5e-4, 5e-3] } }]\n',
    'exclude: [{ beta: 4, learning_rate: 1e-3 }]\n',
    'where: latent_dim * beta <= 30\n',
    'budget: { trials: 4 }\n',
  );
  const search = fc.constantFrom('search: random\ntrials: 12\n', 'search: auto\ntrials: 12\nlookahead: 12\n', '');
  const seeds = fc.constantFrom('seeds: 1\n', 'seeds: 2\n');
  await fc.assert(
    fc.asyncProperty(parameters, rules, search, seeds, async (domains, rule, how, some) => {
      const text = Object.entries(domains).map(([name, domain]) => `${name}: ${domain}`);
      const isGrid = how === '' && !text.some((one) => one.includes('min:'));
      const rest = `parameters: { ${text.join(', ')} }\n${rule}${isGrid ? '' : how || 'search: sobol\ntrials: 16\n'}${some}`;
      const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-next-'));
      try {
        await recordSweep(folder, HEAD + rest);
        const resultsDir = path.join(folder, 'results');
        const layout = new ResultsLayout(resultsDir);
        using model = openReadModel(layout);
        const [best] = reportOf({ model, layout }, 'beta').configurations;
        let specText: string;
        try {
          specText = nextSpec({ model, layout }, 'beta');
        } catch (error) {
          if (error instanceof SweepError && error.code === 'NOT_FOUND') return;
          throw error;
        }
        const { spec } = await planTrials({ specFile: 'next.yaml', specText, overrides: [], resultsDir });
        expect([outsideSpace(spec)(best!.params as Parameters), rest, specText]).toEqual([undefined, rest, specText]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 5 },
  );
});
