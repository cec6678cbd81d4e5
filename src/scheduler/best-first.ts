import type { RecordedVerdict } from '../store/verdicts.ts';
import type { ConfigId, TrialPlan } from '../trial/trial.ts';

/**
 * Trials of configurations that go on from a rung, the best first, before all others: should a budget end amid them, it has
 * gone to the best. `verdicts`: of each configuration in the order of its rungs.
 */
export function bestFirst(
  trials: readonly TrialPlan[],
  verdicts: readonly Pick<RecordedVerdict, 'configId' | 'verdict' | 'place'>[],
): TrialPlan[] {
  const places = new Map<ConfigId, number>();
  for (const { configId, verdict, place } of verdicts) if (verdict === 'promoted') places.set(configId, place!);
  const placeOf = ({ configId }: TrialPlan): number => places.get(configId) ?? Infinity;
  return trials.toSorted((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
}
