import { describe, expect, it } from 'vitest';
import { countTrials, expandSpec, findShortfall } from '../../../src/sweep-file/expansion/expand.ts';
import { sweptParameters } from '../../../src/sweep-file/naming.ts';
import { readSpec } from '../../../src/sweep-file/parse.ts';
import { issuesIn, specWith, summary, textWith } from '../spec-text.ts';

const trialsOf = (rest: string, ...overrides: string[]) => expandSpec(specWith(rest, overrides), 'data');
/** Each configuration as the values of these. */
const rows = (rest: string, ...names: string[]) =>
  trialsOf(rest).map(({ config }) => names.map((name) => config.parameters[name]));
const RANDOM = 'search: random\ntrials: 4\nparameters: { beta: { min: 1, max: 8 }, latent_dim: [5, 10] }';

describe('configurations to try', () => {
  it('come first, with each seed, and the search comes to what it did without them', () => {
    const tried = trialsOf(`${RANDOM}\nseeds: 2\ntry: [{ beta: 3, latent_dim: 5 }, { beta: 2 }]`);
    const searched = trialsOf(`${RANDOM}\nseeds: 2`);
    const ids = (seed: number, from: typeof tried) => from.filter((one) => one.seed === seed).map(({ id }) => id);
    for (const seed of [0, 1]) expect(ids(seed, tried).slice(2)).toEqual(ids(seed, searched));
    expect(tried.map(({ seed }) => seed)).toEqual([...Array<number>(6).fill(0), ...Array<number>(6).fill(1)]);
    expect(tried.slice(0, 2).map(({ config }) => config.parameters['beta'])).toEqual([3, 2]);
    expect(countTrials(specWith(`${RANDOM}\nseeds: 2\ntry: [{ beta: 3 }]`))).toBe(10);
  });

  it('are trained once where the search names them, too', () => {
    const grid = 'parameters: { beta: [1, 2, 4] }';
    const tried = trialsOf(`${grid}\ntry: [{ beta: 4 }]`);
    expect(tried.map(({ config }) => config.parameters['beta'])).toEqual([4, 1, 2]);
    expect(new Set(tried.map(({ id }) => id))).toEqual(new Set(trialsOf(grid).map(({ id }) => id)));
  });

  it('are in the plan of each search', () => {
    for (const search of ['random', 'sobol']) {
      const values = rows(
        `${RANDOM}\ntry: [{ beta: 3, latent_dim: 7 }]`.replace('random', search),
        'beta',
        'latent_dim',
      );
      expect(values).toHaveLength(5);
      expect(values[0]).toEqual([3, 7]);
    }
  });

  it.each([
    ['the only value there', 'parameters: { learning_rate: 3e-4 }\ntry: [{ beta: 2 }]', [2, 3e-4, 10]],
    [
      'the default, where it is among the values',
      'parameters: { latent_dim: [5, 10] }\ntry: [{ beta: 2 }]',
      [2, 1e-3, 10],
    ],
    [
      'the default within a range',
      'search: random\ntrials: 1\nparameters: { latent_dim: { min: 2, max: 12 } }\ntry: [{ beta: 2 }]',
      [2, 1e-3, 10],
    ],
    [
      'what `when` says there',
      'parameters: { beta: [1, 2] }\nwhen: [{ if: { beta: 2 }, then: { learning_rate: 1e-4 } }]\ntry: [{ beta: 2, latent_dim: 4 }]',
      [2, 1e-4, 4],
    ],
    [
      'what is zipped with what they name',
      'parameters: { beta: [1, 2], latent_dim: [5, 20] }\nzip: [[beta, latent_dim]]\ntry: [{ beta: 2 }]',
      [2, 1e-3, 20],
    ],
  ])('have of what they don’t name %s', (_rule, rest, expected) => {
    expect(rows(rest, 'beta', 'learning_rate', 'latent_dim')[0]).toEqual(expected);
  });

  it('may be of another architecture, or have other values, than the search; then these count as swept', () => {
    const spec = specWith('parameters: { beta: 1, channels: [8] }\ntry: [{ architecture: conv, beta: 4 }]');
    const [first] = expandSpec(spec, 'data');
    expect(first?.config.parameters).toMatchObject({ architecture: 'conv', channels: [8], beta: 4 });
    expect(first?.config.parameters).not.toHaveProperty('hidden');
    expect(sweptParameters(spec)).toEqual(['beta', 'architecture']);
  });

  it('leave nothing to warn of: `channels` is used by one of them', () => {
    const text = textWith('parameters: { channels: [8] }\ntry: [{ architecture: conv }]');
    expect(readSpec(text, { file: 'x' }).warnings).toEqual([]);
  });

  it('do not count among the `trials` that are drawn', () => {
    const spec = specWith('search: random\ntrials: 3\nparameters: { beta: [1, 2] }\ntry: [{ beta: 1 }, { beta: 8 }]');
    const trials = expandSpec(spec, 'data');
    expect(trials).toHaveLength(3);
    expect(findShortfall(spec, trials)[0]?.message).toBe(
      '`trials: 3` is more than there are: 2 different configurations',
    );
    const enough = specWith('search: random\ntrials: 2\nparameters: { beta: [1, 2] }\ntry: [{ beta: 1 }]');
    expect(findShortfall(enough, expandSpec(enough, 'data'))).toEqual([]);
  });

  it('do not hide a search that `exclude` leaves nothing of', () => {
    expect(() => trialsOf('parameters: { beta: 4 }\nexclude: [{ beta: 4 }]\ntry: [{ beta: 1 }]')).toThrow(
      '`exclude` leaves no configuration',
    );
  });
});

