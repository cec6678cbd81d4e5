/** How long and how fast a trial trains. */
import type { Parameter } from './parameter.ts';

export const lrSchedule: Parameter<string> = {
  name: 'lr_schedule',
  values: { kind: 'names', names: ['constant', 'cosine', 'step'] },
  default: 'constant',
  neutral: 'constant',
  aliases: ['scheduler'],
  description:
    'How learning_rate changes, step by step. cosine: from its value after lr_warmup down to 0 at the end (Loshchilov & Hutter 2017). step: times lr_decay every lr_step epochs.',
};

export const lrWarmup: Parameter<number> = {
  name: 'lr_warmup',
  values: { kind: 'integer', min: 0, max: 100_000 },
  default: 0,
  neutral: 0,
  description: 'Over so many epochs learning_rate grows from nothing to its value; fewer than the training has.',
};

export const lrStep: Parameter<number> = {
  name: 'lr_step',
  only: { parameter: 'lr_schedule', values: ['step'] },
  values: { kind: 'integer', min: 1, max: 100_000 },
  default: 5,
  description: 'After how many epochs, again and again, learning_rate falls.',
};

export const lrDecay: Parameter<number> = {
  name: 'lr_decay',
  only: { parameter: 'lr_schedule', values: ['step'] },
  values: { kind: 'number', min: 'above 0', max: 1 },
  default: 0.1,
  aliases: ['gamma'],
  description: 'What learning_rate is multiplied by when it falls.',
};

export const weightDecay: Parameter<number> = {
  name: 'weight_decay',
  values: { kind: 'number', min: 0, max: 100 },
  default: 0,
  neutral: 0,
  aliases: ['adamw'],
  description:
    'AdamW (Loshchilov & Hutter 2019): each step takes learning_rate · weight_decay of each weight from it; biases stay. 0: Adam.',
};

export const patience: Parameter<number> = {
  name: 'patience',
  values: { kind: 'integer', min: 0, max: 100_000 },
  default: 0,
  neutral: 0,
  aliases: ['early_stopping'],
  description:
    'Training stops when val/elbo was no better for so many epochs, counted once beta and capacity are what they are to be. 0: it goes to the end.',
};

export const OPTIMIZER_PARAMETERS: readonly Parameter[] = [
  lrSchedule,
  lrWarmup,
  lrStep,
  lrDecay,
  weightDecay,
  patience,
];
