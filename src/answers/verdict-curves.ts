import { needsTraining, VERDICT_METRICS } from '../analysis/trial/verdict.ts';
import type { MetricCurves, ReadModel, SweepSnapshot } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';

/** What the verdicts of a sweep's trials are told from, and no more: a sweep may have a million epochs. */
export function verdictCurves(model: ReadModel, { sweep, trials }: SweepSnapshot): ReadonlyMap<TrialId, MetricCurves> {
  const held = model.curves(sweep.name, [VERDICT_METRICS.held]);
  const wanted = trials.filter(needsTraining).map(({ id }) => id);
  if (wanted.length === 0) return held;
  const trained = model.curves(sweep.name, VERDICT_METRICS.trained, wanted);
  const both = [...trained].map(([id, curves]) => [id, new Map([...(held.get(id) ?? []), ...curves])] as const);
  return new Map<TrialId, MetricCurves>([...held, ...both]);
}
