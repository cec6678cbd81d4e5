/** The cases that the conditions of a spec tell apart: few, however large the space is. */
import { OF_WIDTHS, termsOf } from '../constraint.ts';
import { gridSize, walk } from './grid.ts';
import { stepsOf } from './draw.ts';
import { onlyIn, parameterOf, PARAMETER_NAMES, toParameters } from '../../model/parameters.ts';
import { axisGroups, isSame } from './space.ts';
import type { Chosen } from './space.ts';
import type { ParameterValue } from '../../model/parameter.ts';
import type { Choices, Domain, Range, SweepSpec } from '../spec.ts';

/** Comparisons of cases with conditions: a fraction of a second's work. */
const MAX_COMPARISONS = 2_000_000;

/**
 * Configurations that stand for all others, before `exclude` and `where`: of each parameter the values that some
 * condition names or that are an end of what `where` compares, and one that none does. Undefined where there are too many to look at.
 */
export function casesOf(spec: SweepSpec): Chosen[] | undefined {
  const reduced = reduce(spec);
  const conditions = 1 + spec.when.length + spec.exclude.length + spec.where.length;
  return gridSize(reduced) * conditions > MAX_COMPARISONS
    ? undefined
    : [...walk(reduced, axisGroups(reduced), {})].map(toParameters);
}

function reduce(spec: SweepSpec): SweepSpec {
  const named = namedValues(spec);
  const kept = new Map(spec.zip.flatMap((group) => keptOf(spec, group, named)));
  return {
    ...spec,
    search: { kind: 'grid' },
    axes: spec.axes.map(({ parameter, domain }) => {
      return { parameter, domain: kept.get(parameter) ?? representatives(domain, named(parameter)) };
    }),
    when: spec.when.map((rule) => {
      const entries = Object.entries(rule.then);
      const then = entries.map(([parameter, domain]) => [parameter, representatives(domain, named(parameter))]);
      return { ...rule, then: Object.fromEntries(then) as typeof rule.then };
    }),
  };
}

type Named = (parameter: string) => readonly ParameterValue[];

function namedValues(spec: SweepSpec): Named {
  const { when, exclude } = spec;
  const conditions = [...when.map((rule) => rule.if), ...exclude];
  const values = decidingValues();
  for (const condition of conditions) {
    for (const [parameter, some] of Object.entries(condition)) {
      values.set(parameter, [...(values.get(parameter) ?? []), ...some]);
    }
  }
  for (const [parameter, some] of comparedValues(spec)) {
    values.set(parameter, [...(values.get(parameter) ?? []), ...some]);
  }
  return (parameter) => values.get(parameter) ?? [];
}

/** What decides by itself which parameters there are counts as named: every architecture, likelihood and schedule. */
function decidingValues(): Map<string, ParameterValue[]> {
  const conditions = PARAMETER_NAMES.flatMap((name) => onlyIn(name) ?? []);
  return new Map(
    conditions.map((only) => {
      const { values } = parameterOf(only.parameter);
      return [only.parameter, 'above' in only ? [only.above] : values.kind === 'names' ? [...values.names] : []];
    }),
  );
}

/** Of parameters that `where` compares the ends, which tell what may come of it; of those that advance together, all. */
function comparedValues({ axes, when, where, zip }: SweepSpec): [string, readonly ParameterValue[]][] {
  return where.flatMap(termsOf).flatMap(({ parameter, of }) => {
    const own = axes.filter((axis) => axis.parameter === parameter).map(({ domain }) => domain);
    const domains = [...own, ...when.flatMap((rule) => rule.then[parameter] ?? [])];
    return domains.map((domain): [string, readonly ParameterValue[]] => {
      if (domain.kind === 'range') return [parameter, endsOf(domain)];
      if (zip.flat().includes(parameter)) return [parameter, domain.values];
      const number = (value: ParameterValue): number =>
        of === null ? Number(value) : OF_WIDTHS[of](value as readonly number[]);
      const inOrder = domain.values.toSorted((a, b) => number(a) - number(b));
      return [parameter, [inOrder[0]!, inOrder.at(-1)!]];
    });
  });
}

function endsOf(range: Range): readonly number[] {
  const steps = stepsOf(range);
  return steps === undefined ? [range.min, range.max] : [range.min, steps.at(steps.count - 1)];
}

/** Axes that advance together keep the same places of their lists. */
function keptOf({ axes }: SweepSpec, group: readonly string[], named: Named): [string, Choices][] {
  const members = axes.flatMap(({ parameter, domain }) =>
    group.includes(parameter) && domain.kind === 'choices' ? [{ parameter, values: domain.values }] : [],
  );
  const places = [...(members[0]?.values.keys() ?? [])];
  const isNamed = (place: number): boolean =>
    members.some(({ parameter, values }) => named(parameter).some((value) => isSame(value, values[place])));
  const other = places.find((place) => !isNamed(place));
  const kept = places.filter((place) => place === other || isNamed(place));
  return members.map(({ parameter, values }) => [
    parameter,
    { kind: 'choices', values: kept.map((place) => values[place]!) },
  ]);
}

function representatives(domain: Domain, named: readonly ParameterValue[]): Choices {
  const isNamed = (value: ParameterValue): boolean => named.some((other) => isSame(other, value));
  const values =
    domain.kind === 'choices'
      ? domain.values
      : [...named.filter((value) => isDrawn(value, domain)), ...samples(domain, named.length + 1)];
  const other = values.find((value) => !isNamed(value));
  const isKept = (value: ParameterValue): boolean =>
    value === other || (isNamed(value) && (domain.kind === 'choices' || isDrawn(value, domain)));
  return { kind: 'choices', values: values.filter(isKept) };
}

/** Where nothing spaces the values of a range, a draw meets none of them but, by rounding, its ends. */
function isDrawn(value: ParameterValue, range: Range): boolean {
  const { min, max, integer, step } = range;
  if (typeof value !== 'number' || value < min || value > max) return false;
  if (integer && !Number.isInteger(value)) return false;
  if (step === null) return integer || value === min || value === max;
  const place = (value - min) / step;
  return Math.abs(place - Math.round(place)) < 1e-9;
}

/** Different values of a range, as many as asked for where it has them. */
function samples(range: Range, count: number): number[] {
  const { min, max, integer } = range;
  const steps = stepsOf(range) ?? (integer ? { count: max - min + 1, at: (i: number) => min + i } : undefined);
  return Array.from({ length: Math.min(count, steps?.count ?? count) }, (_, i) =>
    steps === undefined ? min + ((max - min) * i) / count : steps.at(i),
  );
}
