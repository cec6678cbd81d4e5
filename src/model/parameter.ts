import type { z } from 'zod';

export type ParameterValue = string | number | readonly number[];

/** One configuration's parameters, by the names that users write: `{ architecture: 'mlp', latent_dim: 10, … }`. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** What a sweep may vary. One definition says all of it; schema, checks, expansion and messages follow. */
export interface Parameter<Value extends ParameterValue = ParameterValue> {
  /** In snake_case, as users write it. */
  readonly name: string;
  /** Which values it may take. */
  readonly value: z.ZodType<Value>;
  readonly default: Value;
  /** What the editor says about it. */
  readonly description: string;
  /** Why its list can't be longer. */
  readonly limit?: string;
  /**
   * The value at which a trial is what it was before there was the parameter: it stays out of identities, so that results
   * from before keep theirs.
   */
  readonly neutral?: Value;
}

/** The value of a parameter that every configuration has, or that the configuration's architecture owns. */
export function valueOf<Value extends ParameterValue>(parameters: Parameters, { name }: Parameter<Value>): Value {
  const value = parameters[name];
  if (value === undefined) throw new Error(`a configuration without ${name}`);
  return value as Value;
}
