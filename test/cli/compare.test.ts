/** Settings as users write them, of any number and across sweeps. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { answer, command } from '../support/command.ts';
import { toyRun } from '../support/toy-run.ts';
import { temporaryFolder, writeSpec } from './support.ts';

const SPEC = `name: tiny
dataset: { name: sprites-mini, train: 64, validation: 64 }
parameters: { activation: [relu, tanh], beta: [1, 2, 4], hidden: [8], latent_dim: 2 }
seeds: 2
train: { epochs: 1, batch_size: 64 }
`;

it('compares any number of values, and sweeps that can be compared fairly', async () => {
  const folder = temporaryFolder();
  const resultsDir = path.join(folder, 'results');
  const results = ['--results', resultsDir];
  const specFile = writeSpec(folder, SPEC);
  const run = async (...overrides: string[]) =>
    expect(await toyRun({ specFile, overrides, resultsDir })).toMatchObject({ exitCode: 0 });
  await run();
  const compare = (...words: string[]) => command('compare', ...words, ...results);

  const all = (await answer('compare', 'beta', ...results)) as Record<string, unknown>;
  expect(all).toMatchObject({ schema: 'vae-sweep.compare-several/1', differs: ['beta'], planned_blocks: 4 });
  expect((all['settings'] as { label: string }[]).map(({ label }) => label)).toEqual(['beta=1', 'beta=2', 'beta=4']);
  expect((await compare('beta=1,2,4')).stdout).toBe((await compare('tiny', 'beta=1', 'beta=2', 'beta=4')).stdout);
  expect((await compare('beta', '--reference', 'beta=4')).stdout).toMatch(/^Beside beta=4: /);
  expect((await compare('relu', 'tanh')).stdout).toBe((await compare('activation=relu', 'activation=tanh')).stdout);
  expect((await compare('activation')).stdout).toBe((await compare('tiny', 'relu', 'tanh')).stdout);
  expect((await answer('compare', 'relu', 'tanh', ...results)) as object).toMatchObject({
    schema: 'vae-sweep.compare/1',
  });

  // `2` is a value of beta and of latent_dim, but with 4 it is beta's alone.
  expect((await compare('2', '4')).stdout).toContain('differs: beta');
  const messages: readonly [words: string[], message: string][] = [
    [['2', '2'], '2, 2 may be beta or latent_dim: write beta=2,2 or latent_dim=2,2.'],
    [['relu', '4'], 'No parameter of tiny has both relu and 4'],
    [['relux', 'tanh'], 'tiny has no parameter and no value relux: did you mean relu?'],
    [['latent'], 'did you mean latent_dim? What differs: activation=relu,tanh beta=1,2,4.'],
    [['latent_dim'], 'latent_dim is 2 in all trials of tiny, so there is nothing to compare.'],
    [['beta=1'], 'One setting has nothing beside it'],
    [['beta=1,2 activation=relu,tanh'], 'beta and activation have several values each'],
    [['beta', '--reference', '3'], '--reference 3 is none of the settings'],
  ];
  for (const [words, message] of messages) {
    const { code, stderr } = await compare(...words);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  }

  await run('name=wide', 'hidden=[16]');
  await run('name=other', 'dataset.validation=32', 'beta=1', 'seeds=1');
  const wide = await compare('tiny', 'wide');
  expect(wide.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'tiny, wide · 12 pairs, matched by activation, beta, seed · differs: hidden',
  );
  expect((await compare('wide:beta=1', 'tiny:beta=4')).stdout).toContain('differs: beta, hidden');
  const refused = await compare('tiny', 'other');
  expect(refused.stderr).toContain("can't be compared. An ELBO is of the images it was measured on");
  expect(refused.code).toBe(2);
  await run('name=copy', 'beta=1,2');
  expect((await compare('tiny', 'copy')).stderr).toContain("A trial can't be compared with itself");
});
