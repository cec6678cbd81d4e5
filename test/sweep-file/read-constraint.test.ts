import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PARAMETER_NAMES } from '../../src/model/parameters.ts';
import { isMet, sideText } from '../../src/sweep-file/constraint.ts';
import { ConstraintError, readConstraint } from '../../src/sweep-file/read-constraint.ts';
import { issuesIn, summary, textWith } from './spec-text.ts';

const MLP = { architecture: 'mlp', hidden: [64, 128, 32], latent_dim: 32, beta: 4, learning_rate: 1e-3 };
const isTrue = (text: string): boolean => isMet(readConstraint(text), MLP);

describe('a comparison', () => {
  it.each([
    ['latent_dim <= last(hidden)', true],
    ['latent_dim<last(hidden)', false],
    ['latent_dim >= last(hidden)', true],
    ['latent_dim > last(hidden)', false],
    ['latent_dim = last(hidden)', true],
    ['latent_dim == last(hidden)', true],
    ['latent_dim != last(hidden)', false],
    ['first(hidden) = 64', true],
    ['max(hidden) = 128', true],
    ['min ( hidden ) = 32', true],
    ['length(hidden) = 3', true],
    ['2 * first(hidden) = max(hidden)', true],
    ['latent_dim * beta <= 127', false],
    ['latent_dim * beta <= 128', true],
    ['learning_rate * .5 * 2e3 = 1.0', true],
  ])('%s: %s', (text, expected) => expect(isTrue(text)).toBe(expected));

  it('asks nothing of a configuration without the parameter', () => {
    expect(isTrue('latent_dim > last(channels)')).toBe(true);
    expect(isTrue('latent_dim <= last(channels)')).toBe(true);
  });

  it('is told as it reads', () => {
    const { left, right } = readConstraint(' 3 * last(hidden) * 2>=beta');
    expect([sideText(left), sideText(right)]).toEqual(['6 * last(hidden)', 'beta']);
    expect(readConstraint('beta <= 4').right).toEqual({ factor: 4, terms: [] });
  });

  it('is read whole or refused, and never fails otherwise', () => {
    const piece = fc.constantFrom(
      ...[
        ...PARAMETER_NAMES,
        'first',
        'last',
        '(',
        ')',
        '*',
        '<',
        '<=',
        '=',
        '!=',
        '!',
        '3',
        '1e-3',
        '1e999',
        '.',
        '+',
        ' ',
      ],
    );
    const texts = fc.oneof(
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(' ')),
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(readConstraint(text).text).toBe(text.trim());
        } catch (error) {
          expect(error).toBeInstanceOf(ConstraintError);
          expect((error as ConstraintError).hint).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('mistakes in `where` are located', () => {
  const EXAMPLE = 'a comparison reads like latent_dim <= last(hidden)';
  it.each([
    ['latnt_dim <= 3', 'unknown_key 3:8 no parameter is called `latnt_dim`; did you mean `latent_dim`?'],
    ['z_dim <= 3', 'unknown_key 3:8 no parameter is called `z_dim`; did you mean `latent_dim`?'],
    ['lst(hidden) <= 3', 'unknown_key 3:8 there is no `lst(…)`; did you mean `last`?'],
    ['last(hiden) <= 3', 'unknown_key 3:8 no parameter is called `hiden`; did you mean `hidden`?'],
    [
      'latent_dim <= hidden',
      'wrong_type 3:8 `hidden` is a list of widths; compare first(hidden), last(hidden), min(hidden), max(hidden), length(hidden)',
    ],
    ['"hidden[-1] > 4"', "syntax 3:8 can't be read from `[-1] > 4` on; write last(hidden)"],
    ['last(beta) <= 3', 'wrong_type 3:8 `last(…)` takes a list of widths, and `beta` is a number; write beta'],
    [
      'architecture = mlp',
      'wrong_type 3:8 `architecture` is a word, and only numbers are compared; leave out some of its values by `exclude`',
    ],
    [
      '1 <= beta <= 4',
      'syntax 3:8 compares more than two sides; write each comparison of two sides as an item of its own',
    ],
    [
      'beta >= 1 and beta <= 4',
      "syntax 3:8 can't be read from `and` on; write each comparison as an item of its own; all of them must hold",
    ],
    [
      'beta + 1 <= 4',
      "syntax 3:8 can't be read from `+ 1 <= 4` on; a side is a product: numbers and parameters with * between",
    ],
    ['beta', `syntax 3:8 the comparison breaks off; ${EXAMPLE}`],
    ['beta <=', `syntax 3:8 the comparison breaks off; ${EXAMPLE}`],
    ['beta beta', `syntax 3:8 can't be read from \`beta\` on; ${EXAMPLE}`],
    ['""', `syntax 3:8 the comparison breaks off; ${EXAMPLE}`],
    ['3 < 4', `syntax 3:8 compares no parameter; ${EXAMPLE}`],
    ['beta < 1e999', `out_of_range 3:8 no number is as large; ${EXAMPLE}`],
    ['4', 'wrong_type 3:8 `where`: expected a word, got 4; e.g. latent_dim <= last(hidden)'],
    ['[{ latent_dim: 4 }]', 'wrong_type 3:9 `where`: expected a word, got a mapping; e.g. latent_dim <= last(hidden)'],
    ['[beta < 4, latnt_dim < 3]', 'unknown_key 3:19 no parameter is called `latnt_dim`; did you mean `latent_dim`?'],
  ])('%s', (where, expected) => {
    expect(summary(issuesIn(textWith(`where: ${where}`)))).toEqual([expected]);
  });

  it('each of them, and in an override', () => {
    expect(issuesIn(textWith('where:\n  - betta < 3\n  - latent_dim < 4\n  - beta <')).map(({ line }) => line)).toEqual(
      [4, 6],
    );
    expect(summary(issuesIn(textWith(''), ['where=betta < 3']))).toEqual([
      'unknown_key -:- no parameter is called `betta`; did you mean `beta`?',
    ]);
  });
});
