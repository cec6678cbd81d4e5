import { valueOf } from '../../../src/model/parameter.ts';
import { beta, latentDim, learningRate } from '../../../src/model/parameters.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/random.ts';
import { countTrials, expandSpec, findShortfall } from '../../../src/sweep-file/expansion/expand.ts';
import { drawFrom } from '../../../src/sweep-file/expansion/draw.ts';
import type { Range } from '../../../src/sweep-file/spec.ts';
import { specWith } from '../spec-text.ts';

const SPACE = `
search: random
trials: 10
parameters:
  architecture: [mlp, conv]
  learning_rate: { min: 1e-5, max: 1e-2, scale: log }
  latent_dim: { min: 2, max: 64 }
  beta: [1, 2, 4]
`;
const draw = (rest: string, ...overrides: string[]) =>
  expandSpec(specWith(rest, overrides), 'data').map(({ config }) => config.parameters);

describe('random search', () => {
  it('draws as many configurations as asked, each with every seed', () => {
    const spec = specWith(`${SPACE}\nseeds: 3`);
    const trials = expandSpec(spec, 'data');
    expect(trials).toHaveLength(30);
    expect(countTrials(spec)).toBe(30);
    expect(new Set(trials.map(({ configId }) => configId)).size).toBe(10);
    expect(trials.map(({ seed }) => seed)).toEqual([0, 1, 2].flatMap((seed) => Array<number>(10).fill(seed)));
  });

  it('starts with the same configurations when asked for fewer', () => {
    expect(draw(SPACE, 'trials=5')).toEqual(draw(SPACE).slice(0, 5));
  });

  it('draws the same again, and others with another search seed', () => {
    expect(draw(SPACE)).toEqual(draw(SPACE));
    expect(draw(SPACE, 'search_seed=1')).not.toEqual(draw(SPACE));
  });

  it('draws a parameter alike whatever becomes of the others', () => {
    const rates = (...overrides: string[]) => draw(SPACE, ...overrides).map((drawn) => drawn['learning_rate']);
    expect(rates('latent_dim=3')).toEqual(rates());
    expect(rates('activation=relu,tanh')).toEqual(rates());
  });

  it('draws no excluded and no repeated configuration, and stops when the space is used up', () => {
    const spec =
      'search: random\ntrials: 50\nparameters: { beta: [1, 2, 4], latent_dim: [5, 6] }\nexclude: [{ beta: 2 }]';
    const drawn = draw(spec).map(({ beta, latent_dim }) => `${String(beta)} ${String(latent_dim)}`);
    expect(drawn.sort()).toEqual(['1 5', '1 6', '4 5', '4 6']);
  });

  it('keeps zipped values together and takes conditional ranges', () => {
    const spec =
      'search: random\ntrials: 30\nparameters: { architecture: [mlp, conv], hidden: [[4], [8]], latent_dim: [10, 20], beta: [1, 2] }\n' +
      'zip: [[latent_dim, beta]]\nwhen: [{ if: { architecture: conv }, then: { learning_rate: { min: 1e-5, max: 1e-4, scale: log } } }]';
    const drawn = draw(spec);
    expect(new Set(drawn.map((one) => valueOf(one, latentDim) / valueOf(one, beta)))).toEqual(new Set([10]));
    expect(drawn.some(({ architecture }) => architecture === 'conv')).toBe(true);
    for (const one of drawn) {
      const { architecture, hidden } = one;
      expect(valueOf(one, learningRate) <= 1e-4).toBe(architecture === 'conv');
      expect(hidden !== undefined).toBe(architecture === 'mlp');
    }
  });
});

it.each([
  ['parameters: { beta: [1, 4] }', 2, '`trials: 20` is more than there are: 2 different configurations'],
  ['parameters: { latent_dim: { min: 2, max: 4 } }', 3, '`trials: 20` finds only 3 different configurations'],
  ['parameters: { beta: { min: 1, max: 4 } }', 20, undefined],
])('random search of 20 trials over %s finds %i, and says so', (parameters, expected, warning) => {
  const spec = specWith(`search: random\ntrials: 20\nseeds: 2\n${parameters}`);
  const trials = expandSpec(spec, 'data');
  expect(trials).toHaveLength(2 * expected);
  const [found] = findShortfall(spec, trials);
  if (warning === undefined) expect(found).toBeUndefined();
  else
    expect(found).toMatchObject({
      path: ['trials'],
      isWarning: true,
      message: expect.stringContaining(warning) as string,
    });
});

