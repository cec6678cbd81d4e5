import { describe, expect, it } from 'vitest';
import { SweepError } from '../../src/errors.ts';
import { expandSpec } from '../../src/sweep-file/expansion/expand.ts';
import { codesIn, errorIn, issuesIn, specWith, summary, textWith } from './spec-text.ts';

describe('a valid spec', () => {
  it('has every default when it says no more than name and data', () => {
    const spec = specWith('');
    expect(Object.fromEntries(spec.axes.map(({ parameter, domain }) => [parameter, domain]))).toMatchObject({
      architecture: { kind: 'choices', values: ['mlp'] },
      hidden: { kind: 'choices', values: [[512]] },
      channels: { kind: 'choices', values: [[32, 64]] },
      activation: { kind: 'choices', values: ['relu'] },
      init: { kind: 'choices', values: ['he'] },
      latent_dim: { kind: 'choices', values: [10] },
      beta: { kind: 'choices', values: [1] },
      learning_rate: { kind: 'choices', values: [0.001] },
      likelihood: { kind: 'choices', values: ['bernoulli'] },
    });
    expect(spec).toMatchObject({
      name: 'test',
      dataset: { name: 'sprites-mini', train: null, validation: null, binarization: 'grey' },
      seeds: [0],
      train: { epochs: 10, batchSize: 128, clipNorm: null },
      objective: { metric: 'val/elbo', goal: 'maximize' },
      evaluateTest: 'selected',
      search: { kind: 'grid' },
    });
  });

  it('keeps the order of its parameters, with those it leaves out behind them', () => {
    const spec = specWith('parameters: { beta: [1, 2], architecture: conv }');
    expect(spec.axes.map(({ parameter }) => parameter).slice(0, 3)).toEqual(['beta', 'architecture', 'hidden']);
  });

  it('reads a list of numbers as one value of hidden, and a list of lists as choices', () => {
    const one = specWith('parameters: { hidden: [400, 200] }').axes[0];
    const two = specWith('parameters: { hidden: [[400], [400, 200]] }').axes[0];
    expect(one?.domain).toEqual({ kind: 'choices', values: [[400, 200]] });
    expect(two?.domain).toEqual({ kind: 'choices', values: [[400], [400, 200]] });
  });

  it('reads 1e-3 as a number and a range with its scale', () => {
    const spec = specWith(
      'search: random\ntrials: 3\nparameters: { learning_rate: { min: 1e-5, max: 1e-2, scale: log } }',
    );
    expect(spec.axes[0]?.domain).toEqual({
      kind: 'range',
      min: 1e-5,
      max: 1e-2,
      scale: 'log',
      step: null,
      integer: false,
    });
    expect(spec.search).toEqual({ kind: 'random', trials: 3, seed: 0 });
  });

  it('counts seeds from 0, or takes the list', () => {
    expect(specWith('seeds: 3').seeds).toEqual([0, 1, 2]);
    expect(specWith('seeds: [7, 3]').seeds).toEqual([7, 3]);
  });

  it('ranks by the better end of a metric, and by the one it is told where there is none', () => {
    expect(specWith('objective: { metric: val/reconstruction }').objective.goal).toBe('minimize');
    expect(specWith('objective: { metric: val/elbo }').objective.goal).toBe('maximize');
    expect(specWith('objective: { metric: val/active_units, goal: maximize }').objective.goal).toBe('maximize');
    expect(specWith('objective: { metric: val/kl, goal: minimize }').objective.goal).toBe('minimize');
    expect(specWith('objective: { metric: val/kl, goal: maximize }').objective.goal).toBe('maximize');
  });

  it('may leave no validation images when there is one configuration, of many seeds', () => {
    expect(specWith('seeds: 3', ['dataset.validation=0']).dataset.validation).toBe(0);
    expect(specWith('search: random\ntrials: 1', ['dataset.validation=0']).dataset.validation).toBe(0);
  });
});

