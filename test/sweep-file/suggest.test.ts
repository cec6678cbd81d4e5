import { describe, expect, it } from 'vitest';
import { PARAMETER_NAMES } from '../../src/model/parameters.ts';
import { nearest, suggest } from '../../src/sweep-file/suggest.ts';

describe('nearest', () => {
  it.each([
    ['learing_rate', 'learning_rate'],
    ['Learning-Rate', 'learning_rate'],
    ['lr', 'learning_rate'],
    ['arch', 'architecture'],
    ['latent', 'latent_dim'],
    ['betas', 'beta'],
    ['hiden', 'hidden'],
    ['hidden_sizes', 'hidden'],
    ['z_dim', 'latent_dim'],
    ['dropout', undefined],
    // Other words that are close to one of ours, or begin with it.
    ['beta_vae', undefined],
    ['beta_momentum', undefined],
    ['beta1', undefined],
    ['theta', undefined],
    ['train.optimizer', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s → %s', (written, expected) => {
    expect(nearest(written, PARAMETER_NAMES)).toBe(expected);
  });
});

it.each([
  ['gelu', ['relu', 'leaky_relu', 'elu', 'tanh'], undefined],
  ['LeakyReLU', ['relu', 'leaky_relu', 'elu', 'tanh'], 'leaky_relu'],
  ['vae', ['mlp', 'conv'], undefined],
  ['adam', ['epochs', 'batch_size', 'clip_norm'], undefined],
  ['gaussian', ['bernoulli'], undefined],
  ['val/loss', ['val/elbo', 'val/kl'], undefined],
  ['elbo', ['val/elbo', 'val/kl'], 'val/elbo'],
])('nearest to %s among %j: %s', (written, candidates, expected) => {
  expect(nearest(written, candidates)).toBe(expected);
});

it('suggest lists the choices when none is near', () => {
  expect(suggest('mlpn', ['mlp', 'conv'])).toBe('did you mean `mlp`?');
  expect(suggest('transformer', ['mlp', 'conv'])).toBe('use one of mlp, conv');
});
