import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { FoldedResult } from '../sweep-file/learned-search.ts';
import type { TrialState } from '../trial/state.ts';

/** How a trial ended, with its objective where it completed. */
export interface TrialEnd {
  readonly state: TrialState;
  readonly value: number | undefined;
}

/**
 * What the seeds of one configuration came to: their mean, with its standard error. Undefined while one has not ended. A
 * configuration of which a seed failed or diverged has no value, and counts as the worst there is: one that trains at times
 * is not what is looked for.
 */
export function foldResults(ends: readonly (TrialEnd | undefined)[]): FoldedResult | undefined {
  const values: number[] = [];
  let isWhole = true;
  for (const end of ends) {
    if (end === undefined) return undefined;
    if (end.state === 'completed' && end.value !== undefined) values.push(end.value);
    else isWhole = false;
  }
  if (!isWhole) return { value: null, error: null };
  const error = values.length < 2 ? null : sampleStandardDeviation(values) / Math.sqrt(values.length);
  return { value: mean(values), error };
}
