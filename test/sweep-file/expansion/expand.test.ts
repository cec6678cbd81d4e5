import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SweepError } from '../../../src/errors.ts';
import { countTrials, expandSpec } from '../../../src/sweep-file/expansion/expand.ts';
import { specWith } from '../spec-text.ts';

/** The trials of a spec, each as its swept values and seed. */
function rows(
  rest: string,
  ...names: ('architecture' | 'hidden' | 'channels' | 'beta' | 'latent_dim' | 'learning_rate')[]
) {
  return expandSpec(specWith(rest), 'data').map(({ config, seed }) => [
    ...names.map((name) => config.parameters[name]),
    seed,
  ]);
}

describe('a grid', () => {
  it('goes through all configurations with the first seed first, the last axis fastest', () => {
    expect(
      rows('parameters: { architecture: [mlp, conv], beta: [1, 2] }\nseeds: [5, 3]', 'architecture', 'beta'),
    ).toEqual([
      ['mlp', 1, 5],
      ['mlp', 2, 5],
      ['conv', 1, 5],
      ['conv', 2, 5],
      ['mlp', 1, 3],
      ['mlp', 2, 3],
      ['conv', 1, 3],
      ['conv', 2, 3],
    ]);
  });

  it('gives every trial all that decides its result', () => {
    const [trial] = expandSpec(specWith('train: { epochs: 3 }'), 'data');
    expect(trial).toMatchObject({
      seed: 0,
      config: {
        parameters: {
          architecture: 'mlp',
          hidden: [512],
          activation: 'relu',
          latent_dim: 10,
          beta: 1,
          learning_rate: 1e-3,
          likelihood: 'bernoulli',
        },
        train: { epochs: 3, batchSize: 128, clipNorm: null },
        dataset: { name: 'sprites-mini', train: null, validation: null, binarization: 'grey' },
      },
    });
    expect(trial?.config.parameters).not.toHaveProperty('channels');
  });

  it('gives each architecture its own layers only, wherever the file names them', () => {
    const layers = 'hidden: [[8], [16]], channels: [[4], [8], [16]]';
    const expected = [
      ['mlp', [8], undefined, 0],
      ['mlp', [16], undefined, 0],
      ['conv', undefined, [4], 0],
      ['conv', undefined, [8], 0],
      ['conv', undefined, [16], 0],
    ];
    for (const parameters of [`architecture: [mlp, conv], ${layers}`, `${layers}, architecture: [mlp, conv]`]) {
      expect(rows(`parameters: { ${parameters} }`, 'architecture', 'hidden', 'channels')).toEqual(expected);
    }
  });

  it('has the same trials, by id, when the file is written in another order', () => {
    const ids = (rest: string): string[] => expandSpec(specWith(rest), 'data').map(({ id }) => id);
    const one = ids('parameters: { beta: [1, 2], latent_dim: [3, 4] }');
    const other = ids('parameters: { latent_dim: [4, 3], beta: [2, 1] }');
    expect(new Set(other)).toEqual(new Set(one));
    expect(new Set(one).size).toBe(4);
  });
});

describe('zip', () => {
  it('advances its parameters together, and crosses them with the rest', () => {
    const spec =
      'parameters: { beta: [1, 2], architecture: [mlp, conv], latent_dim: [10, 20] }\nzip: [[latent_dim, beta]]';
    expect(rows(spec, 'beta', 'latent_dim', 'architecture')).toEqual([
      [1, 10, 'mlp', 0],
      [1, 10, 'conv', 0],
      [2, 20, 'mlp', 0],
      [2, 20, 'conv', 0],
    ]);
  });

  it('pairs architectures with layers, and counts what is the same without them once', () => {
    const spec =
      'parameters: { architecture: [mlp, conv, conv], hidden: [[8], [9], [10]] }\nzip: [[architecture, hidden]]';
    expect(rows(spec, 'architecture', 'hidden')).toEqual([
      ['mlp', [8], 0],
      ['conv', undefined, 0],
    ]);
  });
});

