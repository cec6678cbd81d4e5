/** Scales of values to pixels, and how their ticks are written. */
import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import type { Goal } from '../metrics/metric.ts';
import { visibleRange } from '../analysis/statistics/visible-range.ts';
import type { PageAxis } from '../analysis/page/page-model.ts';

export interface Scale {
  (value: number): number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** As written in running text: a real minus sign, no more digits than the value has. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e6 || size < 1e-3)
      ? value
          .toExponential(2)
          .replace(/\.?0+e/, 'e')
          .replace('e+', 'e')
      : String(Number(value.toPrecision(6)));
  return text.replace('-', '−').replace('e-', 'e−');
}

export function minus(text: string): string {
  return text.replaceAll('-', '−');
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number], count = 5): Scale {
  const scale = scaleLinear(padded(domain), range);
  return Object.assign((value: number) => scale(value), {
    ticks: scale.ticks(count).map((value) => ({ at: scale(value), label: tickText(value) })),
  });
}

/** As many as tell the lowest of some values from the highest, with one to spare, and each from each as well as `most` would. */
export function tellingDecimals(values: readonly number[], most: number): number {
  const spread = Math.max(...values) - Math.min(...values);
  if (!(spread > 0) || !Number.isFinite(spread)) return most;
  const told = (decimals: number): number => new Set(values.map((value) => value.toFixed(decimals))).size;
  const all = told(most);
  let decimals = Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(spread))));
  while (decimals < most && told(decimals) < all) decimals++;
  return decimals;
}

/** Of the widest of a scale's labels at 11 pixels a letter's height: no digit is wider. */
export function labelWidth({ ticks }: Scale): number {
  return Math.max(0, ...ticks.map(({ label }) => label.length)) * 6.4;
}

function padded([low, high]: readonly [number, number]): [number, number] {
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Where the values of a swept parameter lie. Few listed values get a tick each. */
export function axisScale({ scale: kind, values }: PageAxis, range: readonly [number, number]): Scale {
  if (kind === 'category') {
    const scale = scalePoint(values.map(String), range).padding(values.length === 1 ? 0 : 0.25);
    const at = (place: number): number => scale(String(values[place])) ?? range[0];
    return Object.assign(at, { ticks: values.map((label, place) => ({ at: at(place), label: String(label) })) });
  }
  const numbers = values as readonly number[];
  const domain = padded([numbers[0]!, numbers.at(-1)!]);
  const scale = kind === 'log' ? scaleLog(domain, range) : scaleLinear(domain, range);
  const room = Math.abs(range[1] - range[0]);
  const listed = numbers.length <= Math.max(2, room / 20) ? numbers : undefined;
  const shown = listed ?? (kind === 'log' ? logTicks(domain, room / 28) : scale.ticks(Math.min(6, room / 36)));
  return Object.assign((value: number) => scale(value), {
    ticks: shown.map((value) => ({ at: scale(value), label: tickText(value) })),
  });
}

/** Of 1, 2, 5 in each decade as many as there is room for. */
function logTicks([low, high]: readonly [number, number], most: number): number[] {
  const decades = (steps: readonly number[]): number[] => {
    const found: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      found.push(...steps.map((step) => Number(`${step}e${power}`)).filter((value) => value >= low && value <= high));
    }
    return found;
  };
  return [[1, 2, 5], [1, 3], [1]].map(decades).find((ticks) => ticks.length <= most) ?? decades([1]);
}

const OUTER_FENCE = 3;

/**
 * The range that an axis shows: all values, but for those beyond Tukey's outer fences (three interquartile ranges from
 * the quartiles), which would squeeze all others together; the better end is always shown whole. What lies beyond is
 * to be drawn at the edge and said.
 */
export function robustDomain(values: readonly number[], goal: Goal | null): [number, number] {
  if (values.length === 0) return [0, 1];
  const { low, high, least, most } = visibleRange(values, OUTER_FENCE);
  return [goal === 'minimize' ? least : low, goal === 'maximize' ? most : high];
}
