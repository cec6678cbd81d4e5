import { FACTS, metricName, METRICS } from './index.ts';
import { ALL_SPLITS, HELD_OUT, type Quantity } from './metric.ts';
import { describedMetrics } from './own.ts';

/** Full names of all metrics and facts that a report may rank by, the user's own among them. */
export function rankable(): readonly string[] {
  const own = describedMetrics();
  return [
    ...ALL_SPLITS.flatMap((split) => [
      ...METRICS.filter(({ splits }) => splits.includes(split)).map((metric) => metricName(split, metric)),
      ...(HELD_OUT.includes(split) ? own.map((metric) => metricName(split, metric)) : []),
    ]),
    ...FACTS.map(({ name }) => name),
  ];
}

/** `recon`, `kl`, `active`: as tables head their columns. */
export function shortNames(): readonly string[] {
  return quantities().map(({ label }) => label.toLowerCase());
}

function quantities(): readonly Quantity[] {
  return [...METRICS, ...FACTS, ...describedMetrics()];
}

/**
 * The full names that a short one may stand for: `kl` and `KL` for `train/kl`, `val/kl` and `test/kl`, `test/recon` for
 * `test/reconstruction`, `weights` for `trainable_weights`. A full name stands for itself; none for what nobody defines.
 */
export function metricsCalled(written: string): string[] {
  const all = rankable();
  if (all.includes(written)) return [written];
  const separator = written.indexOf('/');
  const split = written.slice(0, separator + 1);
  const word = written.slice(separator + 1).toLowerCase();
  const isCalled = ({ name, label, aliases = [] }: Quantity): boolean =>
    [name, label.toLowerCase(), ...aliases].includes(word);
  const kinds = quantities()
    .filter(isCalled)
    .map(({ name }) => name);
  return all.filter((full) => full.startsWith(split) && kinds.includes(full.slice(full.indexOf('/') + 1)));
}
