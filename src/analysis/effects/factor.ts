import type { Configuration } from '../ranking.ts';
import { isSameValue, type Params } from '../parameters.ts';
import { rangeParts, type ScaledRange } from '../statistics/range-parts.ts';
import { formatValue } from '../../text/format-value.ts';

/**
 * A parameter that differs between configurations, or several that advance together, as a coordinate from 0 to 1 over
 * which the design is uniform: the value at position i of k lies at (i + ½) / k, a number of a range where it lies in it.
 */
export interface Factor {
  readonly parameters: readonly string[];
  readonly levels: readonly Level[];
  /** Whether nearness of coordinates means likeness: of numbers. */
  readonly isOrdered: boolean;
  /** Coordinates at which effects are looked at: of each value, or places all over a range. */
  readonly raster: readonly number[];
  readonly coordinate: (params: Params) => number;
  /** Position in `levels`. */
  readonly levelOf: (params: Params) => number;
}

export interface Level {
  readonly value: unknown;
  readonly bin: { readonly from: number; readonly to: number } | null;
}

/** More values of a number than this are told in bins. */
const MAX_LEVELS = 8;
const BINS = 5;
const RASTER = 32;

/** How a parameter was searched, where at random over a range. */
export type RangeOf = (parameter: string) => ScaledRange | undefined;

/** The factors among these parameters, each of which all configurations have. */
export function findFactors(
  configurations: readonly Configuration[],
  parameters: readonly string[],
  rangeOf: RangeOf,
): Factor[] {
  const groups: string[][] = [];
  for (const parameter of parameters) {
    // What is drawn from ranges never advances together, though few draws may look like it.
    const twin = groups.find(
      ([first]) =>
        rangeOf(first!) === undefined &&
        rangeOf(parameter) === undefined &&
        advanceTogether(configurations, first!, parameter),
    );
    if (twin === undefined) groups.push([parameter]);
    else twin.push(parameter);
  }
  return groups.map((group) => factorOf(configurations, group, rangeOf(group[0]!)));
}

/** Whether each value of the one always comes with one value of the other, and not merely each value once. */
function advanceTogether(configurations: readonly Configuration[], a: string, b: string): boolean {
  const pairs = new Map<string, string>();
  const back = new Map<string, string>();
  for (const { params } of configurations) {
    const left = JSON.stringify(params[a]);
    const right = JSON.stringify(params[b]);
    if ((pairs.get(left) ?? right) !== right || (back.get(right) ?? left) !== left) return false;
    pairs.set(left, right);
    back.set(right, left);
  }
  // Of a random search every value may be there once.
  return pairs.size < configurations.length || configurations.length <= MAX_LEVELS;
}

function factorOf(
  configurations: readonly Configuration[],
  parameters: readonly string[],
  range?: ScaledRange,
): Factor {
  const [first] = parameters;
  const valueOf = (params: Params): unknown => params[first!];
  const values = sortedValues(configurations.map(({ params }) => valueOf(params)));
  const isNumeric = values.every((value) => typeof value === 'number');
  if (isNumeric && range !== undefined) return rangeFactor(parameters, values, range);
  if (isNumeric && values.length > MAX_LEVELS) {
    const [min, max] = [values[0]!, values.at(-1)!];
    const isLog = min > 0 && max / min >= 10;
    return rangeFactor(parameters, values, { min, max, scale: isLog ? 'log' : 'linear' });
  }
  const levels = values.map((value): Level => {
    const { params } = configurations.find((one) => isSameValue(valueOf(one.params), value))!;
    const shown = parameters.length === 1 ? value : parameters.map((name) => formatValue(params[name])).join(' / ');
    return { value: shown, bin: null };
  });
  const positions = new Map(values.map((value, position) => [JSON.stringify(value), position]));
  const levelOf = (params: Params): number => positions.get(JSON.stringify(valueOf(params)))!;
  const raster = middles(levels.length);
  return {
    parameters,
    levels,
    isOrdered: isNumeric,
    raster,
    levelOf,
    coordinate: (params) => raster[levelOf(params)]!,
  };
}

function middles(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 0.5) / count);
}

/** By the first of the parameters. */
function rangeFactor(parameters: readonly string[], values: readonly number[], range: ScaledRange): Factor {
  const { edges, coordinateOf, partOf } = rangeParts(range, BINS);
  const valueOf = (params: Params): number => params[parameters[0]!] as number;
  const isBinned = values.length > MAX_LEVELS;
  const levels = edges.slice(1).map((to, bin): Level => {
    return { value: `${edges[bin]!}–${to}`, bin: { from: edges[bin]!, to } };
  });
  return {
    parameters,
    levels: isBinned ? levels : values.map((value) => ({ value, bin: null })),
    isOrdered: true,
    raster: middles(RASTER),
    coordinate: (params) => coordinateOf(valueOf(params)),
    levelOf: (params) => (isBinned ? partOf(valueOf(params)) : values.indexOf(valueOf(params))),
  };
}

/** Numbers in ascending order, anything else as it first appears. */
function sortedValues<Value>(all: readonly Value[]): Value[] {
  const values = [...new Map(all.map((value) => [JSON.stringify(value), value])).values()];
  return values.every((value) => typeof value === 'number') ? values.toSorted((a, b) => a - b) : values;
}
