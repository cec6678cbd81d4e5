import { quantileSorted } from 'simple-statistics';

/** Values so many interquartile ranges off the middle half stay outside: a first epoch would flatten all others. */
const FENCE = 5;

/** What a chart of at least one value spans: all of them, but for those far off the middle half. */
export function visibleRange(values: readonly number[]): { readonly low: number; readonly high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const [q1, q3] = [quantileSorted(sorted, 0.25), quantileSorted(sorted, 0.75)];
  const reach = FENCE * (q3 - q1);
  const kept = reach === 0 ? sorted : sorted.filter((value) => value >= q1 - reach && value <= q3 + reach);
  return { low: kept[0]!, high: kept.at(-1)! };
}
