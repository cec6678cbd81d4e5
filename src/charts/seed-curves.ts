import type { Curve, PageModel } from '../analysis/page/page-model.ts';

/** What the completed seeds of a configuration reached by epoch, of those that have the epoch; null where none has. */
export interface SeedCurves {
  readonly mean: Curve;
  readonly low: Curve;
  readonly high: Curve;
}

/** Null where no completed seed recorded the metric. */
export function seedCurves(
  { configurations, trials, curves }: PageModel,
  configuration: number,
  metric: string,
): SeedCurves | null {
  const own = configurations[configuration]!.trials.filter((trial) => trials[trial]!.state === 'completed')
    .map((trial) => curves.trials[trial]?.[metric])
    .filter((curve) => curve !== undefined);
  if (own.length === 0) return null;
  const byEpoch = Array.from({ length: Math.max(...own.map((curve) => curve.length)) }, (_, epoch) =>
    own.flatMap((curve) => curve[epoch] ?? []),
  );
  const fold = (by: (values: readonly number[]) => number): Curve =>
    byEpoch.map((values) => (values.length === 0 ? null : by(values)));
  return {
    mean: fold((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
    low: fold((values) => Math.min(...values)),
    high: fold((values) => Math.max(...values)),
  };
}
