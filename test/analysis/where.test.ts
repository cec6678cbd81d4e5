/** The language of `--where`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeFilter, matchesFilter, parseFilter } from '../../src/analysis/filter.ts';
import { seedsWith, snapshotOf, trialRecord } from './support.ts';

const BETAS = [0.5, 1, 2, 4, 8];
const snapshot = snapshotOf([
  ...BETAS.flatMap((beta) => seedsWith([-80 - beta, -90 - beta], { parameters: { beta } })),
  trialRecord({ parameters: { architecture: 'conv', beta: 1 }, state: 'failed', seed: 7, id: '123e45f0aa' }),
]);
const { trials } = snapshot;
const conv = trials.length - 1;
const chosen = (where: string | readonly string[]): number[] => {
  const filter = parseFilter(where, snapshot);
  return trials.flatMap((trial, index) => (matchesFilter(filter, trial) ? [index] : []));
};
const betasOf = (where: string | readonly string[]): unknown[] => [
  ...new Set(chosen(where).map((index) => trials[index]!.params['beta'])),
];

describe('betas that are let through by', () => {
  test.each<[string | readonly string[], number[]]>([
    ['beta=1,4', [1, 4]],
    ['beta=1..4', [1, 2, 4]],
    ['beta=2..', [2, 4, 8]],
    ['beta=..2', [0.5, 1, 2]],
    ['beta=..1,4..', [0.5, 1, 4, 8]],
    ['beta=0.5,4..8', [0.5, 4, 8]],
    ['beta!=1', [0.5, 2, 4, 8]],
    ['beta!=1..4', [0.5, 8]],
    ['beta!=1,2', [0.5, 4, 8]],
    ['beta>2', [4, 8]],
    ['beta>=2', [2, 4, 8]],
    ['beta<2', [0.5, 1]],
    ['beta<=2', [0.5, 1, 2]],
    ['beta==2', [2]],
    ['beta > 1 and beta < 8', [2, 4]],
    ['beta = 2', [2]],
    [
      ['beta=1..', 'beta=..4'],
      [1, 2, 4],
    ],
    [['beta>1', 'beta!=4 beta<8'], [2]],
    ['beta=5e-1..1e0', [0.5, 1]],
    ['elbo=-85..', [0.5, 1, 2, 4]],
    ['val/elbo>-81', [0.5]],
  ])('%j', (where, betas) => {
    expect(betasOf(where)).toEqual(betas);
  });
});

test('tags: any of those asked for, and none of what is left out; a tag may look like a number', () => {
  const tagged = snapshotOf(
    [['paper', '1e2'], ['draft'], []].map((tags, seed) => trialRecord({ seed, tags, metrics: { 'val/elbo': -80 } })),
  );
  const seeds = (where: string): number[] => {
    const filter = parseFilter(where, tagged);
    return tagged.trials.filter((trial) => matchesFilter(filter, trial)).map(({ seed }) => seed);
  };
  expect(seeds('tag=paper')).toEqual([0]);
  expect(seeds('tag=1e2')).toEqual([0]);
  expect(seeds('tag=draft,paper')).toEqual([0, 1]);
  expect(seeds('tag!=paper')).toEqual([1, 2]);
  expect(seeds('tag!=nowhere')).toEqual([0, 1, 2]);
  expect(() => seeds('tag=papers')).toThrow('Values of tag here: paper, 1e2, draft');
});

describe('trials that are let through by', () => {
  test.each<[string, number[]]>([
    ['seed=7', [conv]],
    ['state=failed', [conv]],
    ['state!=completed', [conv]],
    // An id that YAML takes for a number.
    ['trial=123e45', [conv]],
    ['trial=123e45,ffff0000 beta=1', []],
    ['hidden=[512] seed=0 beta=8', [8]],
    // What lacks a parameter doesn't have that value of it.
    ['hidden!=[512]', [conv]],
  ])('%s', (where, expected) => {
    if (expected.length === 0) expect(() => chosen(where)).toThrow('ffff0000');
    else expect(chosen(where)).toEqual(expected);
  });
});

describe('refused', () => {
  test.each([
    ['beta', 'USAGE', "quote it ('beta>2'), or write beta=2.."],
    ['beta>', 'USAGE', 'beta=2..'],
    ['beta>x', 'USAGE', '> takes a number'],
    ['beta=4..1', 'USAGE', 'write beta=1..4'],
    ['beta=9..', 'NOT_FOUND', 'Values of beta here: 0.5, 1, 2, 4, 8'],
    ['beta!=3', 'NOT_FOUND', 'Values of beta here: 0.5, 1, 2, 4, 8'],
    ['architecture=1..4', 'NOT_FOUND', 'Values of architecture here: mlp, conv'],
    ['state=fail', 'USAGE', 'did you mean failed?'],
    ['state=running', 'NOT_FOUND', 'Values of state here: completed, failed'],
    ['seed=3', 'NOT_FOUND', 'Values of seed here: 0, 1, 7'],
    ['elbo=0..', 'NOT_FOUND', 'Values of val/elbo here:'],
    ['test/elbo=-90..', 'NOT_FOUND', 'Measured here: val/elbo'],
    ['betta=1', 'USAGE', 'did you mean beta?'],
    ['sead=1', 'USAGE', 'did you mean seed?'],
    ['architecture=conv beta=2..', 'NOT_FOUND', 'architecture=conv alone has 1 trial'],
    ['state=completed state=failed', 'NOT_FOUND', 'together'],
  ])('%s: %s, %s', (where, code, message) => {
    expect(() => chosen(where)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});

const number = fc.oneof(fc.constantFrom(...BETAS), fc.double({ min: 0, max: 10, noNaN: true }));
const condition = fc.oneof(
  fc.subarray(BETAS, { minLength: 1 }).map((values) => `beta=${values.join(',')}`),
  fc.tuple(number, number).map(([a, b]) => `beta=${Math.min(a, b)}..${Math.max(a, b)}`),
  fc.tuple(fc.constantFrom('>', '>=', '<', '<='), number).map(([operator, end]) => `beta${operator}${end}`),
);
const maybe = (where: string | readonly string[]): number[] => {
  try {
    return chosen(where);
  } catch (error) {
    expect(error).toMatchObject({ code: 'NOT_FOUND' });
    return [];
  }
};

describe('whatever is asked for,', () => {
  test('a range is what its two ends are together, and what > and < say', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(maybe(`beta=${low}..${high}`)).toEqual(maybe([`beta=${low}..`, `beta<=${high}`]));
        const expected = BETAS.filter((beta) => beta > low && beta <= high);
        expect([...new Set(maybe(`beta>${low} beta=..${high}`).map((index) => trials[index]!.params['beta']))]).toEqual(
          expected,
        );
      }),
    );
  });

  test('what = lets through, != keeps out, and the other way round', () => {
    fc.assert(
      fc.property(fc.subarray(BETAS, { minLength: 1, maxLength: 4 }), (values) => {
        const [has, lacks] = [`beta=${values.join(',')}`, `beta!=${values.join(',')}`].map(chosen);
        expect([...has!, ...lacks!].sort((a, b) => a - b)).toEqual(trials.map((_, index) => index));
      }),
    );
  });

  test('conditions hold together in any order, in one text or several', () => {
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 3 }), (conditions) => {
        const each = conditions.map(maybe);
        const all = each.reduce((a, b) => a.filter((index) => b.includes(index)));
        expect(maybe(conditions)).toEqual(all);
        expect(maybe(conditions.toReversed().join(' '))).toEqual(all);
      }),
    );
  });

  test('a filter is written as it would be typed', () => {
    fc.assert(
      fc.property(condition, (where) => {
        if (maybe(where).length === 0) return;
        const text = describeFilter(parseFilter(where, snapshot));
        expect(chosen(text)).toEqual(chosen(where));
        expect(describeFilter(parseFilter(text, snapshot))).toBe(text);
      }),
    );
  });

  test('any text is read, or refused as an error of the user', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFilter(text, snapshot);
        } catch (error) {
          expect(error).toMatchObject({ name: 'SweepError' });
        }
      }),
    );
  });
});
