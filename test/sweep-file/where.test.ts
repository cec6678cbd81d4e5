import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTrials } from '../../src/plan-sweep.ts';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { readSpec } from '../../src/sweep-file/parse.ts';
import { issuesIn, specWith, summary, textWith } from './spec-text.ts';

const parametersOf = (rest: string, ...overrides: string[]) =>
  expandSpec(specWith(rest, overrides), 'data').map(({ config }) => config.parameters);
const warningsOf = (rest: string, ...overrides: string[]) =>
  readSpec(textWith(rest), { file: 'test.yaml', overrides }).warnings.map((warning) => warning.split('\n', 1)[0]);
const planned = (rest: string) => planTrials({ specFile: 'x.yaml', specText: textWith(rest), overrides: [] });

describe('where', () => {
  it('leaves out of a grid what breaks one of its comparisons', () => {
    const rest =
      'parameters: { hidden: [[64, 32], [512, 8]], latent_dim: [4, 16, 64], beta: [1, 4] }\n' +
      'where: [latent_dim <= last(hidden), beta * latent_dim <= 32]';
    const left = parametersOf(rest).map(
      ({ hidden, latent_dim, beta }) => `${String(hidden)} ${String(latent_dim)} ${String(beta)}`,
    );
    expect(left).toEqual(['64,32 4 1', '512,8 4 1', '64,32 4 4', '512,8 4 4', '64,32 16 1']);
  });

  it('may be one comparison, also after the file', () => {
    expect(parametersOf('parameters: { beta: [1, 2, 4] }\nwhere: beta >= 2')).toHaveLength(2);
    expect(parametersOf('parameters: { beta: [1, 2, 4] }', 'where=beta >= 4')).toHaveLength(1);
  });

  it('asks of each architecture what it has', () => {
    const rest =
      'parameters: { architecture: [mlp, conv], hidden: [[8], [64]], channels: [[8], [64]], latent_dim: 16 }\n' +
      'where: latent_dim <= last(hidden)';
    expect(parametersOf(rest).map(({ hidden, channels }) => hidden ?? channels)).toEqual([[64], [8], [64]]);
  });

  it.each(['random', 'sobol'])(
    'leaves 3 % of the space to %s search, which finds all it is asked for there',
    (search) => {
      const space = `search: ${search}\ntrials: 256\nparameters: { beta: { min: 0, max: 100 }, latent_dim: { min: 1, max: 4000 } }`;
      // A triangle of height 0.06: of 8,000 draws without it about 3 % are in it.
      const where = '4000 * beta <= 6 * latent_dim';
      const all = parametersOf(space, 'trials=8000');
      const share = all.filter((one) => 4000 * Number(one['beta']) <= 6 * Number(one['latent_dim'])).length / 8000;
      expect(Math.abs(share - 0.03)).toBeLessThan(0.006);
      const found = parametersOf(`${space}\nwhere: ${where}`);
      expect(found).toHaveLength(256);
      expect(found.every((one) => 4000 * Number(one['beta']) <= 6 * Number(one['latent_dim']))).toBe(true);
      expect(parametersOf(`${space}\nwhere: ${where}`, 'trials=64')).toEqual(found.slice(0, 64));
    },
  );

  it.each(['random', 'sobol'])('keeps of a %s search what it would have drawn and allows', (search) => {
    const space = `search: ${search}\ntrials: 64\nparameters: { beta: { min: 0, max: 4 }, learning_rate: { min: 1e-4, max: 1e-2, scale: log } }`;
    const allowed = parametersOf(space).filter(({ beta }) => Number(beta) >= 1);
    const found = parametersOf(`${space}\nwhere: beta >= 1`);
    expect(found).toHaveLength(64);
    expect(found).toEqual(expect.arrayContaining(allowed));
  });

  it('holds for configurations to try', () => {
    const rest = 'parameters: { beta: [1, 2, 4] }\nwhere: beta >= 2\ntry: [{ beta: 3 }, { beta: 1 }]';
    expect(summary(issuesIn(textWith(rest)))).toEqual([
      'conflict 5:20 is left out by `where` (beta >= 2); take one of the two out',
    ]);
  });

  it('takes the need for a power of two from a Sobol search', () => {
    const rest = 'search: sobol\ntrials: 20\nparameters: { beta: { min: 0, max: 4 } }';
    expect(warningsOf(rest)).toHaveLength(1);
    expect(warningsOf(`${rest}\nwhere: beta >= 1`)).toEqual([]);
  });
});

describe('a comparison that leaves nothing out is warned of at its line', () => {
  it.each([
    [
      'parameters: { beta: [1, 4] }\nwhere: beta <= 4',
      '4:8  holds for every configuration: beta is 1 to 4; leave it out',
    ],
    [
      'parameters: { latent_dim: [2, 3] }\nwhere: [latent_dim <= 2, latent_dim < last(hidden)]',
      '4:26  holds for every configuration: latent_dim is 2 to 3, and last(hidden) 512; leave it out',
    ],
    [
      'where: latent_dim <= last(channels)',
      '3:8  holds for every configuration: none has `channels`, which only architecture conv has; leave it out',
    ],
    [
      'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8 } }\nwhere: 2 * beta >= 2',
      '6:8  holds for every configuration: 2 * beta is 2 to 16; leave it out',
    ],
    [
      'search: random\ntrials: 5\nparameters: { latent_dim: { min: 4, max: 11, step: 4 } }\nwhere: latent_dim <= 8',
      '6:8  holds for every configuration: latent_dim is 4 to 8; leave it out',
    ],
    [
      'parameters: { beta: [1, 4], latent_dim: [2, 8] }\nzip: [[beta, latent_dim]]\nwhere: beta < latent_dim',
      '5:8  holds for every configuration: beta is 1 to 4, and latent_dim 2 to 8; leave it out',
    ],
  ])('%s', (rest, expected) => expect(warningsOf(rest)).toEqual([`test.yaml:${expected}`]));

  it.each([
    'parameters: { beta: [1, 4] }\nwhere: beta < 4',
    'parameters: { beta: [1, 2, 4] }\nwhere: beta != 2',
    'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8 } }\nwhere: beta < 8',
    'parameters: { beta: [1, 4], latent_dim: [2, 8] }\nwhere: beta < latent_dim',
    // Only where a rule sets it.
    'parameters: { beta: [1, 4], latent_dim: [2, 4] }\nwhen: [{ if: { latent_dim: 4 }, then: { beta: 9 } }]\nwhere: beta * latent_dim < 36',
  ])('nothing is said of %s', (rest) => expect(warningsOf(rest)).toEqual([]));
});

