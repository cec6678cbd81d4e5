import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { FoldedMetric, FoldedResult } from '../../sweep-file/expansion/learned-search.ts';
import type { TrialState } from '../../trial/state.ts';

/** How a trial ended, with its metrics where it completed. */
export interface TrialEnd {
  readonly state: TrialState;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * What the seeds of one configuration came to in the objective, and in each of several: mean and its standard error. Undefined while one has not ended. A
 * configuration of which a seed failed or diverged has no value, and counts as the worst there is: one that trains at times
 * is not what is looked for.
 */
export function foldResults(
  ends: readonly (TrialEnd | undefined)[],
  objective: string,
  traded: readonly string[] = [],
): FoldedResult | undefined {
  const ended = ends.filter((end) => end !== undefined);
  if (ended.length < ends.length) return undefined;
  const folded = foldMetric(ended, objective);
  return traded.length === 0 ? folded : { ...folded, traded: traded.map((metric) => foldMetric(ended, metric)) };
}

function foldMetric(ends: readonly TrialEnd[], metric: string): FoldedMetric {
  const values = ends.flatMap(({ state, metrics }) => (state === 'completed' ? (metrics[metric] ?? []) : []));
  if (values.length < ends.length) return { value: null, error: null };
  const error = values.length < 2 ? null : sampleStandardDeviation(values) / Math.sqrt(values.length);
  return { value: mean(values), error };
}
