import { valueOr, type Parameter, type Parameters } from './parameter.ts';

export const condition: Parameter<string> = {
  name: 'condition',
  values: { kind: 'names', names: ['none', 'label'] },
  default: 'none',
  neutral: 'none',
  aliases: ['conditional', 'class_conditional'],
  description:
    'What encoder and decoder are told of an image. label: its label (a conditional VAE, Sohn et al. 2015), of data that have labels; its ELBO bounds log p(x|label), which is never ranked with log p(x).',
};

/** Whether the models of a configuration are told labels. */
export function isConditional(parameters: Parameters): boolean {
  return valueOr(parameters, condition) !== condition.neutral;
}