describe('mistakes in `try` are located', () => {
  it.each([
    ['try: [{ betta: 1 }]', 'unknown_key 3:9 unknown key `betta` in try[0]; did you mean `beta`?'],
    ['try: [{ seeds: 1 }]', 'unknown_key 3:9 unknown key `seeds` in try[0]; it belongs at the top level'],
    ['try: [{ beta: -1 }]', 'out_of_range 3:15 `beta`: expected at least 0, got -1'],
    ['try: [{ beta: [1, 2] }]', 'wrong_type 3:15 `beta`: expected a number, got a list'],
    [
      'try: [{ architecture: con }]',
      'not_allowed 3:23 `architecture`: expected one of mlp, conv, got "con"; did you mean `conv`?',
    ],
    ['try: { beta: 1 }', 'wrong_type 3:6 `try`: expected a list, got a mapping'],
    [
      'try: [{ channels: [8] }]',
      'no_effect 3:9 `channels` makes no difference: only architecture conv has it, and this one is mlp; add `architecture: conv`, or leave it out',
    ],
    ['try: [{ beta: 2 }, { beta: 2, latent_dim: 10 }]', 'duplicate 3:20 is the configuration of try[0]; leave it out'],
    [
      'parameters: { beta: [2, 4] }\ntry: [{ latent_dim: 3 }]',
      'missing_key 4:7 `beta` has 2 values here, and its default 1 is not among them; say which one to try, e.g. beta: 2',
    ],
    [
      'search: random\ntrials: 2\nparameters: { beta: { min: 2, max: 4 } }\ntry: [{ latent_dim: 3 }]',
      'missing_key 6:7 `beta` has a range here, and its default 1 is not among them; say which one to try, e.g. beta: 2',
    ],
    [
      'parameters: { beta: [1, 4] }\nexclude: [{ beta: 4 }]\ntry: [{ beta: 4 }]',
      'conflict 5:7 is left out by exclude[0]; take one of the two out',
    ],
    [
      'objective: { metric: val/objective }\ntry: [{ beta: 4 }]',
      'conflict 3:22 val/objective is what a trial minimises, and beta is swept: trials of different objectives can not be ranked by it; use val/elbo, which takes β = 1 for every trial',
    ],
  ])('%s', (rest, expected) => {
    expect(summary(issuesIn(textWith(rest)))).toEqual([expected]);
  });

  it('and `validation: 0` allows none besides one configuration', () => {
    const text = 'name: a\ndataset: { name: mnist, validation: 0 }\ntry: [{ beta: 4 }]';
    expect(issuesIn(text).map(({ code }) => code)).toEqual(['conflict']);
  });
});
