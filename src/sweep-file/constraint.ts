/** What `where` asks of a configuration: that two products of its numbers compare as said. */
import type { Parameters } from '../model/parameter.ts';

/** Numbers that a list of widths has. */
export const OF_WIDTHS = {
  first: (widths: readonly number[]) => widths[0]!,
  last: (widths: readonly number[]) => widths.at(-1)!,
  min: (widths: readonly number[]) => Math.min(...widths),
  max: (widths: readonly number[]) => Math.max(...widths),
  length: (widths: readonly number[]) => widths.length,
} as const;

/** A parameter that is a number, or a number that one with widths has. */
export interface Term {
  readonly parameter: string;
  readonly of: keyof typeof OF_WIDTHS | null;
}

/**
 * A product. Parameters are 0 or more, so it grows with each of them or is constant: where it is smallest and largest is
 * known from their ends.
 */
export interface Side {
  readonly factor: number;
  readonly terms: readonly Term[];
}

/** By the sign of left minus right, −1, 0 or 1. */
export const RELATIONS = {
  '<': (sign: number) => sign < 0,
  '<=': (sign: number) => sign <= 0,
  '>': (sign: number) => sign > 0,
  '>=': (sign: number) => sign >= 0,
  '=': (sign: number) => sign === 0,
  '!=': (sign: number) => sign !== 0,
} as const;

export interface Constraint {
  /** As the file has it. */
  readonly text: string;
  readonly left: Side;
  readonly relation: keyof typeof RELATIONS;
  readonly right: Side;
}

export function termsOf({ left, right }: Constraint): readonly Term[] {
  return [...left.terms, ...right.terms];
}

/** A configuration that lacks one of the parameters is asked nothing. */
export function isMet(constraint: Constraint, parameters: Parameters): boolean {
  const sign = signOf(constraint, parameters);
  return sign === undefined || RELATIONS[constraint.relation](sign);
}

/** Of left minus right; undefined where a parameter is not there. */
export function signOf({ left, right }: Constraint, parameters: Parameters): number | undefined {
  const [a, b] = [sideOf(left, parameters), sideOf(right, parameters)];
  return a === undefined || b === undefined ? undefined : Math.sign(a - b);
}

export function sideOf({ factor, terms }: Side, parameters: Parameters): number | undefined {
  let product = factor;
  for (const { parameter, of } of terms) {
    const value = parameters[parameter];
    if (value === undefined) return undefined;
    product *= of === null ? Number(value) : OF_WIDTHS[of](value as readonly number[]);
  }
  return product;
}

/** `2 * last(hidden)`. */
export function sideText({ factor, terms }: Side): string {
  const texts = terms.map(({ parameter, of }) => (of === null ? parameter : `${of}(${parameter})`));
  return (factor === 1 && terms.length > 0 ? texts : [String(factor), ...texts]).join(' * ');
}
