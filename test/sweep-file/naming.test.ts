import { describe, expect, it } from 'vitest';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { fromUserConfig, sweptParameters, toUserConfig } from '../../src/sweep-file/naming.ts';
import { specWith } from './spec-text.ts';

const [trial] = expandSpec(specWith('train: { clip_norm: 1 }'), 'data');
const { config } = trial!;

describe('user names', () => {
  it('spell out a configuration', () => {
    expect(toUserConfig(config)).toMatchObject({
      parameters: {
        architecture: 'mlp',
        hidden: [512],
        activation: 'relu',
        init: 'he',
        latent_dim: 10,
        beta: 1,
        learning_rate: 1e-3,
        likelihood: 'bernoulli',
      },
      train: { epochs: 10, batch_size: 128, clip_norm: 1 },
    });
  });

  it('give back the configuration they spell out, through JSON', () => {
    const stored = JSON.stringify(toUserConfig(config));
    expect(fromUserConfig(JSON.parse(stored) as Record<string, unknown>)).toEqual(config);
  });
});

describe('sweptParameters', () => {
  it.each([
    [
      'parameters: { latent_dim: [1, 2], architecture: mlp, beta: [1, 2], likelihood: [bernoulli] }',
      ['latent_dim', 'beta'],
    ],
    ['search: random\ntrials: 2\nparameters: { learning_rate: { min: 1e-4, max: 1e-3 } }', ['learning_rate']],
    ['when: [{ if: { architecture: mlp }, then: { beta: 2 } }]', ['beta']],
    ['when: [{ if: { architecture: mlp }, then: { beta: 1 } }]', []],
    ['parameters: { hidden: [[4], [8]] }', ['hidden']],
    ['parameters: { architecture: conv, hidden: [4] }', []],
    ['parameters: { beta: [1, 1], latent_dim: [1, 2] }\nzip: [[beta, latent_dim]]', ['latent_dim']],
  ])('%s', (rest, expected) => {
    expect(sweptParameters(specWith(rest))).toEqual(expected);
  });
});