describe('what is drawn does not depend on the order of keys in the file', () => {
  const parameters = {
    architecture: '[mlp, conv]',
    beta: '[1, 2, 4, 8, 16]',
    latent_dim: '[2, 4, 8, 16, 32]',
    activation: '[relu, elu, tanh]',
    learning_rate: '{ min: 1e-5, max: 1e-2, scale: log }',
  };
  const then = { activation: '[relu, tanh]', learning_rate: '{ min: 1e-4, max: 1e-3, scale: log }' };
  const mapping = (entries: readonly (readonly [string, string])[]): string =>
    `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
  const orderOf = <Item>(items: Item[]) => fc.shuffledSubarray(items, { minLength: items.length });

  it('of parameters, of the members of a zip group, of what a rule sets', () => {
    const orders = fc.tuple(
      orderOf(Object.entries(parameters)),
      orderOf(['beta', 'latent_dim']),
      orderOf(Object.entries(then)),
    );
    const drawIn = (order: [string, string][], zip: string[], rule: [string, string][]) =>
      draw(
        `search: random\ntrials: 8\nparameters: ${mapping(order)}\nzip: [[${zip.join(', ')}]]\n` +
          `when: [{ if: { architecture: conv }, then: ${mapping(rule)} }]`,
      );
    const expected = drawIn(Object.entries(parameters), ['beta', 'latent_dim'], Object.entries(then));
    fc.assert(
      fc.property(orders, ([order, zip, rule]) => {
        expect(drawIn(order, zip, rule)).toEqual(expected);
      }),
    );
  });

  it('and without zip stays what earlier versions drew', () => {
    const spec =
      'search: random\ntrials: 3\nwhen: [{ if: { architecture: conv }, then: { beta: { min: 1, max: 8 } } }]\n' +
      'parameters: { architecture: [mlp, conv], beta: [1, 2, 4], learning_rate: { min: 1e-5, max: 1e-2, scale: log } }';
    expect(draw(spec).map((drawn) => [drawn['architecture'], drawn['beta'], drawn['learning_rate']])).toEqual([
      ['mlp', 4, 0.0000273608],
      ['mlp', 4, 0.00166319],
      ['mlp', 2, 0.00228853],
    ]);
  });
});

describe('a draw from a range', () => {
  const range = (fields: Partial<Range>): Range => {
    return { kind: 'range', min: 0, max: 1, scale: 'linear', step: null, integer: false, ...fields };
  };
  const draws = (from: Range, count = 2000): number[] => {
    const stream = randomStream(['test']);
    return Array.from({ length: count }, () => drawFrom(from, stream));
  };

  it('lies within the range, however it is scaled', () => {
    const ranges = fc.record({
      min: fc.double({ min: 1e-320, max: 1e3, noNaN: true }),
      width: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      scale: fc.constantFrom('linear' as const, 'log' as const),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(ranges, ({ min, width, scale, seed }) => {
        const drawn = drawFrom(range({ min, max: min + width, scale }), randomStream(['test', seed]));
        expect(drawn >= min && drawn <= min + width).toBe(true);
      }),
    );
  });

  it('is as likely in every decade of a log range', () => {
    const drawn = draws(range({ min: 1e-4, max: 1e-1, scale: 'log' }));
    for (const decade of [-4, -3, -2]) {
      const share = drawn.filter((value) => Math.floor(Math.log10(value)) === decade).length / drawn.length;
      expect(share).toBeGreaterThan(0.29);
      expect(share).toBeLessThan(0.38);
    }
  });

  it('reaches every whole number, both ends included, on both scales', () => {
    const all = [2, 3, 4, 5];
    expect([...new Set(draws(range({ min: 2, max: 5, integer: true })))].sort()).toEqual(all);
    expect([...new Set(draws(range({ min: 2, max: 5, integer: true, scale: 'log' })))].sort()).toEqual(all);
  });

  it('falls on the steps, without a trace of binary fractions', () => {
    expect([...new Set(draws(range({ max: 0.5, step: 0.1 })))].sort()).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect([...new Set(draws(range({ min: 2, max: 9, step: 3, integer: true })))].sort()).toEqual([2, 5, 8]);
  });
});
