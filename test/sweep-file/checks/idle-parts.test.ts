import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandSpec } from '../../../src/sweep-file/expansion/expand.ts';
import { readSpec } from '../../../src/sweep-file/parse.ts';
import { errorIn, issuesIn, summary, textWith } from '../spec-text.ts';

/** First lines of the warnings about a spec that starts all the same. */
function warningsOf(rest: string, overrides: string[] = []): string[] {
  const { warnings } = readSpec(textWith(rest), { file: 'test.yaml', overrides });
  return warnings.map((warning) => warning.split('\n', 1)[0]!);
}

describe('choices that make no difference are a mistake at their line', () => {
  it.each([
    [
      'parameters: { channels: [[16], [32]] }',
      '3:25 `channels` has 2 choices that make no difference: only architecture conv has it, and there is none here; write `architecture: [mlp, conv]`, or leave it out',
    ],
    [
      'parameters: { architecture: conv, hidden: [[64], [32], [16]] }',
      '3:43 `hidden` has 3 choices that make no difference: only architecture mlp has it, and there is none here; write `architecture: [conv, mlp]`, or leave it out',
    ],
    [
      'parameters: { beta: [1, 4], learning_rate: [1e-3, 1e-4] }\nwhen: [{ if: { beta: [1, 4] }, then: { learning_rate: 3e-3 } }]',
      '3:44 `learning_rate` has 2 choices that make no difference: `when` sets it in every configuration; leave it out',
    ],
  ])('%s', (rest, expected) => {
    expect(summary(issuesIn(textWith(rest)))).toEqual([`no_effect ${expected}`]);
    expect(errorIn(textWith(rest))?.message).toContain('^');
  });

  it('the fix that is named works', () => {
    expect(warningsOf('parameters: { channels: [[16], [32]], architecture: [mlp, conv] }')).toEqual([]);
  });

  it('but a warning where an override made them so', () => {
    const file = 'parameters: { architecture: [mlp, conv], hidden: [[64], [32]] }';
    expect(warningsOf(file)).toEqual([]);
    expect(warningsOf(file, ['seeds=2'])).toEqual([]);
    expect(warningsOf(file, ['architecture=conv'])[0]).toContain('`hidden` has 2 choices that make no difference');
    expect(issuesIn(textWith('parameters: { architecture: conv }'), ['hidden=[[64],[32]]'])[0]).toMatchObject({
      code: 'no_effect',
      file: 'override 1 (hidden=[[64],[32]])',
    });
  });
});

describe('parts that do nothing are warned of at their line, and start', () => {
  it.each<[string, string[]]>([
    ['parameters: { channels: [16] }', ['3:25  `channels` is not used: only architecture conv has it']],
    [
      'parameters: { beta: [1, 4] }\nexclude: [{ beta: 16 }]',
      ['4:11  matches no configuration: `beta` is never 16 (but 1, 4)'],
    ],
    [
      'parameters: { beta: [1, 4], latent_dim: [2, 3] }\nzip: [[beta, latent_dim]]\nexclude: [{ beta: 1, latent_dim: 3 }]',
      ['5:11  matches no configuration: these values never come together'],
    ],
    ['parameters: { beta: [1, 4, 8] }\nexclude: [{ beta: [1, 16] }]', ['4:23  `beta` is never 16 (but 1, 4, 8)']],
    [
      'parameters: { beta: [1, 4, 8] }\nexclude: [{ beta: [1, 4] }, { beta: 1 }]',
      ['4:29  leaves out only what is left out by those before it'],
    ],
    [
      'when: [{ if: { architecture: conv }, then: { beta: 4 } }]',
      ['3:14  holds for no configuration: `architecture` is never conv (but mlp)'],
    ],
    [
      'parameters: { beta: [1, 4] }\nwhen: [{ if: { beta: 4 }, then: { learning_rate: 1e-3, channels: [8] } }]',
      ['4:35  sets `learning_rate` to what it is there without it', '4:56  `channels` is set nowhere'],
    ],
    [
      'parameters: { beta: [1, 4] }\nwhen: [{ if: { beta: 1 }, then: { latent_dim: 2 } }, { if: { beta: 1 }, then: { latent_dim: 4 } }]',
      ['4:35  `latent_dim` is set again by when[1] in all of these cases, and the last rule wins'],
    ],
    [
      'parameters: { beta: [1, 4], activation: [relu, tanh] }\n' +
        'when: [{ if: { beta: 1 }, then: { latent_dim: 2 } }, { if: { activation: tanh }, then: { latent_dim: 4 } }]',
      ['4:35  when[0] and when[1] both set `latent_dim` for some configurations, where the last rule wins'],
    ],
    [
      'parameters: { beta: [1, 4], channels: [[8], [16]] }\nzip: [[beta, channels]]',
      ['4:14  `channels` takes no part in this group: only architecture conv has it'],
    ],
    [
      'parameters: { beta: 1, latent_dim: 4 }\nzip: [[beta, latent_dim]]',
      ['4:7  nothing advances together: these have one value each'],
    ],
    [
      'parameters: { architecture: [mlp, conv], hidden: [[64], [32]] }\nexclude: [{ architecture: mlp }]',
      ['3:50  `hidden` is not used: `exclude` leaves no configuration with architecture mlp'],
    ],
    [
      'prune: { method: median, eta: 4 }\nparameters: { beta: [1, 2] }',
      ['3:26  `eta` is not for median: no worse than the median goes on, and the rungs double'],
    ],
    [
      'prune: { method: halving }\nlookahead: 4\nparameters: { beta: [1, 2] }',
      [
        '4:1  `lookahead` is only for auto, bayes or tpe search, for `patience`, and for pruning by asha or median, and changes nothing in a grid',
      ],
    ],
    ['prune: { method: asha }\nlookahead: 4\nparameters: { beta: [1, 2] }', []],
    ['search_seed: 3', ['3:1  `search_seed` is only for random, sobol, auto, bayes or tpe search']],
    [
      'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 4 } }\nexclude: [{ beta: 8 }]',
      ['6:11  matches no configuration: `beta` is never 8'],
    ],
    // One point of a continuous range.
    [
      'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8 } }\nwhen: [{ if: { beta: 4 }, then: { latent_dim: 2 } }]',
      ['6:14  holds for no configuration: `beta` is never 4 (but drawn from a range without steps)'],
    ],
    [
      'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8 } }\nexclude: [{ beta: 4.5 }]',
      ['6:11  matches no configuration: `beta` is never 4.5 (but drawn from a range without steps)'],
    ],
    [
      'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8 } }\nexclude: [{ beta: [1, 4] }]',
      ['6:23  `beta` is never 4 (but drawn from a range without steps)'],
    ],
  ])('%s', (rest, expected) => {
    const found = warningsOf(rest);
    expect(found).toHaveLength(expected.length);
    for (const [i, text] of expected.entries()) expect(found[i]).toContain(`test.yaml:${text}`);
  });
});

