import { describe, expect, it } from 'vitest';
import { codesIn, errorIn, issuesIn, summary, textWith } from '../spec-text.ts';

describe('mistakes across fields', () => {
  it.each([
    ['parameters: { beta: { min: 0, max: 1 } }', 'a range needs random, sobol, auto, bayes or tpe search'],
    [
      'when: [{ if: { architecture: mlp }, then: { beta: { min: 0, max: 1 } } }]',
      'a range needs random, sobol, auto, bayes or tpe search',
    ],
    ['search: random', 'add `trials: 20`'],
    ['search: sobol', 'sobol search needs to know how many configurations to draw; add `trials: 16`'],
    ['trials: 3', '`trials` is only for random, sobol, auto, bayes or tpe search'],
    ['parameters: { beta: [1, 2, 1] }', '`beta` lists 1 twice'],
    ['when: [{ if: { architecture: mlp }, then: { beta: [2, 3, 2] } }]', '`beta` lists 2 twice'],
    [
      'zip: [[beta, latent_dim]]\nparameters: { beta: [1, 2, 1], latent_dim: [4, 8, 4] }',
      'beta=1 latent_dim=4 comes twice in this group',
    ],
    ['parameters: { hidden: [[4], [4]] }', '`hidden` lists [4] twice'],
    ['zip: [[beta, latent_dim]]\nparameters: { beta: [1, 2], latent_dim: [1, 2, 3] }', 'beta has 2, latent_dim has 3'],
    ['zip: [[beta, latent_dim]]\nparameters: { beta: [1, 2] }', '`latent_dim` is not in `parameters`'],
    ['zip: [[beta, beta]]\nparameters: { beta: [1, 2] }', '`beta` is in `zip` twice'],
    [
      'zip: [[beta, latent_dim]]\nparameters: { beta: [1, 2], latent_dim: [1, 2] }\nwhen: [{ if: { hidden: [9] }, then: { beta: 3 } }]',
      '`beta` is also set by `when`',
    ],
    [
      'when: [{ if: { beta: 1 }, then: { beta: 2 } }]',
      '`beta` is set by a rule that can only be asked once it is known',
    ],
    [
      'when: [{ if: { beta: 1 }, then: { latent_dim: 2 } }, { if: { latent_dim: 2 }, then: { beta: 2 } }]',
      'once it is known',
    ],
    ['when: [{ if: { hidden: [9] }, then: { architecture: conv } }]', 'once it is known'],
    ['objective: { metric: val/kl }', 'val/kl has no better end of its own'],
    ['objective: { metric: val/active_units }', 'add `goal: minimize` or `goal: maximize`'],
    ['objective: { metric: val/objective }\nparameters: { beta: [1, 2] }', 'use val/elbo'],
    [
      'objective: { metric: val/elbo, goal: minimize }',
      '`val/elbo` is better when it is larger: minimize would rank the worst first; write `goal: maximize`, or leave it out',
    ],
    [
      'train: { epochs: 5 }\nparameters: { beta_schedule: [constant, linear], beta_warmup: [3, 8] }',
      '4:67  `beta_warmup: 8` leaves no epoch with the full beta: the training has 5 epochs; train more, or write beta_warmup: 4',
    ],
    ['train: { epochs: 3 }\nparameters: { beta_schedule: sigmoid }', '4:30  `beta_warmup: 5` leaves no epoch'],
    ['train: { epochs: 3 }\nparameters: { capacity: 9, capacity_warmup: 3 }', 'leaves no epoch with the full capacity'],
    ['train: { epochs: 3 }\nparameters: { lr_warmup: 3 }', 'leaves no epoch with the full learning_rate'],
    [
      'train: { epochs: 5 }\nparameters: { beta_schedule: cyclical, beta_cycles: 3 }',
      '`beta_cycles: 3` needs 6 epochs, two a cycle',
    ],
    ['train: { epochs: 4 }\nparameters: { lr_schedule: step, lr_step: 4 }', '`lr_step: 4` never comes'],
    ['parameters: { free_bits: 1, capacity: 5 }', 'are two objectives, and a trial has one'],
    ['parameters: { beta_schedule: cyclical, patience: 2 }', '`patience` would stop inside a cycle of beta'],
    [
      'parameters: { beta_schedule: linear, patience: 5 }',
      'can stop nothing: the training has 10 epochs, and it counts from the one after 5 epochs of warm-up',
    ],
    ['dataset: { name: mnist, validation: 0 }\nparameters: { patience: 2 }', '`patience` needs what is held out'],
    ['parameters: { beta_warmup: [1, 2] }', 'only beta_schedule linear or sigmoid has it'],
    ['objective: { metric: val/objective }\nparameters: { free_bits: [0, 1] }', 'and free_bits is swept'],
    [
      'parameters: { likelihood: [gaussian, continuous_bernoulli] }',
      'those of sprites-mini are black and white: the density of black and white grows without end; these fit: bernoulli, ',
    ],
    ['objective: { goal: minimize }', 'write `goal: maximize`, or leave it out'],
    [
      'train: { epochs: 3 }\nprune: { method: halving, min_epochs: 3 }\nparameters: { beta: [1, 2] }',
      'halving has no rung to prune at: the training has 3 epochs, and the first rung is after 3; train more, or write min_epochs: 2 or less',
    ],
    [
      'prune: { method: halving }\nparameters: { beta: [1, 2] }\nobjective: { metric: val/kl, goal: minimize }',
      'val/kl of a trial that is cut short says nothing of what it would come to',
    ],
    [
      'prune: { method: halving }\nparameters: { beta: [1, 2], beta_schedule: linear, beta_warmup: 9 }',
      'all rungs (after epoch 1, 3, 9) are inside an annealing of beta or capacity',
    ],
    [
      'prune: { method: halving }\nparameters: { beta: [1, 2] }\nobjectives: [val/kl, val/reconstruction]',
      'a pruned configuration never has val/kl and val/reconstruction of a whole training, though it may belong to the Pareto set: pruning looks at one metric; leave `prune` out, or `objectives`',
    ],
    [
      'seeds: { screen: 1, confirm: 5 }\nparameters: { beta: [1, 2, 3, 4] }\nobjectives: [val/kl, val/reconstruction]',
      "what isn't among the best by one metric is never confirmed, though it may belong to the Pareto set: its few seeds can't be held against the means of the others; write seeds: 5, or leave `objectives` out",
    ],
    [
      'objectives: [val/kl]',
      'one objective alone is nothing to trade; write `objective: { metric: val/kl, goal: minimize }`, or name another',
    ],
    ['objectives: val/kl', '`objectives`: expected a list, got "val/kl"; e.g. [val/kl, val/reconstruction]'],
    ['prune: hyperband', '`prune`: expected a mapping, got "hyperband"; write { method: hyperband }'],
    ['until: 20', '`until`: expected a mapping, got 20; write { patience: 20 }'],
    ['learn_from: beta', '`learn_from`: expected a list, got "beta"; write [beta]'],
    ['seeds: { screen: 1 }', 'seeds has no `confirm`; say how many the best ones have at the end, e.g. confirm: 5'],
    ['objectives: [val/kl, val/reconstrution]', 'did you mean `val/reconstruction`?'],
    ['objectives: [val/kl, { metric: val/elbo, goals: maximize }]', 'did you mean `goal`?'],
    [
      'objectives: [val/kl, test/reconstruction]',
      'test images choose nothing: they are looked at once, for what was chosen without them; write val/reconstruction',
    ],
    ['objectives: [val/kl, val/elbo, val/kl]', 'val/kl is named twice'],
    ['objectives: [val/elbo, val/active_units]', 'write { metric: val/active_units, goal: minimize }, or maximize'],
    ['objectives: [val/kl, { metric: val/elbo, goal: minimize }]', 'write `goal: maximize`, or leave it out'],
    ['objectives: [val/kl, val/objective]\nparameters: { beta: [1, 2] }', 'and beta is swept'],
    [
      'objectives: [val/kl, val/reconstruction]\nlearn_from: [other]\nsearch: tpe\ntrials: 20\nparameters: { beta: { min: 1, max: 2 } }',
      '4:1  what other sweeps found is known by one metric, and this search goes towards several objectives; leave `learn_from` out',
    ],
    ['prune: { method: halving }', 'there is one configuration, and nobody to compare it with'],
    [
      'prune: { method: halving }\nlookahead: 1\nsearch: tpe\ntrials: 20\nparameters: { beta: { min: 1, max: 2 } }',
      'one alone has nobody to be compared with; write lookahead: 9',
    ],
    [
      'budget: { epochs: 9 }',
      'a budget of 9 epochs ends before the first trial, which has 10; write epochs: 10 or more',
    ],
    [
      'budget: { trials: 3 }\nprune: { method: halving }\nparameters: { beta: [1, 2, 3, 4] }',
      'halving compares all 4 trials, and a budget of 3 never lets it',
    ],
    [
      'budget: { trials: 5 }\nseeds: { screen: 1, confirm: 3, top: 1 }\nprune: { method: halving }\nparameters: { beta: [1, 2, 3, 4] }',
      'a budget of 5, of which 2 are kept to confirm the best, never lets it; write trials: 6',
    ],
    [
      'budget: { epochs: 11 }\nprune: { method: halving, min_epochs: 4 }\nparameters: { beta: [1, 2, 3, 4] }',
      'ends before the best is trained to the end: 4 trials need 16 to the first rung, and the best 6 more; write epochs: 22 or more',
    ],
    [
      'budget: { epochs: 25 }\nseeds: 3\nprune: { method: asha, min_epochs: 3 }\nparameters: { beta: [1, 2, 3, 4] }',
      'a budget of 25 epochs ends before one configuration is trained to the end, which takes 30; write epochs: 30 or more',
    ],
    ['until: { metric: val/kl, reached: 3 }', 'val/kl has no better end of its own, so nothing is reached by it'],
    [
      'objective: { metric: val/reconstruction, goal: maximize }',
      '`val/reconstruction` is better when it is smaller: maximize would rank the worst first; write `goal: minimize`',
    ],
    ['objective: { metric: val/objective, goal: maximize }', 'write `goal: minimize`, or leave it out'],
    [
      'objective: { metric: val/kl }',
      'val/kl has no better end of its own, so `goal` must say which one you want; add `goal: minimize` or `goal: maximize`',
    ],
    [
      'objective: { metric: val/objective }\nwhen: [{ if: { architecture: conv }, then: { beta: 4 } }]',
      'beta is swept',
    ],
  ])('%s', (rest, expected) => {
    const error = errorIn(textWith(rest));
    expect(error?.message).toContain(expected);
  });

  it.each([
    ['{ min: 0, max: 1, step: 0.25 }', 'list its values: [0, 0.25, 0.5, 0.75, 1]'],
    ['{ min: 0, max: 1, step: 0.4 }', 'list its values: [0, 0.4, 0.8]'],
    ['{ min: 0, max: 10, step: 0.4 }', 'list some values: [0, 5.2, 10]'],
    ['{ min: 0.5, max: 2 }', 'list some values: [0.5, 1.25, 2]'],
    ['{ min: 1e-4, max: 1, scale: log }', 'list some values: [0.0001, 0.01, 1]'],
  ])('a range in a grid is told to write values of its own: %s', (range, hint) => {
    const [issue, ...others] = issuesIn(textWith(`parameters: { beta: ${range} }`));
    expect(others).toEqual([]);
    expect(issue?.hint).toContain(hint);
    const [, list] = /values: (\[.*\])/.exec(hint)!;
    expect(issuesIn(textWith(`parameters: { beta: ${list!} }`))).toEqual([]);
  });

  const two = 'parameters: { beta: [1, 2] }';
  const learning = 'search: tpe\ntrials: 20\nparameters: { beta: { min: 1, max: 2 } }';
  it.each([
    [
      'hyperbnd',
      '',
      two,
      'not_allowed 3:18 `method`: expected one of halving, hyperband, asha, median, got "hyperbnd"; did you mean `hyperband`?',
    ],
    [
      'hyperband',
      ', min_epochs: 10',
      two,
      'conflict 3:41 hyperband has no rung to prune at: the training has 10 epochs, and the first rung is after 10; train more, or write min_epochs: 9 or less',
    ],
    [
      'asha',
      '',
      `${two}\ntrain: { epochs: 1 }`,
      'conflict 5:18 asha has no rung to prune at: the training has 1 epoch, and the first rung is after 1; train more epochs',
    ],
    [
      'median',
      '',
      `${two}\nobjective: { metric: val/kl, goal: minimize }`,
      "conflict 5:22 val/kl of a trial that is cut short says nothing of what it would come to, so it can't be pruned by it; prune by val/elbo, val/reconstruction, val/bits_per_dim, or leave `prune` out",
    ],
    [
      'hyperband',
      '',
      `${learning}\nlookahead: 1`,
      'conflict 7:12 a search that learns prunes in cohorts of `lookahead` configurations, and one alone has nobody to be compared with; write lookahead: 9',
    ],
    // Who is compared with those before may be alone.
    ['asha', '', `${learning}\nlookahead: 1`, undefined],
    ['median', '', `${learning}\nlookahead: 1`, undefined],
    [
      'median',
      '',
      'parameters: { beta: [1, 2], beta_schedule: linear, beta_warmup: 9 }',
      'conflict 3:8 all rungs (after epoch 1, 2, 4, 8) are inside an annealing of beta or capacity, and nothing is pruned there; train more epochs, or leave `prune` out',
    ],
    [
      'asha',
      '',
      'parameters: { beta: 1 }',
      'conflict 3:8 there is one configuration, and nobody to compare it with; leave `prune` out',
    ],
    [
      'hyperband',
      '',
      `${two}\nbudget: { trials: 1 }`,
      'conflict 5:19 hyperband compares all 2 trials, and a budget of 1 never lets it; write trials: 2, or leave `prune` out',
    ],
    // A cohort of theirs is a part of what there is.
    ['asha', '', `${two}\nbudget: { trials: 1 }`, undefined],
    [
      'hyperband',
      '',
      `${two}\nuntil: { patience: 1 }`,
      'conflict 5:20 hyperband compares all 2 trials, and `patience` would end the sweep before it can; leave one of the two out, or search by what is learnt: `search: auto`',
    ],
    ['median', '', `${two}\nuntil: { patience: 1 }`, undefined],
  ])('prune by %s%s and %s', (method, more, rest, expected) => {
    const issues = summary(issuesIn(textWith(`prune: { method: ${method}${more} }\n${rest}`)));
    expect(issues).toEqual(expected === undefined ? [] : [expected]);
  });

  it('a search that learns has one scale', () => {
    const of = (likelihoods: string): string[] =>
      summary(
        issuesIn(textWith(`search: tpe\ntrials: 30\nparameters: { beta: [1, 2], likelihood: [${likelihoods}] }`)),
      );
    expect(of('bernoulli, gaussian')).toEqual([
      'conflict 3:9 tpe search learns from one scale, and values of bernoulli and of gaussian have none in common; search each in a sweep of its own, or write `search: sobol`',
    ]);
    expect(of('gaussian, gaussian_optimal')).toEqual([]);
  });

  it('a step of 0 is reported once', () => {
    const range = 'search: random\ntrials: 3\nparameters: { beta: { min: 0, max: 1, step: 0 } }';
    expect(summary(issuesIn(textWith(range)))).toEqual(['out_of_range 5:45 `step`: expected more than 0, got 0']);
  });

  it('are reported next to mistakes in single fields, and none is made up', () => {
    const issues = issuesIn(
      textWith('parameters: { beta: [1, 1], latent_dim: x }\nzip: [[latent_dim, beta]]\nsearch: random'),
    );
    expect(summary(issues)).toEqual([
      'wrong_type 3:41 `latent_dim`: expected a number, got "x"',
      'missing_key 5:9 random search needs to know how many configurations to draw; add `trials: 20`',
    ]);
  });

  it('val/objective may rank when beta is fixed', () => {
    expect(codesIn('objectives: val/kl')).toEqual(['wrong_type']);
    expect(codesIn('objective: { metric: val/objective }\nparameters: { beta: 4, latent_dim: [1, 2] }')).toEqual([]);
  });

  it('no validation images with two configurations, or far too many to look at', () => {
    const validation = 'name: a\ndataset: { name: mnist, validation: 0 }\n';
    expect(summary(issuesIn(`${validation}parameters: { beta: [1, 2] }`))).toEqual([
      'conflict 2:37 `validation: 0` leaves nothing to rank by, and this spec has more than one configuration; hold some out, or fix every parameter',
    ]);
    const many = JSON.stringify(Array.from({ length: 1000 }, (_, i) => i + 1));
    const huge = `${validation}parameters: { beta: ${many}, latent_dim: ${many} }\nexclude: [{ activation: relu }]`;
    expect(issuesIn(huge).map(({ code }) => code)).toEqual(['conflict']);
  });
});
