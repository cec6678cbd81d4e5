import type Database from 'better-sqlite3';
import type { TrialSummary } from '../trial/outcome.ts';

interface ResultRow extends Omit<TrialSummary, 'metrics' | 'klPerDimension'> {
  readonly klPerDimension: string;
}

/** Reads what a trial was completed with, whatever its state is now; undefined for one that never was. */
export function summaryReader(db: Database.Database): (key: number) => TrialSummary | undefined {
  const result = db.prepare<[key: number], ResultRow>(
    `SELECT best_epoch AS bestEpoch, epochs, kl_per_dimension AS klPerDimension, trainable_weights AS trainableWeights
     FROM trials WHERE key = ? AND best_epoch IS NOT NULL AND kl_per_dimension IS NOT NULL`,
  );
  const metrics = db
    .prepare<[key: number, epoch: number], [name: string, value: number]>(
      'SELECT name, value FROM metrics WHERE trial_key = ? AND epoch = ?',
    )
    .raw();
  return (key) => {
    const row = result.get(key);
    return (
      row && {
        ...row,
        metrics: Object.fromEntries(metrics.all(key, row.bestEpoch)),
        klPerDimension: JSON.parse(row.klPerDimension) as number[],
      }
    );
  };
}
