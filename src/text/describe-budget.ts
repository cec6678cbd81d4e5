import { count } from './format-number.ts';

/** What is left of a budget; null of what has none. */
export interface BudgetLeft {
  readonly trials: number | null;
  readonly epochs: number | null;
  readonly hours: number | null;
}

/** `1.5 hours`, `3 minutes`, `7 seconds`. */
export function formatHours(hours: number): string {
  if (hours < 0.01) return count(Math.ceil(3600 * hours), 'second');
  if (hours < 1) return count(Math.round(60 * hours), 'minute');
  const rounded = Math.round(10 * hours) / 10;
  return rounded === 1 ? '1 hour' : `${rounded} hours`;
}

/** `88 trials, 2.5 hours`; empty without a budget. */
export function describeBudget({ trials, epochs, hours }: BudgetLeft): string {
  const parts = [
    ...(trials === null ? [] : [count(trials, 'trial')]),
    ...(epochs === null ? [] : [count(epochs, 'epoch')]),
    ...(hours === null ? [] : [formatHours(hours)]),
  ];
  return parts.join(', ');
}
