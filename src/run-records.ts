/** What a run reads of its own sweep while it writes to it. */
import type { ResultsLayout } from './files/paths.ts';
import type { SnapshotMetrics, SweepSnapshot } from './store/read-model.ts';
import { openReadModel } from './store/sqlite-read-model.ts';

export function readSnapshot(layout: ResultsLayout, sweep: string, metrics: SnapshotMetrics): SweepSnapshot {
  const readModel = openReadModel(layout);
  try {
    return readModel.snapshot(sweep, metrics)!;
  } finally {
    readModel[Symbol.dispose]();
  }
}

/** How long the runs of a sweep took that have ended. */
export function runMilliseconds(layout: ResultsLayout, sweep: string): number {
  const results = openReadModel(layout);
  try {
    return results.runs(sweep).reduce((sum, { startedAt, endedAt }) => {
      return sum + (endedAt === null ? 0 : endedAt.getTime() - startedAt.getTime());
    }, 0);
  } finally {
    results[Symbol.dispose]();
  }
}
