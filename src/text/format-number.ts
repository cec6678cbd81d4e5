/** From here on a value says how far things went wrong, not how well they went: its size is all that matters. */
const HUGE = 1e6;

/**
 * A figure for people, everywhere the same: `-36.41`, and `-9.20e34` for what has seven digits or more before the point,
 * so that one explosion does not set a column's width. Counts (no decimals) stay whole. `hugeDigits` are those after the
 * point of what is so large.
 */
export function formatNumber(value: number, decimals: number, hugeDigits = 2): string {
  if (decimals > 0 && Math.abs(value) >= HUGE) return value.toExponential(hugeDigits).replace('e+', 'e');
  const text = value.toFixed(decimals);
  // What rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** A number of things, everywhere the same: `60,000`. */
export function formatCount(amount: number): string {
  return amount.toLocaleString('en-US');
}

/** `2 diverged`, `1 failed`, of what there is any. */
export function tally(amounts: Readonly<Record<string, number>>): string[] {
  return Object.entries(amounts).flatMap(([what, amount]) => (amount > 0 ? [`${formatCount(amount)} ${what}`] : []));
}

/** `1 trial`, `2 trials`, `1,440 trials`. */
export function count(amount: number, noun: string): string {
  return `${formatCount(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
