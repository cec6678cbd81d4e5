import { describe, expect, it } from 'vitest';
import { PARAMETER_NAMES } from '../../src/spec/parameters.ts';
import { nearest, suggest } from '../../src/spec/suggest.ts';

describe('nearest', () => {
  it.each([
    ['learing_rate', 'learning_rate'],
    ['Learning-Rate', 'learning_rate'],
    ['lr', 'learning_rate'],
    ['arch', 'architecture'],
    ['latent', 'latent_dim'],
    ['betas', 'beta'],
    ['hiden', 'hidden'],
    ['dropout', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%s → %s', (written, expected) => {
    expect(nearest(written, PARAMETER_NAMES)).toBe(expected);
  });
});

it('suggest lists the choices when none is near', () => {
  expect(suggest('mlpn', ['mlp', 'conv'])).toBe('did you mean `mlp`?');
  expect(suggest('transformer', ['mlp', 'conv'])).toBe('use one of mlp, conv');
});
