import { activeUnits } from './active-units.ts';
import { annealing } from './annealing.ts';
import { bitsPerDim } from './bits-per-dim.ts';
import { constantElbo } from './constant-elbo.ts';
import { elbo } from './elbo.ts';
import { kl } from './kl.ts';
import { describedMetrics, ownValue } from './own.ts';
import type { Measured, Metric, Quantity, Split } from './metric.ts';
import { objective } from './objective.ts';
import { reconstruction } from './reconstruction.ts';

/** In the order in which they are recorded. */
export const METRICS: readonly Metric[] = [
  elbo,
  reconstruction,
  kl,
  objective,
  activeUnits,
  bitsPerDim,
  annealing,
  constantElbo,
];

/** What trials are compared by like a metric, but of no split. */
export const FACTS: readonly Quantity[] = [
  { name: 'seconds', label: 'seconds', amount: 'seconds', unit: 'seconds', goal: 'minimize', decimals: 1 },
  { name: 'trainable_weights', label: 'weights', amount: 'weights', unit: 'weights', goal: null, decimals: 0 },
];

export function metricName(split: Split, { name }: Quantity): string {
  return `${split}/${name}`;
}

/** The metrics that an epoch or an evaluation of a split records, by their full names, then the user's own. */
export function metricsOf(split: Split, measured: Measured, own: readonly Metric[] = []): Record<string, number> {
  const isOf = ({ splits }: Metric): boolean => splits.includes(split);
  const values = [
    ...METRICS.filter(isOf).map((metric) => [metric, metric.of(measured)] as const),
    ...own.filter(isOf).map((metric) => [metric, ownValue(metric, measured)] as const),
  ];
  return Object.fromEntries(
    values.flatMap(([metric, value]) => (value === undefined ? [] : [[metricName(split, metric), value]])),
  );
}

/** What is known of `val/elbo`, `seconds`, …; a metric that nobody defines is shown with two decimals. */
export function quantityOf(name: string): Quantity {
  const kind = name.slice(name.indexOf('/') + 1);
  return (
    [...METRICS, ...FACTS, ...describedMetrics()].find((one) => one.name === kind) ?? {
      ...{ name, label: name, amount: name, unit: '' },
      ...{ goal: null, decimals: 2 },
    }
  );
}
