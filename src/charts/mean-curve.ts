import type { Curve, PageModel } from '../analysis/page/page-model.ts';

/** Mean by epoch over the completed seeds of a configuration, of those that have the epoch; null where it has none. */
export function meanCurve(
  { configurations, trials, curves }: PageModel,
  configuration: number,
  metric: string,
): Curve | null {
  const own = configurations[configuration]!.trials.filter((trial) => trials[trial]!.state === 'completed')
    .map((trial) => curves.trials[trial]?.[metric])
    .filter((curve) => curve !== undefined);
  if (own.length === 0) return null;
  const length = Math.max(...own.map((curve) => curve.length));
  return Array.from({ length }, (_, epoch) => {
    const values = own.flatMap((curve) => curve[epoch] ?? []);
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