describe('the terminal text of a wrong spec', () => {
  const text = [
    '# a sweep',
    'name: beta',
    'dataset: sprites-mini',
    'parameters:',
    '  architecture: [mlp, conv]',
    '  learing_rate: 1e-3',
    '  beta: "high"',
    '  learning_rate: { min: 0, max: 1e-2, scale: log }',
    '',
  ].join('\n');

  it('names every mistake at once, with its place, reason and fix', () => {
    expect(errorIn(text)?.message).toBe(
      [
        'test.yaml:6:3  unknown key `learing_rate` in parameters; did you mean `learning_rate`?',
        '  6 |   learing_rate: 1e-3',
        '    |   ^^^^^^^^^^^^',
        '',
        'test.yaml:7:9  `beta`: expected a number, got "high"',
        '  7 |   beta: "high"',
        '    |         ^^^^^^',
        '',
        'test.yaml:8:25  a log range must start above 0; e.g. 1e-5',
        '  8 |   learning_rate: { min: 0, max: 1e-2, scale: log }',
        '    |                         ^',
        '',
        '3 errors in test.yaml. Nothing was started.',
      ].join('\n'),
    );
  });

  it('is a SweepError that ends the command as a spec error', () => {
    const error = errorIn(text);
    expect(error).toBeInstanceOf(SweepError);
    expect(error?.code).toBe('SPEC_INVALID');
    expect(error?.issues.map(({ code }) => code)).toEqual(['unknown_key', 'wrong_type', 'bad_range']);
  });
});

describe('keys of other programs', () => {
  it.each([
    ['method: bayes', 'unknown key `method`; write `search: random` and `trials: N`, or `search: grid`'],
    ['method: grid', 'unknown key `method`; write `search: grid`'],
    ['sampler: QMCSampler', 'unknown key `sampler`; write `search: sobol` and `trials: N`'],
    ['search: qmc', 'did you mean `sobol`?'],
    ['metric: { name: val_loss, goal: minimize }', 'write `objective: { metric: val/elbo, goal: maximize }`'],
    ['metric: { name: val/kl, goal: minimize }', 'write `objective: { metric: val/kl, goal: minimize }`'],
    ['direction: minimize', 'write `objective: { metric: val/elbo, goal: maximize }`'],
    ['directions: [minimize, minimize]', 'write `objectives: [val/kl, val/reconstruction]`'],
    ['objective: [val/kl, val/elbo]', 'expected a mapping, got a list; several are named by `objectives`'],
    ['early_terminate: { type: hyperband }', 'write `prune: { method: halving }`'],
    ['project: vae', 'no part of a spec; leave it out'],
    ['n_trials: 20', 'did you mean `trials`?'],
    ['objective: val_loss', 'expected a mapping, got "val_loss"; e.g. { metric: val/elbo, goal: maximize }'],
  ])('%s', (line, says) => {
    expect(summary(issuesIn(textWith(line))).join()).toContain(says);
  });
});

