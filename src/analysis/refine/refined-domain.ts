/** Where a parameter is to be looked for next, by where the best of it lies. */
import type { Parameter, ParameterValue } from '../../model/parameter.ts';
import { isSame } from '../../sweep-file/expansion/space.ts';
import type { Choices, Domain, Range } from '../../sweep-file/spec.ts';

export interface Refined {
  /**
   * `extended`: the best is at an end, and better ones may lie beyond; `narrowed`: around the tied ones, with values between
   * those that were tried; `chosen`: some of the values that were there; `kept`: as it was; `fixed`: one value is left.
   */
  readonly kind: 'extended' | 'narrowed' | 'chosen' | 'kept' | 'fixed';
  readonly domain: Domain;
}

export interface Tried {
  readonly parameter: Parameter;
  readonly domain: Domain;
  readonly best: ParameterValue;
  /** Of the configurations that can't be told from the best, which is one of them. */
  readonly tied: readonly ParameterValue[];
  /** Whether nothing better is to be expected beyond an end of what was tried. */
  readonly isAtOptimum: boolean;
}

/** Of a range, whoever is in so much of it at an end is at that end. */
const EDGE = 0.1;
/** A range goes on for so much of its length beyond an end. */
const BEYOND = 0.5;
/** What is left around the tied ones, of the length of a range. */
const MARGIN = 0.1;
/** A range that keeps more than that of its length is kept whole. */
const MOST = 0.8;
/** Numbers that spread over such a factor are looked at by their logarithms. */
const LOG_FACTOR = 4;

export function fixedAt(value: ParameterValue): Refined {
  return { kind: 'fixed', domain: { kind: 'choices', values: [value] } };
}

export function refineDomain(tried: Tried): Refined {
  if (tried.domain.kind === 'range') return refineRange(tried, tried.domain);
  const { values } = tried.domain;
  if (values.length === 1) return { kind: 'kept', domain: tried.domain };
  return values.every((value) => typeof value === 'number')
    ? refineNumbers(
        tried,
        values.toSorted((a, b) => a - b),
      )
    : choose(tried, tried.domain);
}

/** Those of the tied, in the order they had. */
function choose({ tied, best }: Tried, { values }: Choices): Refined {
  const left = values.filter((value) => tied.some((one) => isSame(one, value)));
  if (left.length < 2) return fixedAt(left[0] ?? best);
  const domain: Domain = { kind: 'choices', values: left };
  return { kind: left.length === values.length ? 'kept' : 'chosen', domain };
}

function refineRange({ parameter, best, tied, isAtOptimum }: Tried, range: Range): Refined {
  const { min, max, scale, step, integer } = range;
  const [bend, unbend] = scale === 'log' ? [Math.log, Math.exp] : [Number, Number];
  const [start, end] = [bend(min), bend(max)];
  const length = end - start;
  const places = tied.map((value) => bend(Number(value)));
  const place = (bend(Number(best)) - start) / length;
  const isHigh = !isAtOptimum && place >= 1 - EDGE;
  const isLow = !isAtOptimum && place <= EDGE;
  const from = isLow ? start - BEYOND * length : Math.max(start, Math.min(...places) - MARGIN * length);
  const to = isHigh ? end + BEYOND * length : Math.min(end, Math.max(...places) + MARGIN * length);
  const [least, most] = limitsOf(parameter);
  const round = (value: number, away: 'down' | 'up'): number => {
    if (step !== null)
      return Number((min + Math[away === 'down' ? 'floor' : 'ceil']((value - min) / step) * step).toPrecision(12));
    if (integer) return away === 'down' ? Math.floor(value) : Math.ceil(value);
    return rounded(value, away);
  };
  // No rounding leaves out what is tied.
  const low = Math.max(least, Math.min(round(unbend(from), 'down'), ...tied.map(Number)));
  const high = Math.min(most, Math.max(round(unbend(to), 'up'), ...tied.map(Number)));
  const lower = low <= 0 && scale === 'log' ? min : low;
  const isBeyond = lower < min || high > max;
  const isWide = bend(high) - bend(lower) > MOST * length;
  if (!isBeyond && isWide) return { kind: 'kept', domain: range };
  if (high <= lower) return fixedAt(best);
  const width = step === null || step > high - lower ? null : step;
  return { kind: isBeyond ? 'extended' : 'narrowed', domain: { ...range, min: lower, max: high, step: width } };
}

function refineNumbers(tried: Tried, values: readonly number[]): Refined {
  const { parameter, tied, isAtOptimum } = tried;
  const best = Number(tried.best);
  const ties = values.filter((value) => tied.includes(value));
  const isLog = values[0]! > 0 && values.at(-1)! / values[0]! >= LOG_FACTOR;
  const [bend, unbend] = isLog ? [Math.log, Math.exp] : [Number, Number];
  const [least, most] = limitsOf(parameter);
  const tidy = (value: number): number => {
    const short = parameter.values.kind === 'integer' ? Math.round(value) : Number(value.toPrecision(2));
    return Math.min(most, Math.max(least, short));
  };
  const beyond = (last: number, before: number): number[] =>
    [0.5, 1].map((steps) => tidy(unbend(bend(last) + steps * (bend(last) - bend(before)))));
  const between = (a: number | undefined, b: number): number[] =>
    a === undefined ? [] : [tidy(unbend((bend(a) + bend(b)) / 2))];
  const isHigh = !isAtOptimum && best === values.at(-1);
  const isLow = !isAtOptimum && best === values[0] && best !== 0;
  const [first, last] = [ties[0] ?? best, ties.at(-1) ?? best];
  const around = isHigh
    ? beyond(best, values.at(-2)!)
    : isLow
      ? beyond(best, values[1]!)
      : [
          ...between(
            values.findLast((value) => value < first),
            first,
          ),
          ...ties.slice(1).flatMap((value, i) => between(ties[i], value)),
          ...between(
            values.find((value) => value > last),
            last,
          ),
        ];
  const fresh = around.filter((value) => !values.includes(value));
  const left = [...new Set([...ties, best, ...fresh])].sort((a, b) => a - b);
  if (fresh.length === 0) return choose({ ...tried, tied: [...tied, best] }, { kind: 'choices', values });
  return { kind: isHigh || isLow ? 'extended' : 'narrowed', domain: { kind: 'choices', values: left } };
}

function limitsOf({ values }: Parameter): readonly [number, number] {
  if (values.kind === 'integer') return [values.min, values.max];
  if (values.kind !== 'number') return [-Infinity, Infinity];
  return [values.min === 'above 0' ? Number.MIN_VALUE : values.min, values.max ?? Infinity];
}

/** To two digits. */
function rounded(value: number, away: 'down' | 'up'): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number(
    (Math[away === 'down' ? 'floor' : 'ceil'](Number((value / unit).toPrecision(9))) * unit).toPrecision(6),
  );
}
