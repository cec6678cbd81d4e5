/** How a search came to its best: each configuration in its turn, and the best up to it. */
import type { Goal } from '../../metrics/metric.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import { isSettled } from '../../trial/state.ts';
import type { ConfigId } from '../../trial/trial.ts';
import { measure } from '../metric.ts';
import { foldSeeds } from '../ranking.ts';

/** `lost`: a seed diverged, failed or was cancelled. */
export type CourseEnd = 'completed' | 'pruned' | 'lost' | 'open';

export interface CourseStep {
  readonly configId: ConfigId;
  readonly end: CourseEnd;
  /** Who proposed it: `try`, `even` (before anything was learnt) or the search that had learnt; null for what no search that learns proposed. */
  readonly sampler: string | null;
  /**
   * Mean over seeds, each at its best epoch; of a pruned one up to its last rung, which is no result. Of what was confirmed by
   * the seeds that chose it. Null where a seed has none.
   */
  readonly value: number | null;
  /** Epochs of its longest trial. */
  readonly epochs: number;
  /** The best of those completed so far; null before the first. */
  readonly best: number | null;
}

/** `trials` in the order of the plan, in which a search proposes. `goal` null: nothing is best. */
export function courseOf(
  trials: readonly TrialRecord[],
  { metric, goal }: { readonly metric: string; readonly goal: Goal | null },
  samplers: ReadonlyMap<ConfigId, string>,
): CourseStep[] {
  const sign = goal === 'minimize' ? -1 : 1;
  let best: number | null = null;
  return foldSeeds(trials.filter(({ phase }) => phase !== 'confirm')).map(({ id, trials: seeds }): CourseStep => {
    const end = endOf(seeds);
    const values = seeds.flatMap((trial) => measure(trial, metric) ?? []);
    const isWhole = values.length === seeds.length && (end === 'completed' || end === 'pruned');
    const value = isWhole ? values.reduce((sum, one) => sum + one, 0) / values.length : null;
    if (goal !== null && end === 'completed' && value !== null && (best === null || sign * value > sign * best))
      best = value;
    const epochs = Math.max(...seeds.map((trial) => trial.epochs));
    return { configId: id, end, sampler: samplers.get(id) ?? null, value, epochs, best };
  });
}

function endOf(seeds: readonly TrialRecord[]): CourseEnd {
  const states = seeds.map(({ state }) => state);
  if (states.some((state) => state === 'diverged' || state === 'failed' || state === 'cancelled')) return 'lost';
  if (states.includes('pruned')) return 'pruned';
  return states.every(isSettled) ? 'completed' : 'open';
}

/** Whether it was proposed before the search had learnt anything. */
export function isInitial({ sampler }: Pick<CourseStep, 'sampler'>): boolean {
  return sampler === 'even' || sampler === 'try';
}
