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
    forget(key, recorded[first]!.epoch - 1);
    return recorded.length - first;
  };
}
