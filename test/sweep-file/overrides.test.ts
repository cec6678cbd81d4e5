import { describe, expect, it } from 'vitest';
import type { SweepSpec } from '../../src/sweep-file/spec.ts';
import { errorIn, issuesIn, specWith, textWith } from './spec-text.ts';

const domain = (spec: SweepSpec, name: string): unknown =>
  spec.axes.find(({ parameter }) => parameter === name)?.domain;
const choices = (...values: unknown[]): unknown => ({ kind: 'choices', values });

describe('key=value', () => {
  it.each<[string, string, unknown]>([
    ['beta=4', 'beta', choices(4)],
    ['beta=1,2,4', 'beta', choices(1, 2, 4)],
    ['beta=[1, 2]', 'beta', choices(1, 2)],
    ['parameters.beta=1e-1', 'beta', choices(0.1)],
    ['latent_dim=2', 'latent_dim', choices(2)],
    ['hidden=400,200', 'hidden', choices([400, 200])],
    ['hidden=[[400], [200]]', 'hidden', choices([400], [200])],
    ['architecture=mlp,conv', 'architecture', choices('mlp', 'conv')],
  ])('%s sets a parameter', (override, name, expected) => {
    expect(domain(specWith('parameters: { beta: [8, 16] }', [override]), name)).toEqual(expected);
  });

  it.each<[string, Partial<SweepSpec>]>([
    ['name=foo', { name: 'foo' }],
    ['seeds=3', { seeds: [0, 1, 2] }],
    ['seeds=5,7', { seeds: [5, 7] }],
    ['evaluate_test=all', { evaluateTest: 'all' }],
    ['objective.metric=val/reconstruction', { objective: { metric: 'val/reconstruction', goal: 'minimize' } }],
  ])('%s sets a key of the spec', (override, expected) => {
    expect(specWith('', [override])).toMatchObject(expected);
  });

  it('epochs=3 is short for train.epochs=3, and leaves the rest of train', () => {
    expect(specWith('train: { batch_size: 64 }', ['epochs=3']).train).toEqual({
      epochs: 3,
      batchSize: 64,
      clipNorm: null,
    });
    expect(specWith('', ['train.epochs=3']).train.epochs).toBe(3);
    expect(specWith('train:', ['train.epochs=3']).train.epochs).toBe(3);
  });

  it.each<[string, string, Partial<SweepSpec>]>([
    ['budget: { trials: 3 }', 'budget=null', { budget: { trials: null, epochs: null, hours: null } }],
    ['budget: { trials: 3, hours: 2 }', 'budget.trials=~', { budget: { trials: null, epochs: null, hours: 2 } }],
    ['until: { patience: 3 }', 'until.patience=null', { until: null }],
    ['seeds: 4', 'seeds=null', { seeds: [0] }],
    ['', 'prune=null', { prune: null }],
  ])('of %j, %s leaves the key out', (text, override, expected) => {
    expect(specWith(text, [override])).toMatchObject(expected);
    expect(domain(specWith('parameters: { beta: [8, 16] }', ['beta=null']), 'beta')).toEqual(choices(1));
  });

  it('dataset=NAME keeps how much of the data the file asks for', () => {
    const text = 'name: a\ndataset: { name: sprites-mini, train: 100 }';
    expect(specWith('', ['dataset=mnist']).dataset).toMatchObject({ name: 'mnist', train: null });
    expect(issuesIn(text, ['dataset=mnist'])).toEqual([]);
    const spec = specWith('', ['dataset={ name: sprites-mini, train: 100 }', 'dataset=mnist']);
    expect(spec.dataset).toMatchObject({ name: 'mnist', train: 100 });
  });

  it("dataset=NAME leaves out how data of one's own are read, with their path", () => {
    const own = 'name: a\ndataset: { path: ./iris.csv, label: species, header: true, train: 100 }';
    expect(issuesIn(own, ['dataset=mnist'])).toEqual([]);
    expect(issuesIn(own, ['dataset=./other.csv'])).toEqual([]);
    expect(issuesIn(own, ['dataset=mnist', 'dataset.label=x'])).not.toEqual([]);
  });

  it('dataset.train=1000 works where the file names the data set alone', () => {
    expect(specWith('', ['dataset.train=1000']).dataset).toMatchObject({ name: 'sprites-mini', train: 1000 });
  });

  it('keeps the order of the parameters, and the last of two wins', () => {
    const spec = specWith('parameters: { beta: 1, latent_dim: 2 }', ['beta=3', 'beta=4']);
    expect(spec.axes.slice(0, 2)).toEqual([
      { parameter: 'beta', domain: choices(4) },
      { parameter: 'latent_dim', domain: choices(2) },
    ]);
  });

  it('can put right what is wrong in the file', () => {
    expect(issuesIn(textWith('parameters: { beta: high }'), ['beta=1'])).toEqual([]);
  });
});

describe('a wrong override', () => {
  it.each([
    ['beta=high', '`beta`: expected a number, got "high"'],
    ['beta=', '`beta`: expected a number, got nothing; leave the key out, or give it a value'],
    ['budget=', '`budget`: expected a mapping, got nothing; leave the key out, or give it a value'],
    ['dataset=null', 'no sweep is without `dataset`; leave this out, or give it a value'],
    ['beta', 'expected key=value; e.g. beta=4'],
    ['bta=1', 'unknown key `bta`; did you mean `beta`?'],
    ['train.epoch=1', 'unknown key `train.epoch`; did you mean `train.epochs`?'],
    [
      'train.optimizer=adam',
      'unknown key `train.optimizer`; every trial is trained by Adam; use one of epochs, batch_size, clip_norm',
    ],
    ['train.lr=1', 'unknown key `train.lr`; did you mean `learning_rate` in `parameters`?'],
    ['beta=1 4', 'several values are separated by commas; write beta=1,4'],
    ['architecture=mlp conv', 'several values are separated by commas; write architecture=mlp,conv'],
    ['seeds=1 2', 'several values are separated by commas; write seeds=1,2'],
    ['beta=choice(1,2,4)', '`beta`: values are written another way here; write [1, 2, 4]'],
    ['__proto__=1', 'unknown key `__proto__`; use one of name, dataset,'],
    ['beta=[1', 'Flow sequence'],
    ['beta=*a', '`*a` is an alias'],
    ['dataset=mnst', '`name`: expected one of'],
    ['dataset={ train: 5 }', 'dataset has no `name`'],
    ['dataset={ name: mnist, trian: 5 }', 'unknown key `trian` in dataset; did you mean `train`?'],
  ])('%s', (override, expected) => {
    const text = 'name: a\ndataset: { name: sprites-mini }';
    const [issue, ...others] = issuesIn(text, ['seeds=2', override]);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ file: `override 2 (${override})`, line: null, column: null });
    expect(errorIn(text, ['seeds=2', override])?.message).toContain(`override 2 (${override})  ${expected}`);
  });

  it('does not hide a mistake in the file, and comes after it', () => {
    const error = errorIn(textWith('seeds: x\ntrain: [1]'), ['beta=high', 'epochs=3']);
    expect(error?.issues.map(({ file, line }) => [file, line])).toEqual([
      ['test.yaml', 3],
      ['test.yaml', 4],
      ['override 1 (beta=high)', null],
    ]);
  });

  it('puts the blame on the file for a name that only got company', () => {
    const [issue] = issuesIn('name: a\ndataset: mnst', ['dataset.train=100']);
    expect(issue).toMatchObject({ file: 'test.yaml', line: 2, column: 10 });
  });
});
