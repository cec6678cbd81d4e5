import { printableJson } from '../printable.ts';
import type { Comparison } from '../analysis/comparison-model.ts';
import type { ReportModel } from '../analysis/report-model.ts';
import type { DifferenceToBest } from '../analysis/versus-best.ts';

/** One line of JSON with a line feed, safe to print anywhere and equal in value to `value`. */
export function toJsonLine(value: unknown): string {
  return `${printableJson(JSON.stringify(value))}\n`;
}

/**
 * `vae-sweep.report/1`: the ranked configurations. Other programs rely on its names. Where the metric has no better end,
 * `goal` is null, `rank` the place in the order, and nothing `tied`.
 */
export function renderReportJson(model: ReportModel): string {
  return toJsonLine({
    schema: 'vae-sweep.report/1',
    sweep: model.sweep,
    metric: model.metric,
    goal: model.goal,
    trials: model.trials,
    best: model.configurations
      .filter(({ rank }) => rank !== null)
      .map(({ rank, params, n, tied, metrics, trials, standing, vsBest, lost }) => {
        return { rank, config: params, n, tied, metrics, trials, standing, vs_best: differenceJson(vsBest), lost };
      }),
    warnings: model.warnings.map(({ kind, message, trials }) => ({ kind, message, trials })),
    untested: model.untested,
    outside_plan: model.outside,
    trained_on: model.trainedOn,
  });
}

function differenceJson(difference: DifferenceToBest | null): object | null {
  if (difference === null) return null;
  const { mean, low, high, method } = difference;
  return { mean, low, high, method };
}

/** `vae-sweep.compare/1`: differences are right minus left. */
export function renderComparisonJson(comparison: Comparison): string {
  const side = ({ label, filter, unmatched, lost }: Comparison['left']): object => ({
    label,
    // One value as it is, several as their list.
    where: Object.fromEntries(
      filter.terms.map(({ parameter, values }) => [parameter, values.length === 1 ? values[0] : values]),
    ),
    unmatched,
    lost,
  });
  const metrics = comparison.metrics.map(({ name, left, right, difference, pairs, verdict }) => {
    return [name, { left, right, difference, pairs, verdict }] as const;
  });
  return toJsonLine({
    schema: 'vae-sweep.compare/1',
    sweep: comparison.sweep,
    metric: comparison.metric,
    goal: comparison.goal,
    sentence: comparison.sentence,
    left: side(comparison.left),
    right: side(comparison.right),
    pairs: comparison.pairs.map(({ left, right }) => ({ left: left.id, right: right.id })),
    planned_pairs: comparison.plannedPairs,
    differs: comparison.differs,
    varies: comparison.varies,
    metrics: Object.fromEntries(metrics),
    ratio: { trainable_weights: comparison.ratio.trainableWeights, seconds: comparison.ratio.seconds },
    notes: comparison.notes,
    divergence_p: comparison.divergenceP,
    outside_plan: comparison.outside,
    trained_on: comparison.trainedOn,
  });
}