describe('when', () => {
  it('gives the configurations that match other values', () => {
    const spec =
      'parameters: { learning_rate: [1e-3, 1e-2], architecture: [mlp, conv] }\n' +
      'when: [{ if: { architecture: conv }, then: { learning_rate: 3e-4 } }]';
    expect(rows(spec, 'architecture', 'learning_rate')).toEqual([
      ['mlp', 0.001, 0],
      ['mlp', 0.01, 0],
      ['conv', 0.0003, 0],
    ]);
  });

  it('lets the last rule that holds win, matches any of several values, and can build on another rule', () => {
    const spec =
      'parameters: { beta: [1, 2, 4] }\n' +
      'when:\n' +
      '  - { if: { beta: [2, 4] }, then: { latent_dim: [20, 30] } }\n' +
      '  - { if: { beta: 4 }, then: { latent_dim: 40 } }\n' +
      '  - { if: { latent_dim: [30, 40] }, then: { learning_rate: 1e-4 } }';
    expect(rows(spec, 'beta', 'latent_dim', 'learning_rate')).toEqual([
      [1, 10, 0.001, 0],
      [2, 20, 0.001, 0],
      [2, 30, 0.0001, 0],
      [4, 40, 0.0001, 0],
    ]);
  });
});

describe('exclude', () => {
  it('leaves out what matches in every parameter, layers included', () => {
    const spec =
      'parameters: { architecture: [mlp, conv], hidden: [[8], [16]], beta: [1, 8] }\n' +
      'exclude: [{ beta: 8, hidden: [16] }, { architecture: conv, beta: [8, 9] }]';
    expect(rows(spec, 'architecture', 'hidden', 'beta')).toEqual([
      ['mlp', [8], 1, 0],
      ['mlp', [8], 8, 0],
      ['mlp', [16], 1, 0],
      ['conv', undefined, 1, 0],
    ]);
  });

  it('that leaves nothing is an error', () => {
    expect(() => expandSpec(specWith('exclude: [{ beta: 1 }]'), 'data')).toThrow(/`exclude` leaves no configuration/);
  });
});

describe('countTrials', () => {
  const list = (values: readonly unknown[]): string => JSON.stringify(values);
  const subset = <Value>(...values: Value[]) => fc.subarray(values, { minLength: 1 });

  it('is the number of trials, conditions and architectures included', () => {
    const specs = fc.record({
      architecture: subset('mlp', 'conv'),
      hidden: subset([8], [16], [32]),
      channels: subset([4], [8]),
      beta: subset(0, 1, 2, 4),
      if: fc.constantFrom('architecture: conv', 'beta: [1, 2]', 'architecture: mlp, beta: 4'),
      then: subset(2, 3, 5),
      seeds: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(specs, (drawn) => {
        const spec = specWith(
          `parameters: { hidden: ${list(drawn.hidden)}, beta: ${list(drawn.beta)}, channels: ${list(drawn.channels)} }\n` +
            `when: [{ if: { ${drawn.if} }, then: { latent_dim: ${list(drawn.then)} } }]\nseeds: ${drawn.seeds}`,
          // Not in the file, where layers of another architecture would be a mistake.
          [`architecture=${drawn.architecture.join(',')}`],
        );
        const trials = expandSpec(spec, 'data');
        expect(trials).toHaveLength(countTrials(spec));
        expect(new Set(trials.map(({ id }) => id)).size).toBe(trials.length);
      }),
      { numRuns: 60 },
    );
  });

  const thousand = list(Array.from({ length: 1000 }, (_, i) => i + 1));
  const huge = `{ beta: ${thousand}, latent_dim: ${thousand}, hidden: [${Array.from({ length: 1000 }, (_, i) => `[${i + 1}]`).join(',')}] }`;

  it('counts a billion trials without expanding them, and they are refused', () => {
    const spec = specWith(`parameters: ${huge}`);
    expect(countTrials(spec)).toBe(1e9);
    expect(() => expandSpec(spec, 'data')).toThrow(
      'test: the spec asks for 1,000,000,000 trials, and the limit is 100,000. Shorten a list',
    );
  });

  it('gives up on conditions too many to walk, and the spec is refused whatever the limit', () => {
    const when = 'when: [{ if: { beta: 1, latent_dim: 1, hidden: [1] }, then: { learning_rate: 1 } }]';
    const spec = specWith(`parameters: ${huge}\n${when}`);
    expect(countTrials(spec)).toBe(Infinity);
    expect(() => expandSpec(spec, 'data', { maxTrials: 1e12 })).toThrow(SweepError);
  });

  it('holds a caller to its own limit', () => {
    const spec = specWith('parameters: { beta: [1, 2] }\nseeds: 2');
    expect(() => expandSpec(spec, 'data', { maxTrials: 3 })).toThrow('asks for 4 trials, and the limit is 3');
    expect(expandSpec(spec, 'data', { maxTrials: 4 })).toHaveLength(4);
  });
});
