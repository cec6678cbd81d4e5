import type Database from 'better-sqlite3';
import type { EpochRecord } from '../trial/trial.ts';
import type { ForgetEpochs } from './epoch-writer.ts';

/** See `SweepStore.supersedeEpochs`; within a transaction. */
export type SupersedeEpochs = (trialKey: number, history: readonly EpochRecord[]) => number;

export function epochSuperseder(db: Database.Database, forget: ForgetEpochs): SupersedeEpochs {
  const epochs = db.prepare<[trialKey: number], { epoch: number; step: number }>(
    'SELECT epoch, step FROM epochs WHERE trial_key = ? ORDER BY epoch',
  );
  const metrics = db.prepare<[trialKey: number, epoch: number], { name: string; value: number }>(
    'SELECT name, value FROM metrics WHERE trial_key = ? AND epoch = ?',
  );
  // Those of a shorter trial, which it went on from, were trained there.
  const count = db.prepare<[{ key: number; after: number }]>(
    `UPDATE trials SET superseded_epochs = superseded_epochs + max(0, epochs - max(@after, coalesce(went_on_after, 0)))
     WHERE key = @key`,
  );
  return (key, history) => {
    const recorded = epochs.all(key);
    const agrees = ({ epoch, step }: { epoch: number; step: number }, index: number): boolean => {
      const own = history[index];
      if (own?.epoch !== epoch || own.step !== step) return false;
      const rows = metrics.all(key, epoch);
      return (
        rows.length === Object.keys(own.metrics).length && rows.every(({ name, value }) => own.metrics[name] === value)
      );
    };
    const first = recorded.findIndex((row, index) => !agrees(row, index));
    if (first === -1) return 0;
    const after = recorded[first]!.epoch - 1;
    count.run({ key, after });
    forget(key, after);
    return recorded.length - first;
  };
}
