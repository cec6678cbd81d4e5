/** Every parameter that a sweep may vary, those of the architectures and the likelihoods among them. */
import { activation } from './activation.ts';
import { ARCHITECTURES } from './architectures/index.ts';
import { condition } from './condition.ts';
import { LIKELIHOODS } from './likelihoods/index.ts';
import { OBJECTIVE_PARAMETERS } from './objective-parameters.ts';
import { OPTIMIZER_PARAMETERS } from './optimizer-parameters.ts';
import type { Only, Parameter, Parameters, ParameterValue } from './parameter.ts';

export const architecture: Parameter<string> = choice('architecture', ARCHITECTURES);
export const likelihood: Parameter<string> = choice('likelihood', LIKELIHOODS, 'How the decoder models a pixel. ');

export const INITIALIZATIONS = ['he', 'glorot'] as const;
export const init: Parameter<(typeof INITIALIZATIONS)[number]> = {
  name: 'init',
  values: { kind: 'names', names: INITIALIZATIONS },
  default: 'he',
  before: 'glorot',
  description:
    'How weights are drawn. he: hidden layers by their activation (He et al. 2015), heads as glorot, output a tenth of that. glorot: all by their width alone.',
};

export const latentDim: Parameter<number> = {
  name: 'latent_dim',
  values: { kind: 'integer', min: 1, max: 4096 },
  default: 10,
  description: 'Number of latent dimensions.',
  aliases: ['z_dim', 'latents'],
};

export const beta: Parameter<number> = {
  name: 'beta',
  values: { kind: 'number', min: 0, tooSmall: 'write 0 for an autoencoder with noise' },
  default: 1,
  aliases: ['kl_weight'],
  otherThings: ['beta1', 'beta2', 'beta_1', 'beta_2', 'eta', 'theta', 'zeta'],
  description: 'Weight of the KL term in the training objective. 1 is the VAE; 0 an autoencoder with noise.',
};

export const learningRate: Parameter<number> = {
  name: 'learning_rate',
  values: { kind: 'number', min: 'above 0', max: 10 },
  default: 1e-3,
  description: "Adam's step size.",
};

/** In the order in which a configuration is shown. */
export const PARAMETERS: readonly Parameter[] = [
  architecture,
  ...ARCHITECTURES.flatMap(({ parameters }) => parameters),
  activation,
  init,
  latentDim,
  condition,
  beta,
  learningRate,
  likelihood,
  ...LIKELIHOODS.flatMap(({ parameters = [] }) => parameters),
  ...OBJECTIVE_PARAMETERS,
  ...OPTIMIZER_PARAMETERS,
];

export const PARAMETER_NAMES: readonly string[] = PARAMETERS.map(({ name }) => name);

const byName = new Map(PARAMETERS.map((parameter) => [parameter.name, parameter]));

/** Throws for a name that nobody defined. */
export function parameterOf(name: string): Parameter {
  const parameter = byName.get(name);
  if (parameter === undefined) throw new Error(`no parameter is called ${name}`);
  return parameter;
}

const conditions = new Map<string, Only>([
  ...ownedBy(architecture, ARCHITECTURES),
  ...ownedBy(likelihood, LIKELIHOODS),
  ...PARAMETERS.flatMap(({ name, only }) => (only === undefined ? [] : [[name, only] as const])),
]);

function ownedBy(
  { name: parameter }: Parameter,
  owners: readonly { readonly name: string; readonly parameters?: readonly Parameter[] }[],
): (readonly [string, Only])[] {
  return owners.flatMap(({ name, parameters = [] }) =>
    parameters.map((owned) => [owned.name, { parameter, values: [name] }] as const),
  );
}

/** Which configurations have the parameter; undefined where all have it. */
export function onlyIn(parameter: string): Only | undefined {
  return conditions.get(parameter);
}

/** `architecture conv`, `beta_schedule linear or sigmoid`, `capacity above 0`. */
export function describeOnly(only: Only): string {
  return `${only.parameter} ${'values' in only ? only.values.join(' or ') : `above ${only.above}`}`;
}

/** Whether a configuration that is decided so far has the parameter, or may have it. */
export function mayHave(chosen: Parameters, parameter: string): boolean {
  const only = conditions.get(parameter);
  const decided = only && chosen[only.parameter];
  return decided === undefined || meets(only!, decided);
}

/** Whether a parameter that has this condition makes a difference beside this value of the other. */
export function meets(only: Only, value: ParameterValue): boolean {
  return 'values' in only ? only.values.some((one) => one === value) : (value as number) > only.above;
}

/** Whether a parameter's value is as if there were no such parameter: not worth a word. */
export function isNeutral(name: string, value: unknown): boolean {
  const neutral = byName.get(name)?.neutral;
  return neutral !== undefined && JSON.stringify(neutral) === JSON.stringify(value);
}

/** A configuration's parameters in one fixed order, without those that make no difference to it. */
export function toParameters(chosen: Parameters): Parameters {
  return Object.fromEntries(
    PARAMETER_NAMES.filter((name) => mayHave(chosen, name)).map((name) => [name, chosen[name]!]),
  );
}

/** The parameters of a trial that an older version recorded, with those that it did not know. */
export function withLaterParameters(recorded: Parameters): Parameters {
  const later = PARAMETERS.flatMap(({ name, neutral, before = neutral }) => {
    return before === undefined || name in recorded || !mayHave(recorded, name) ? [] : [[name, before] as const];
  });
  return { ...recorded, ...Object.fromEntries(later) };
}

/** A parameter that picks one of several definitions, the first by default. */
function choice(
  name: string,
  definitions: readonly { readonly name: string; readonly description: string }[],
  question = '',
): Parameter<string> {
  return {
    name,
    values: { kind: 'names', names: definitions.map((definition) => definition.name) },
    default: definitions[0]!.name,
    description: question + definitions.map(({ name, description }) => `${name}: ${description}.`).join(' '),
  };
}
