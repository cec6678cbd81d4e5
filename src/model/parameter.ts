import type { Named } from './named.ts';

export type ParameterValue = string | number | readonly number[];

/** One configuration's parameters, by the names that users write: `{ architecture: 'mlp', latent_dim: 10, … }`. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** Which values a parameter may take, as data: `spec/value-schema.ts` checks them. Ends are included. */
export type AllowedValues =
  /** `isOpen`: or a name that a module of the user's defines, which is not known here. */
  | { readonly kind: 'names'; readonly names: readonly string[]; readonly isOpen?: true }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  | {
      readonly kind: 'number';
      readonly min: number | 'above 0';
      readonly max?: number;
      /** What was meant by a number that 32 bits don't hold. */
      readonly tooSmall?: string;
    }
  /** A list of whole numbers from 1 on, one a layer: one value. */
  | {
      readonly kind: 'widths';
      readonly max: number;
      readonly layers: number;
      /** What is odd about a list that rises: choices may have been meant. */
      readonly rising?: string;
    };

/** Configurations in which another parameter, one that all have, is such that this one makes a difference. */
export type Only = { readonly parameter: string } & (
  | { readonly values: readonly string[] }
  /** Numbers above this. */
  | { readonly above: number; readonly example: number }
);

/** What a sweep may vary. One definition says all of it; schema, checks, expansion and messages follow. */
export interface Parameter<Value extends ParameterValue = ParameterValue> extends Named {
  readonly values: AllowedValues;
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
  /** Which configurations have it; left out: all, or those of the definition that owns it. */
  readonly only?: Only;
  /** What trials had that were recorded before there was the parameter; by default what is neutral. */
  readonly before?: Value;
}

/** The value of a parameter that every configuration has, or that the configuration's architecture owns. */
export function valueOf<Value extends ParameterValue>(parameters: Parameters, { name }: Parameter<Value>): Value {
  const value = parameters[name];
  if (value === undefined) throw new Error(`a configuration without ${name}`);
  return value as Value;
}

/** The same of a parameter that a configuration may lack: what is neutral, or else usual, counts then. */
export function valueOr<Value extends ParameterValue>(parameters: Parameters, definition: Parameter<Value>): Value {
  return (parameters[definition.name] as Value | undefined) ?? definition.neutral ?? definition.default;
}
