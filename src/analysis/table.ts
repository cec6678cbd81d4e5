import type { ConfigurationSummary } from './report/report-model.ts';
import type { Interval } from './statistics/statistics.ts';

/** What a cell holds; how it is written is the renderers' business. Text is a name, a plain number a count as it is. */
export type Cell =
  | null
  | string
  | number
  | { readonly kind: 'parameter'; readonly value: unknown }
  | { readonly kind: 'number'; readonly value: number; readonly decimals: number; readonly isSigned?: boolean }
  | { readonly kind: 'interval'; readonly interval: Interval; readonly decimals: number; readonly isBest?: boolean }
  /** An interval by its ends, of a difference. */
  | { readonly kind: 'range'; readonly low: number; readonly high: number; readonly decimals: number }
  /** 18 of 20 trials, 9.5 of 10 dimensions on average. */
  | { readonly kind: 'part'; readonly part: number; readonly whole: number }
  | ({ readonly kind: 'standing' } & Pick<ConfigurationSummary, 'standing' | 'lost'>);

export interface Column {
  readonly header: string;
  /** The rows are in its order. */
  readonly isRanked?: boolean;
  /** 0 is always shown; of the others, the highest goes first where there is too little room. */
  readonly sacrifice: number;
  /** Where it isn't as usual: numbers to the right, words to the left. */
  readonly align?: 'left' | 'right';
  readonly cells: readonly Cell[];
}
