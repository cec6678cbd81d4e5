import type { TrialConfig } from '../trial/trial.ts';
import type { MetricRow } from './read-model.ts';
import type { TrialRow } from './rows.ts';
import { DamagedRow } from './store-error.ts';

/** Refuses a trial's row whose numbers can't all be true. @throws DamagedRow */
export function checkTrialNumbers(
  row: TrialRow,
  { train }: TrialConfig,
  metrics: Readonly<Record<string, number>>,
): void {
  const { trial_id, sweep, epochs, best_epoch, seconds } = row;
  const refuse = (what: string): never => {
    throw new DamagedRow(`trial ${trial_id} of sweep ${sweep} has ${what}`);
  };
  if (!Number.isSafeInteger(row.seed)) refuse(`the seed ${row.seed}`);
  if (!isCount(row.attempts)) refuse(`${row.attempts} attempts`);
  if (!isCount(epochs) || epochs > train.epochs) refuse(`${epochs} of ${train.epochs} epochs`);
  if (!isCount(seconds, false)) refuse(`${seconds} seconds`);
  if (best_epoch !== null && !(isCount(best_epoch) && best_epoch >= 1 && best_epoch <= epochs)) {
    refuse(`the best epoch ${best_epoch} of ${epochs}`);
  }
  if (row.state === 'completed' && best_epoch === null) refuse('no result, and is completed');
  for (const name of ['train_images', 'validation_images', 'trainable_weights', 'numerics_version'] as const) {
    if (row[name] !== null && !isCount(row[name])) refuse(`${row[name]} for ${name}`);
  }
  for (const name in metrics) if (!Number.isFinite(metrics[name])) refuse(`${name} ${metrics[name]}`);
}

/** The same for a recorded metric, of the trial and sweep it was asked of. @throws DamagedRow */
export function checkMetric({ trial, attempt, epoch, step, name, value }: MetricRow, sweep: string): void {
  if (isCount(attempt) && isCount(epoch) && epoch >= 1 && isCount(step) && Number.isFinite(value)) return;
  throw new DamagedRow(
    `trial ${trial} of sweep ${sweep} has ${name} ${value} at epoch ${epoch}, step ${step}, of attempt ${attempt}`,
  );
}

function isCount(value: number, isWhole = true): boolean {
  return value >= 0 && (isWhole ? Number.isSafeInteger(value) : Number.isFinite(value));
}
