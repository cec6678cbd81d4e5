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
  const { id, sweep, epochs, bestEpoch, seconds, cpuSeconds } = row;
  const refuse = (what: string): never => {
    throw new DamagedRow(`trial ${id} of sweep ${sweep} has ${what}`);
  };
  if (!Number.isSafeInteger(row.seed)) refuse(`the seed ${row.seed}`);
  if (!isCount(row.attempts)) refuse(`${row.attempts} attempts`);
  if (!isCount(epochs) || epochs > train.epochs) refuse(`${epochs} of ${train.epochs} epochs`);
  if (!isCount(seconds, false)) refuse(`${seconds} seconds`);
  if (cpuSeconds !== null && !isCount(cpuSeconds, false)) refuse(`${cpuSeconds} CPU seconds`);
  if (bestEpoch !== null && !(isCount(bestEpoch) && bestEpoch >= 1 && bestEpoch <= epochs)) {
    refuse(`the best epoch ${bestEpoch} of ${epochs}`);
  }
  if (row.state === 'completed' && bestEpoch === null) refuse('no result, and is completed');
  const { trainImages, validationImages, trainableWeights, numericsVersion, supersededEpochs = 0 } = row;
  const counts = { trainImages, validationImages, trainableWeights, numericsVersion, supersededEpochs };
  for (const [name, count] of Object.entries(counts)) {
    if (count !== null && !isCount(count))
      refuse(`${count} for ${name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`)}`);
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
