import { SweepError } from '../errors.ts';
import { metricsCalled, rankable, shortNames } from '../metrics/short-names.ts';
import { nearest } from '../sweep-file/suggest.ts';
import { plain } from '../text/printable.ts';
import type { TrialRecord } from '../store/read-model.ts';

/** A trial's metric at its best epoch, or one of the two facts that are ranked like metrics: seconds, trainable_weights. */
export function measure(trial: TrialRecord, name: string): number | undefined {
  if (name === 'seconds') return trial.seconds;
  if (name === 'trainable_weights') return trial.trainableWeights ?? undefined;
  return Object.hasOwn(trial.metrics, name) ? trial.metrics[name] : undefined;
}

/** Names of everything `measure` knows about at least one of the trials: metrics in order of appearance, then facts. */
export function measuredNames(trials: readonly TrialRecord[]): string[] {
  const names = new Set(trials.flatMap((trial) => Object.keys(trial.metrics)));
  if (trials.length > 0) names.add('seconds');
  if (trials.some((trial) => trial.trainableWeights !== null)) names.add('trainable_weights');
  return [...names];
}

/**
 * The full name of the metric that is meant: `kl` is `val/kl`, or of another split where these trials have it of that one
 * alone. A full name that nobody defines is meant where a trial has it.
 * @param trials completed ones
 * @throws SweepError USAGE where several splits may be meant, NOT_FOUND where the trials have none of that name or, without
 *   trials, nobody defines it
 */
export function findMetric(written: string, trials: readonly TrialRecord[]): string {
  const measured = measuredNames(trials);
  if (measured.includes(written)) return written;
  const meant = metricsCalled(written);
  const there = trials.length === 0 ? meant : meant.filter((name) => measured.includes(name));
  const [only] = there;
  if (only !== undefined && there.length === 1) return only;
  const heldOut = there.find((name) => name.startsWith('val/'));
  if (heldOut !== undefined) return heldOut;
  if (there.length > 1) {
    throw new SweepError('USAGE', `${plain(written)} may be ${there.join(' or ')} here: write which one.`);
  }
  const known = trials.length === 0 ? rankable() : measured;
  const heldOutFirst = known.toSorted((a, b) => Number(b.startsWith('val/')) - Number(a.startsWith('val/')));
  const near = meant.length > 0 ? undefined : nearest(written, [...heldOutFirst, ...shortNames()]);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  throw new SweepError(
    'NOT_FOUND',
    trials.length === 0
      ? `There is no metric ${plain(written)}.${hint} Metrics are ${rankable().join(', ')}.`
      : `No completed trial has the metric ${plain(meant[0] ?? written)}.${hint} Metrics here: ${measured.join(', ')}`,
  );
}
