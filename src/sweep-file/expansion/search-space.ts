import type { Dimension, Point, SearchSpace } from '../../search/space.ts';
import type { Parameters, ParameterValue } from '../../model/parameter.ts';
import { toParameters } from '../../model/parameters.ts';
import { drawFrom, stepsOf, type DrawSource } from './draw.ts';
import { leftOutBy } from './left-out.ts';
import { axisGroups, domainOf, isSame, optionsOf, type AxisGroup } from './space.ts';
import type { Axis, Domain, Range, SweepSpec } from '../spec.ts';

/** How one dimension is decided and read: one domain of a parameter, or parameters that advance together. */
interface Axle {
  readonly dimension: Dimension;
  /** The configuration's values at a coordinate. */
  valuesAt(coordinate: number, chosen: Parameters): Parameters;
  /** NaN for a value that is not of the domain, as `try` may name one. */
  coordinateOf(configuration: Parameters): number;
}

/**
 * A spec's configurations as a search sees them. A parameter has a dimension for each domain that `parameters` and `when`
 * give it, so what depends on a condition is learnt apart. Numbers are in order, also those of a list (by rank), on a log
 * range by their logarithm; other choices are categories. What has one value has no dimension.
 */
export function searchSpace(spec: SweepSpec): SearchSpace<Parameters> {
  const groups = axisGroups(spec);
  const axles: Axle[] = [];
  const placeOf = new Map<Domain | AxisGroup, number>();
  for (const group of groups) {
    const [axis] = group as readonly [Axis];
    if (group.length > 1) {
      placeOf.set(group, axles.push(ofGroup(spec, group)) - 1);
      continue;
    }
    const same = new Map<string, number>();
    for (const domain of [axis.domain, ...spec.when.flatMap((rule) => rule.then[axis.parameter] ?? [])]) {
      const axle = ofDomain(axis.parameter, domain);
      if (axle === undefined) continue;
      const key = JSON.stringify(domain);
      if (!same.has(key)) same.set(key, axles.push(axle) - 1);
      placeOf.set(domain, same.get(key)!);
    }
  }
  /** The dimension that decides a group in such a configuration, if any does. */
  const placeFor = (group: AxisGroup, chosen: Parameters): number | undefined => {
    if (group.length > 1) return placeOf.get(group);
    const domain = domainOf(spec, group[0]!, chosen);
    return domain && placeOf.get(domain);
  };
  const leftOut = leftOutBy(spec);

  return {
    dimensions: axles.map(({ dimension }) => dimension),

    build(decide) {
      const chosen: Record<string, ParameterValue> = {};
      for (const group of groups) {
        const place = placeFor(group, chosen);
        if (place === undefined) Object.assign(chosen, optionsOf(spec, group, chosen)[0]);
        else Object.assign(chosen, axles[place]!.valuesAt(decide(place), chosen));
      }
      return toParameters(chosen);
    },

    pointOf(configuration): Point {
      const point = axles.map(() => NaN);
      for (const group of groups) {
        const place = placeFor(group, configuration);
        if (place !== undefined) point[place] = axles[place]!.coordinateOf(configuration);
      }
      return point;
    },

    allows: (configuration) => leftOut(configuration) === undefined,
  };
}

/** Undefined for a single value. */
function ofDomain(parameter: string, domain: Domain): Axle | undefined {
  if (domain.kind === 'range') return ofRange(parameter, domain);
  const { values } = domain;
  if (values.length === 1) return undefined;
  const numbers = values.every((value) => typeof value === 'number');
  const inOrder = numbers ? values.toSorted((a, b) => a - b) : values;
  const cell = 1 / values.length;
  const indexOf = (configuration: Parameters): number => {
    const index = inOrder.findIndex((value) => isSame(value, configuration[parameter]));
    return index < 0 ? NaN : index;
  };
  return numbers
    ? {
        dimension: { kind: 'ordered', cell },
        valuesAt: (at) => ({ [parameter]: inOrder[Math.min(values.length - 1, Math.floor(at * values.length))]! }),
        coordinateOf: (configuration) => (indexOf(configuration) + 0.5) * cell,
      }
    : {
        dimension: { kind: 'category', count: values.length },
        valuesAt: (at) => ({ [parameter]: inOrder[at]! }),
        coordinateOf: indexOf,
      };
}

function ofRange(parameter: string, range: Range): Axle | undefined {
  const steps = stepsOf(range);
  if (steps?.count === 1) return undefined;
  const cell = steps === undefined ? 0 : 1 / steps.count;
  return {
    dimension: { kind: 'ordered', cell },
    valuesAt: (at) => ({ [parameter]: drawFrom(range, positioned(at)) }),
    coordinateOf: (configuration) => {
      const value = Number(configuration[parameter]);
      const at = steps === undefined ? positionOf(range, value) : (Math.round(steps.indexOf(value)) + 0.5) * cell;
      return Math.max(0, Math.min(1, at));
    },
  };
}

/** Where `drawFrom` has a value: 0 at the beginning of the range, 1 at its end. */
function positionOf({ min, max, scale, integer }: Range, value: number): number {
  const end = integer ? max + 1 : max;
  const middle = integer ? (scale === 'log' ? Math.sqrt(value * (value + 1)) : value + 0.5) : value;
  const of = scale === 'log' ? Math.log : (x: number): number => x;
  return (of(middle) - of(min)) / (of(end) - of(min));
}

/** `zip`: rows, which no `when` changes. */
function ofGroup(spec: SweepSpec, group: AxisGroup): Axle {
  const count = optionsOf(spec, group, {}).length;
  return {
    dimension: { kind: 'category', count },
    valuesAt: (at, chosen) => optionsOf(spec, group, chosen)[at]!,
    coordinateOf: (configuration) => {
      const row = optionsOf(spec, group, configuration).findIndex((option) =>
        Object.entries(option).every(([name, value]) => isSame(value, configuration[name])),
      );
      return row < 0 ? NaN : row;
    },
  };
}

/** A coordinate stands where random search has a stream. */
function positioned(at: number): DrawSource {
  return { uniform: () => at, below: (bound) => Math.min(bound - 1, Math.floor(at * bound)) };
}
