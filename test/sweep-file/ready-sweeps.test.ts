import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import type { TrialPlan } from '../../src/trial/trial.ts';

const folder = new URL('../../sweeps/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const expand = (file: string, ...overrides: string[]): TrialPlan[] =>
  expandSpec(readSpec(read(file), { file, overrides }).spec, 'data');

describe.each(files)('sweeps/%s', (file) => {
  it('starts with the schema for editors, then says in words what it is about', () => {
    expect(read(file)).toMatch(/^# yaml-language-server: \$schema=\.\.\/sweep\.schema\.json\n# \S/);
  });

  it('is valid, named like its file, and small enough to run on a laptop', () => {
    const { spec, warnings } = readSpec(read(file), { file });
    expect(warnings).toEqual([]);
    expect(`${spec.name}.yaml`).toBe(file);
    const trials = expandSpec(spec, 'data');
    expect(trials.length).toBeGreaterThan(0);
    expect(trials.length).toBeLessThanOrEqual(20);
  });
});

it('there is one for each common question and for each article', () => {
  expect(files).toEqual([
    'article-conv-32-64.yaml',
    'article-mlp-128-64.yaml',
    'article-mlp-256-128-64.yaml',
    'article-mlp-512-manifold.yaml',
    'article-mlp-deep-8.yaml',
    'beta.yaml',
    'conditional.yaml',
    'latent-dim.yaml',
    'learning-rate.yaml',
    'mlp-vs-conv.yaml',
    'reference-mlp.yaml',
    'smoke.yaml',
  ]);
});

it('beta.yaml sweeps five values of beta for both architectures with two seeds', () => {
  const trials = expand('beta.yaml');
  expect(trials).toHaveLength(20);
  expect(trials.slice(0, 10).map(({ config }) => config.parameters['beta'])).toEqual([
    0.5, 1, 2, 4, 8, 0.5, 1, 2, 4, 8,
  ]);
});

it('mlp-vs-conv.yaml can be run on a part of MNIST, by the command in its head', () => {
  const [, overrides] = /mlp-vs-conv\.yaml (dataset=mnist .*)/.exec(read('mlp-vs-conv.yaml'))!;
  const [trial] = expand('mlp-vs-conv.yaml', ...overrides!.split(' '));
  expect(trial?.config.dataset).toEqual({ name: 'mnist', train: 10000, validation: 2000, binarization: 'grey' });
});

it('reference-mlp.yaml trains one configuration on all images', () => {
  const trials = expand('reference-mlp.yaml');
  expect(new Set(trials.map(({ configId }) => configId)).size).toBe(1);
  expect(trials[0]?.config.dataset.validation).toBe(0);
});
