/** What a trial minimises beside D + β·R: schedules of its weights, and other uses of the KL. */
import type { Parameter } from './parameter.ts';

export const betaSchedule: Parameter<string> = {
  name: 'beta_schedule',
  values: { kind: 'names', names: ['constant', 'linear', 'sigmoid', 'cyclical'] },
  default: 'constant',
  neutral: 'constant',
  description:
    'How beta gets to its value, step by step. linear, sigmoid: it rises from 0 over the first beta_warmup epochs (Bowman et al. 2016). cyclical: beta_cycles times over the training, each time linearly over the first half of the cycle (Fu et al. 2019). An epoch in which it is not full is never the best.',
};

export const betaWarmup: Parameter<number> = {
  name: 'beta_warmup',
  only: { parameter: 'beta_schedule', values: ['linear', 'sigmoid'] },
  values: { kind: 'integer', min: 1, max: 100_000 },
  default: 5,
  aliases: ['kl_warmup', 'annealing_epochs'],
  description: 'In how many epochs beta rises to its value; fewer than the training has.',
};

export const betaCycles: Parameter<number> = {
  name: 'beta_cycles',
  only: { parameter: 'beta_schedule', values: ['cyclical'] },
  values: { kind: 'integer', min: 1, max: 10_000 },
  default: 4,
  description: 'How often beta rises from 0; a cycle takes two epochs at least.',
};

export const freeBits: Parameter<number> = {
  name: 'free_bits',
  values: { kind: 'number', min: 0, max: 1000 },
  default: 0,
  neutral: 0,
  description:
    'Nats of KL that each latent dimension has for nothing, on average over a batch: it counts max(free_bits, KL) (Kingma et al. 2016). 0: none.',
};

export const capacity: Parameter<number> = {
  name: 'capacity',
  values: { kind: 'number', min: 0, max: 1e6 },
  default: 0,
  neutral: 0,
  description:
    'Nats C that the KL is drawn to: training minimises D + beta·|R − C|, with C rising from 0 over capacity_warmup epochs (Burgess et al. 2018, whose γ is beta). 0: the usual objective.',
};

export const capacityWarmup: Parameter<number> = {
  name: 'capacity_warmup',
  only: { parameter: 'capacity', above: 0, example: 25 },
  values: { kind: 'integer', min: 0, max: 100_000 },
  default: 5,
  description: 'In how many epochs C rises to capacity; fewer than the training has.',
};

export const logVarianceBound: Parameter<number> = {
  name: 'log_variance_bound',
  values: { kind: 'number', min: 0, max: 100 },
  default: 0,
  neutral: 0,
  description:
    "Keeps the posterior's log σ² within ± this, softly, as bound·tanh(log σ² / bound): where it would overflow. 0: no bound.",
};

export const OBJECTIVE_PARAMETERS: readonly Parameter[] = [
  betaSchedule,
  betaWarmup,
  betaCycles,
  freeBits,
  capacity,
  capacityWarmup,
  logVarianceBound,
];