describe('mistakes in one field', () => {
  it.each([
    ['parameters: { latent_dim: 0 }', 'out_of_range 3:27 `latent_dim`: expected at least 1, got 0'],
    ['parameters: { latent_dim: 4097 }', 'out_of_range 3:27 `latent_dim`: expected at most 4096, got 4097'],
    ['parameters: { latent_dim: 2.5 }', 'wrong_type 3:27 `latent_dim`: expected a whole number, got 2.5'],
    ['parameters: { beta: [1, -1] }', 'out_of_range 3:25 `beta`: expected at least 0, got -1'],
    ['parameters: { beta: .inf }', 'wrong_type 3:21 `beta`: expected a number, got .inf'],
    ['parameters: { beta: 1e400 }', 'wrong_type 3:21 `beta`: expected a number, got .inf'],
    ['parameters: { beta: .nan }', 'wrong_type 3:21 `beta`: expected a number, got .nan'],
    [
      'parameters: { beta: }',
      'wrong_type 3:15 `beta`: expected a number, got nothing; leave the key out, or give it a value',
    ],
    ['parameters: { beta: [] }', 'out_of_range 3:21 `beta`: expected a list of at least 1 value, got an empty list'],
    ['parameters: { learning_rate: 0 }', 'out_of_range 3:30 `learning_rate`: expected more than 0, got 0'],
    [
      'parameters: { learning_rate: "1e-3" }',
      'wrong_type 3:30 `learning_rate`: expected a number, got "1e-3"; write 1e-3, without quotes',
    ],
    [
      'parameters: { latent_dim: 1_000 }',
      'wrong_type 3:27 `latent_dim`: expected a number, got "1_000"; write 1000, without `_`',
    ],
    ['parameters: { hidden: 400 }', 'wrong_type 3:23 `hidden`: expected a list, got 400; write [400]'],
    ['parameters: { hidden: [[400], 200] }', 'wrong_type 3:31 `hidden`: expected a list, got 200; write [200]'],
    [
      'parameters: { channels: [1, 2, 3, 4, 5, 6] }',
      'out_of_range 3:25 `channels`: 6 layers, and at most 5 are possible: each halves the image, and five make 28×28 or 32×32 a single pixel; choices are written [[1], [2], …]',
    ],
    [
      'parameters: { architecture: con }',
      'not_allowed 3:29 `architecture`: expected one of mlp, conv, got "con"; did you mean `conv`?',
    ],
    ['parameters: { beta: { min: 1 } }', 'missing_key 3:15 parameters.beta has no `max`'],
    [
      `parameters: { hidden: [${Array(17).fill(8).join(', ')}] }`,
      'out_of_range 3:23 `hidden`: 17 layers, and at most 16 are possible; choices are written [[8], [8], …]',
    ],
    ['parameters: { beta: 1 4 }', 'wrong_type 3:21 `beta`: expected a number, got "1 4"; write [1, 4]'],
    [
      'parameters: { architecture: mlp conv }',
      'not_allowed 3:29 `architecture`: expected one of mlp, conv, got "mlp conv"; write [mlp, conv]',
    ],
    [
      'train: { optimizer: adam }',
      'unknown_key 3:10 unknown key `optimizer` in train; every trial is trained by Adam; use one of epochs, batch_size, clip_norm',
    ],
    ['train: { lr: 3 }', 'unknown_key 3:10 unknown key `lr` in train; did you mean `learning_rate` in `parameters`?'],
    ['seeds: 0', 'out_of_range 3:8 `seeds`: expected at least 1, got 0'],
    ['seeds: [3, 4, 3]', 'duplicate 3:15 seed 3 is listed twice'],
    ['train: { epochs: 0 }', 'out_of_range 3:18 `epochs`: expected at least 1, got 0'],
    [
      'train: { clip_norm: 1e39 }',
      'out_of_range 3:21 training computes with 32 bits, which hold numbers from 1.18e-38 to 3.4e38, got 1e+39; leave clip_norm out, or write null, for no clipping',
    ],
    [
      'parameters: { beta: [1, 1e39], learning_rate: 1e-40 }',
      'out_of_range 3:25 training computes with 32 bits, which hold numbers from 1.18e-38 to 3.4e38, got 1e+39',
    ],
    [
      'search: random\ntrials: 2\nparameters: { beta: { min: 1e-50, max: 1 } }',
      'out_of_range 5:28 training computes with 32 bits, which hold numbers from 1.18e-38 to 3.4e38, got 1e-50; write 0 for an autoencoder with noise',
    ],
    ['train: { clip_norm: 0 }', 'out_of_range 3:21 `clip_norm`: expected more than 0, got 0'],
    ['train: 3', 'wrong_type 3:8 `train`: expected a mapping, got 3'],
    ['epochs: 3', 'unknown_key 3:1 unknown key `epochs`; it belongs in `train`'],
    ['beta: 3', 'unknown_key 3:1 unknown key `beta`; it belongs in `parameters`'],
    ['parameters: { lr: 3 }', 'unknown_key 3:15 unknown key `lr` in parameters; did you mean `learning_rate`?'],
    ['parameters: { seeds: 3 }', 'unknown_key 3:15 unknown key `seeds` in parameters; it belongs at the top level'],
    [
      'search: rand',
      'not_allowed 3:9 `search`: expected one of grid, random, sobol, auto, bayes, tpe, got "rand"; did you mean `random`?',
    ],
    ['exclude: [{}]', 'not_allowed 3:11 expected at least one parameter to match'],
    ['when: [{ if: { beta: 1 } }]', 'missing_key 3:8 when[0] has no `then`'],
  ])('%s', (rest, expected) => {
    expect(summary(issuesIn(textWith(rest)))).toContain(expected);
  });

  it.each([
    '',
    '../x',
    '.hidden',
    'a/b',
    'a\\b',
    'ä',
    'x'.repeat(65),
    'a\u0000',
    'a b',
    'sweeps.db',
    'sweeps.db-wal',
    'README.md',
    'CON',
    'nul.x',
    'a.',
    'a\u202eb',
  ])('a name that could leave its folder or fool the reader: %j', (name) => {
    expect(issuesIn(`name: ${JSON.stringify(name)}\ndataset: mnist`).map(({ code }) => code)).toEqual(['not_allowed']);
  });

  it.each([
    ['emnist', 'which is not available here'],
    ['kmnist', 'which is not available here'],
    ['not-mnist', 'which is not available here'],
    ['cifar10', undefined],
    ['fmnist', 'did you mean `fashion-mnist`?'],
    ['dsprites', 'did you mean `sprites`?'],
    ['mnst', 'did you mean `mnist`?'],
  ])('the data set %s is not corrected to another one', (name, hint) => {
    const [issue, ...others] = issuesIn(`name: a\ndataset: ${name}`);
    expect(others).toEqual([]);
    expect(issue?.message).toContain('expected one of sprites-mini, sprites, mnist, fashion-mnist');
    if (hint === undefined) expect(issue?.hint).toBe(`images of your own are named by a path: ./${name}`);
    else expect(issue?.hint).toContain(hint);
  });

  it.each([
    ['W&B', 'beta', '{ values: [1, 2, 4] }', '[1, 2, 4]'],
    ['W&B', 'beta', '{ value: 4 }', '4'],
    ['W&B', 'beta', '{ distribution: log_uniform_values, min: 0.1, max: 10 }', '{ min: 0.1, max: 10, scale: log }'],
    ['W&B', 'beta', '{ distribution: log_uniform, min: 0, max: 2.302585 }', '{ min: 1, max: 10, scale: log }'],
    ['W&B', 'latent_dim', '{ distribution: q_uniform, min: 2, max: 8, q: 2 }', '{ min: 2, max: 8, step: 2 }'],
    ['W&B', 'architecture', '{ values: [mlp, conv] }', '[mlp, conv]'],
    ['W&B', 'hidden', '{ values: [[64], [32, 16]] }', '[[64], [32, 16]]'],
    ['Optuna', 'beta', '{ low: 1, high: 4, log: true }', '{ min: 1, max: 4, scale: log }'],
    ['Hydra', 'latent_dim', '{ type: int, low: 2, high: 8 }', '{ min: 2, max: 8 }'],
    ['Hydra', 'beta', '"choice(1, 2, 4)"', '[1, 2, 4]'],
    ['Hydra', 'beta', '"tag(log, interval(1, 4))"', '{ min: 1, max: 4, scale: log }'],
    ['Ray Tune', 'beta', '{ grid_search: [1, 4] }', '[1, 4]'],
    ['NNI', 'beta', '{ _type: loguniform, _value: [1, 4] }', '{ min: 1, max: 4, scale: log }'],
  ])('%s’s spelling %s: %s is told how ours is written, which then is right', (_tool, name, theirs, ours) => {
    const [issue, ...others] = issuesIn(textWith(`parameters: { ${name}: ${theirs} }`));
    expect(others).toEqual([]);
    expect(issue?.message).toBe(`\`${name}\`: values are written another way here`);
    expect(issue?.hint).toMatch(/^write /);
    expect(issue?.hint?.replace(/^write /, '').split(', with `search: random`')[0]).toBe(ours);
    const search = ours.includes('min') ? 'search: random\ntrials: 5\n' : '';
    expect(issuesIn(textWith(`${search}parameters: { ${name}: ${ours} }`))).toEqual([]);
  });

  it.each([
    ['hidden', '{ values: [64, 32] }', 2],
    ['hidden', '{ values: [64, [32, 16]] }', 2],
    ['hidden', '{ values: [[64, 32]] }', 1],
    ['hidden', '{ value: [64, 32] }', 1],
    ['hidden', '{ value: 64 }', 1],
    ['hidden', '{ grid_search: [64, 32, 16] }', 3],
    ['hidden', '{ _type: choice, _value: [64, 32] }', 2],
    ['hidden', '"choice(64, 128)"', 2],
    ['hidden', '"choice([64, 32], [16])"', 2],
    ['hidden', '"tune.choice([64, 32])"', 2],
    ['hidden', '"tune.choice([[64], [32]])"', 2],
    ['hidden', '"tune.choice([[64, 32]])"', 1],
    ['channels', '{ choices: [32, 64] }', 2],
    ['beta', '"tune.choice([1, 2, 4])"', 3],
    ['beta', '{ values: [1, 2, 4] }', 3],
    ['architecture', '"choice(mlp, conv)"', 2],
  ])('whoever follows the hint about %s: %s trains %i configurations', (name, theirs, count) => {
    const others = name === 'channels' ? ', architecture: conv' : '';
    const textOf = (values: string): string => `parameters: { ${name}: ${values}${others} }`;
    const [issue] = issuesIn(textWith(textOf(theirs)));
    expect(issue?.hint).toMatch(/^write /);
    expect(expandSpec(specWith(textOf(issue!.hint!.slice('write '.length))), 'data')).toHaveLength(count);
  });

  it.each([
    ['hidden', '{ low: 16, high: 64 }', 'expected a list, got a mapping'],
    ['hidden', '"uniform(16, 64)"', 'expected a list, got "uniform(16, 64)"'],
    ['architecture', '"uniform(0, 1)"', 'expected one of mlp, conv, got "uniform(0, 1)"'],
  ])('no range is recommended for %s: %s, which can not be one', (name, theirs, expected) => {
    const [issue, ...others] = issuesIn(textWith(`parameters: { ${name}: ${theirs} }`));
    expect(others).toEqual([]);
    expect(issue?.message).toBe(`\`${name}\`: ${expected}`);
    expect(issue?.hint ?? '').not.toContain('min');
  });

  it('a missing name and data set', () => {
    expect(summary(issuesIn('seeds: 2'))).toEqual([
      'missing_key 1:1 the spec has no `name`',
      'missing_key 1:1 the spec has no `dataset`',
    ]);
  });

  it('a seed that has lost digits', () => {
    expect(codesIn('seeds: [12345678901234567890]')).toEqual(['out_of_range']);
  });

  it.each([
    ['{ min: 1, max: 1 }', 'max must be above min'],
    ['{ min: -1, max: 1 }', 'expected at least 0'],
    ['{ min: 0, max: 1, step: 2 }', 'larger than the whole range'],
    ['{ min: 0, max: 1, step: 1e-9 }', 'too small'],
    ['{ min: 1e-3, max: 1, scale: log, step: 0.1 }', 'a log range has no step'],
    ['{ min: 0, max: 1, scale: logarithmic }', 'did you mean `log`?'],
  ])('the range %s', (range, expected) => {
    expect(errorIn(textWith(`search: random\ntrials: 2\nparameters: { beta: ${range} }`))?.message).toContain(expected);
  });
});