describe('what leaves nothing, or too little, is refused at its line', () => {
  it.each([
    [
      'parameters: { hidden: [[64], [32]], latent_dim: [64, 128] }\nwhere: latent_dim < last(hidden)',
      '4:8 holds for no configuration: latent_dim is 64 to 128, and last(hidden) 32 to 64; loosen it, or change the values',
    ],
    [
      'search: sobol\ntrials: 4\nparameters: { beta: { min: 1, max: 8 } }\nwhere: [beta < 4, beta > 9]',
      '6:19 holds for no configuration: beta is 1 to 8; loosen it, or change the values',
    ],
    [
      'parameters: { beta: [1, 4] }\nwhere: [beta > 1, beta < 4]',
      '4:8 `where` leaves no configuration; loosen it, or change the values',
    ],
    [
      'parameters: { beta: [1, 4] }\nexclude: [{ beta: 4 }]\nwhere: beta > 1',
      '5:8 `where` and `exclude` together leave no configuration; loosen it, or change the values',
    ],
    [
      'parameters: { beta: [1, 3, 4] }\nwhere: beta = 2',
      '4:8 `where` leaves no configuration; loosen it, or change the values',
    ],
    [
      'search: random\ntrials: 4\nparameters: { beta: { min: 1, max: 8 } }\nwhere: beta = 2.71828182',
      '6:8 leaves too little of the space: of 10,000 draws none is allowed; loosen it, or narrow the ranges',
    ],
  ])('%s', (rest, expected) => expect(summary(issuesIn(textWith(rest)))).toEqual([`conflict ${expected}`]));

  it.each([
    ['random', 5000],
    ['sobol', 10_000],
  ])('also where %s search finds a few, by accident: one in %i', async (search, max) => {
    const rest = `search: ${search}\ntrials: 4096\nparameters: { beta: { min: 0, max: ${max} } }\nwhere: beta <= 1`;
    await expect(planned(rest)).rejects.toMatchObject({
      code: 'SPEC_INVALID',
      message: expect.stringMatching(
        /^x\.yaml:6:8 {2}leaves too little of the space: of 10,000 draws after \d+ configurations? none is allowed; loosen it, or narrow the ranges\n[^]*Nothing was started\.$/,
      ) as string,
    });
  });

  it('but a space that is used up is only warned of, as without `where`', async () => {
    const { trials, warnings } = await planned(
      'search: random\ntrials: 9\nparameters: { beta: [1, 2, 4], latent_dim: [2, 3] }\nwhere: beta >= 2',
    );
    expect(trials).toHaveLength(4);
    expect(warnings.join()).toContain('`trials: 9` is more than there are: 4 different configurations');
  });
});

it('what is warned of leaves nothing out, and what is not does; nothing valid is refused', () => {
  const term = fc.constantFrom(
    'beta',
    'latent_dim',
    'last(hidden)',
    'max(hidden)',
    'length(hidden)',
    '2 * beta',
    'beta * latent_dim',
    '3',
    '8',
  );
  const relation = fc.constantFrom('<', '<=', '>', '>=');
  const comparison = fc
    .tuple(term, relation, term)
    .map((parts) => parts.join(' '))
    .filter((text) => /[a-z]/.test(text));
  const specs = fc.record({
    beta: fc.subarray([1, 2, 4, 8], { minLength: 1 }),
    latent_dim: fc.subarray([1, 3, 8], { minLength: 1 }),
    hidden: fc.subarray([[2], [4, 2], [8, 16, 4]], { minLength: 1 }),
    where: fc.array(comparison, { minLength: 1, maxLength: 3 }),
  });
  fc.assert(
    fc.property(specs, ({ where, ...parameters }) => {
      const textOf = (some: readonly string[]): string =>
        `parameters: ${JSON.stringify(parameters)}\nwhere:${some.length === 0 ? ' []' : ''}\n${some.map((one) => `  - ${one}\n`).join('')}`;
      const sizeWith = (some: readonly string[]): number =>
        issuesIn(textWith(textOf(some))).length > 0 ? 0 : parametersOf(textOf(some)).length;
      const whole = sizeWith([]);
      for (const one of where) {
        const left = sizeWith([one]);
        if (left === 0) {
          expect(summary(issuesIn(textWith(textOf([one]))))[0]).toContain('holds for no configuration');
        } else {
          const isIdle = warningsOf(textOf([one])).some((text) => text?.includes('holds for every configuration'));
          expect(isIdle).toBe(left === whole);
        }
      }
      const messages = summary(issuesIn(textWith(textOf(where))));
      expect(messages.length > 0).toBe(sizeWith(where) === 0);
    }),
    { numRuns: 60 },
  );
});
