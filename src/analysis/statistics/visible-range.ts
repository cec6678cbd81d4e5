/** Values so many interquartile ranges off the middle half stay outside: a first epoch would flatten all others. */
const FENCE = 5;

/** Of fewer values the middle half is one or two of them, and tells nothing of the others. */
const LEAST_VALUES = 5;

export interface VisibleRange {
  readonly low: number;
  readonly high: number;
  /** Of all values. */
  readonly least: number;
  readonly most: number;
}

/** What a chart of at least one value spans: all of them, but for those far off the middle half. */
export function visibleRange(values: readonly number[], fence = FENCE): VisibleRange {
  const sorted = values.toSorted((a, b) => a - b);
  const [q1, q3] = [0.25, 0.75].map((share) => sorted[Math.round(share * (sorted.length - 1))]!) as [number, number];
  const reach = fence * (q3 - q1);
  const kept =
    reach === 0 || sorted.length < LEAST_VALUES
      ? sorted
      : sorted.filter((value) => value >= q1 - reach && value <= q3 + reach);
  return { low: kept[0]!, high: kept.at(-1)!, least: sorted[0]!, most: sorted.at(-1)! };
}