describe('nothing is said of', () => {
  it.each([
    'parameters: { architecture: [mlp, conv], hidden: [64], channels: [[8], [16]], beta: [1, 4] }',
    // An exception to a rule, written after it.
    'parameters: { beta: [1, 4], latent_dim: [2, 3] }\nwhen: [{ if: { beta: 1 }, then: { learning_rate: 3e-4 } }, { if: { beta: 1, latent_dim: 2 }, then: { learning_rate: 3e-3 } }]',
    'search: random\ntrials: 5\nparameters: { latent_dim: { min: 2, max: 9 } }\nexclude: [{ latent_dim: [2, 3] }]',
    'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8, step: 0.5 } }\nexclude: [{ beta: [4, 4.5] }]',
    'search: random\ntrials: 5\nparameters: { beta: { min: 1, max: 8 } }\nexclude: [{ beta: [1, 8] }]',
    'parameters: { beta: [1, 4], latent_dim: [2, 8] }\nzip: [[beta, latent_dim]]\nexclude: [{ beta: 1 }]',
    'parameters: { architecture: [mlp, conv], hidden: [[8], [9]] }\nzip: [[architecture, hidden]]',
  ])('%s', (rest) => expect(warningsOf(rest)).toEqual([]));
});

it('what is warned of can be left out without a change, and what is not excludes something', () => {
  const values = { architecture: ['mlp', 'conv'], beta: [1, 2, 4], latent_dim: [2, 3], activation: ['relu', 'tanh'] };
  const names = Object.keys(values) as (keyof typeof values)[];
  const pick = (name: keyof typeof values) => fc.subarray<string | number>([...values[name]], { minLength: 1 });
  const parameters = fc.record({
    architecture: pick('architecture'),
    beta: pick('beta'),
    latent_dim: pick('latent_dim'),
    activation: pick('activation'),
  });
  const condition = fc
    .subarray(names, { minLength: 1, maxLength: 2 })
    .chain((some) => fc.record(Object.fromEntries(some.map((name) => [name, pick(name)]))));
  const rule = fc.record({
    if: condition.filter((asked) => !('latent_dim' in asked)),
    then: pick('latent_dim').map((some) => ({ latent_dim: some })),
  });
  const specs = fc.record({
    parameters,
    exclude: fc.array(condition, { maxLength: 3 }),
    when: fc.array(rule, { maxLength: 3 }),
  });
  interface Drawn {
    readonly parameters: object;
    readonly exclude: readonly object[];
    readonly when: readonly object[];
  }
  // One item a line, so that the line of a warning tells which.
  const textOf = ({ parameters, exclude, when }: Drawn): string =>
    [
      `parameters: ${JSON.stringify(parameters)}`,
      ...(exclude.length > 0 ? ['exclude:'] : []),
      ...exclude.map((item) => `  - ${JSON.stringify(item)}`),
      ...(when.length > 0 ? ['when:'] : []),
      ...when.map((item) => `  - ${JSON.stringify(item)}`),
    ].join('\n');
  const read = (drawn: Drawn) => readSpec(textWith(textOf(drawn)), { file: 'x', overrides: ['search=grid'] });
  const trialsOf = (drawn: Drawn): string => {
    try {
      const ids = expandSpec(read(drawn).spec, 'data').map(({ id }) => id);
      return ids.sort().join();
    } catch {
      return 'none';
    }
  };
  fc.assert(
    fc.property(specs, (drawn) => {
      fc.pre(trialsOf(drawn) !== 'none');
      const { warnings } = read(drawn);
      const { exclude, when } = drawn;
      for (const i of exclude.keys()) {
        const about = warnings.filter((warning) => warning.startsWith(`x:${5 + i}:`));
        const doesNothing = about.some((text) => /matches no configuration|leaves out only/.test(text));
        const upTo = (end: number): string => trialsOf({ ...drawn, exclude: exclude.slice(0, end) });
        expect(doesNothing).toBe(upTo(i) === upTo(i + 1));
      }
      const first = 5 + (exclude.length > 0 ? exclude.length + 1 : 0);
      for (const i of when.keys()) {
        const about = warnings.filter((warning) => warning.startsWith(`x:${first + i}:`));
        if (!about.some((text) => /holds for no|set again|to what it is/.test(text))) continue;
        expect(trialsOf({ ...drawn, when: when.toSpliced(i, 1) })).toBe(trialsOf(drawn));
      }
    }),
    { numRuns: 150 },
  );
});
