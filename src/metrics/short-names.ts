import { FACTS, metricName, METRICS } from './index.ts';
import { ALL_SPLITS, type Quantity } from './metric.ts';

/** Full names of all metrics and facts that a report may rank by. */
export const RANKABLE: readonly string[] = [
  ...ALL_SPLITS.flatMap((split) =>
    METRICS.filter(({ splits }) => splits.includes(split)).map((metric) => metricName(split, metric)),
  ),
  ...FACTS.map(({ name }) => name),
];

/** `recon`, `kl`, `active`: as tables head their columns. */
export const SHORT_NAMES: readonly string[] = [...METRICS, ...FACTS].map(({ label }) => label.toLowerCase());

/**
 * The full names that a short one may stand for: `kl` and `KL` for `train/kl`, `val/kl` and `test/kl`, `test/recon` for
 * `test/reconstruction`, `weights` for `trainable_weights`. A full name stands for itself; none for what nobody defines.
 */
export function metricsCalled(written: string): string[] {
  if (RANKABLE.includes(written)) return [written];
  const separator = written.indexOf('/');
  const split = written.slice(0, separator + 1);
  const word = written.slice(separator + 1).toLowerCase();
  const isCalled = ({ name, label, aliases = [] }: Quantity): boolean =>
    [name, label.toLowerCase(), ...aliases].includes(word);
  const kinds = [...METRICS, ...FACTS].filter(isCalled).map(({ name }) => name);
  return RANKABLE.filter((full) => full.startsWith(split) && kinds.includes(full.slice(full.indexOf('/') + 1)));
}
