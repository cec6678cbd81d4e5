import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandSpec } from '../../../src/sweep-file/expansion/expand.ts';
import { readSpec } from '../../../src/sweep-file/parse.ts';
import { sobolCoordinate } from '../../../src/search/sobol-sequence.ts';
import { specWith, textWith } from '../spec-text.ts';

const SPACE = `
search: sobol
trials: 32
parameters:
  architecture: [mlp, conv]
  learning_rate: { min: 1e-5, max: 1e-2, scale: log }
  latent_dim: { min: 1, max: 16 }
  beta: { min: 0, max: 4 }
`;
const draw = (rest: string, ...overrides: string[]) =>
  expandSpec(specWith(rest, overrides), 'data').map(({ config }) => config.parameters);

describe('Sobol search', () => {
  it('starts with the same configurations when asked for fewer', () => {
    expect(draw(SPACE, 'trials=8')).toEqual(draw(SPACE).slice(0, 8));
  });

  it('draws the same again, and others with another search seed', () => {
    expect(draw(SPACE)).toEqual(draw(SPACE));
    expect(draw(SPACE, 'search_seed=1')).not.toEqual(draw(SPACE));
  });

  it.each([0, 1, 12345])('is even in each parameter at a power of two, with search seed %i', (seed) => {
    const drawn = draw(SPACE, `search_seed=${seed}`);
    const countsOf = (part: (one: (typeof drawn)[number]) => unknown): number[] =>
      [...Map.groupBy(drawn, part).values()].map((some) => some.length);
    expect(countsOf(({ architecture }) => architecture)).toEqual([16, 16]);
    expect(countsOf(({ latent_dim }) => latent_dim)).toEqual(Array(16).fill(2));
    expect(countsOf(({ beta }) => Math.floor(Number(beta) * 8))).toEqual(Array(32).fill(1));
    const decades = countsOf(({ learning_rate: rate }) => Math.floor(Math.log10(Number(rate) * 1e5)));
    expect(decades.toSorted()).toEqual([10, 11, 11]);
  });

  it('takes the points of the sequence from the first on, their bits flipped by the shift', () => {
    const beta = (rest: string): number[] => draw(rest).map((drawn) => Number(drawn['beta']));
    const values = beta('search: sobol\ntrials: 16\nparameters: { beta: { min: 0, max: 1024 } }');
    const bits = values.map((value) => Math.round(value * 2 ** 22));
    const shift = bits[0]!;
    // Values have six digits.
    for (const [i, value] of bits.entries()) {
      expect(Math.abs(((sobolCoordinate(i, 0) ^ shift) >>> 0) - value)).toBeLessThan(2 ** 16);
    }
  });

  it('depends neither on the order of the axes nor on a fixed one', () => {
    const parameters = [
      'architecture: [mlp, conv]',
      'beta: [1, 2, 4, 8]',
      'latent_dim: [2, 4, 8, 16]',
      'learning_rate: { min: 1e-5, max: 1e-2, scale: log }',
    ];
    const inOrder = (order: string[], zip: string[]) =>
      draw(`search: sobol\ntrials: 8\nparameters: { ${order.join(', ')} }\nzip: [[${zip.join(', ')}]]`);
    const expected = inOrder([...parameters, 'init: he'], ['beta', 'latent_dim']);
    const orders = fc.shuffledSubarray(parameters, { minLength: 4 });
    const zips = fc.shuffledSubarray(['beta', 'latent_dim'], { minLength: 2 });
    fc.assert(
      fc.property(orders, zips, (order, zip) => {
        expect(inOrder(order, zip)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('draws no excluded and no repeated configuration, and stops when the space is used up', () => {
    const spec =
      'search: sobol\ntrials: 64\nparameters: { beta: [1, 2, 4], latent_dim: [5, 6] }\nexclude: [{ beta: 2 }]';
    const drawn = draw(spec).map(({ beta, latent_dim }) => `${String(beta)} ${String(latent_dim)}`);
    expect(drawn.sort()).toEqual(['1 5', '1 6', '4 5', '4 6']);
  });

  it('takes conditional ranges, and gives each architecture its own layers', () => {
    const drawn = draw(
      'search: sobol\ntrials: 32\nparameters: { architecture: [mlp, conv], hidden: [[4], [8]], channels: [[4], [8]] }\n' +
        'when: [{ if: { architecture: conv }, then: { learning_rate: { min: 1e-5, max: 1e-4, scale: log } } }]',
    );
    expect(drawn.filter(({ architecture }) => architecture === 'mlp')).toHaveLength(2);
    const conv = drawn.filter(({ architecture }) => architecture === 'conv');
    expect(conv.every((one) => Number(one['learning_rate']) <= 1e-4 && !('hidden' in one))).toBe(true);
    expect(new Set(conv.map(({ channels }) => String(channels)))).toEqual(new Set(['4', '8']));
  });
});

describe('a number of trials that is no power of two', () => {
  const warningsOf = (rest: string) => readSpec(textWith(rest), { file: 'test.yaml' }).warnings;
  const space = 'parameters: { beta: { min: 1, max: 4 } }';

  it.each([
    [20, 'write 16 or 32'],
    [3, 'write 2 or 4'],
    [100_000, 'write 65536\n'],
  ])('%i is warned of at its line', (trials, hint) => {
    const [warning, ...others] = warningsOf(`search: sobol\ntrials: ${trials}\n${space}`);
    expect(others).toEqual([]);
    expect(warning).toContain(`test.yaml:4:9  \`trials: ${trials}\` is no power of two`);
    expect(warning).toContain(hint);
  });

  it.each([1, 2, 16, 1024])('%i is one', (trials) => {
    expect(warningsOf(`search: sobol\ntrials: ${trials}\n${space}`)).toEqual([]);
  });

  it('is nothing to random search, nor where points are left out anyway', () => {
    expect(warningsOf(`search: random\ntrials: 20\n${space}`)).toEqual([]);
    const excluded = 'parameters: { beta: { min: 1, max: 4 }, init: [he, glorot] }\nexclude: [{ init: he }]';
    expect(warningsOf(`search: sobol\ntrials: 20\n${excluded}`)).toEqual([]);
  });
});
