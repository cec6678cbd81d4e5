/** What a run reads of its own sweep while it writes to it. */
import type { ResultsLayout } from '../files/paths.ts';
import type { RunRecord, SnapshotMetrics, SweepSnapshot } from '../store/read-model.ts';
import { readResults } from '../store/read-results.ts';

export function readSnapshot(layout: ResultsLayout, sweep: string, metrics: SnapshotMetrics): SweepSnapshot {
  return readResults(layout, (results) => results.snapshot(sweep, metrics)!);
}

/** How long these runs of a sweep took; those that were killed up to their last sign of life. */
export function runMilliseconds(runs: readonly RunRecord[]): number {
  return runs.reduce((sum, { startedAt, seenAt }) => sum + seenAt.getTime() - startedAt.getTime(), 0);
}

/** The same of all before the one that has begun. */
export function earlierMilliseconds(layout: ResultsLayout, sweep: string): number {
  return readResults(layout, (results) => runMilliseconds(results.runs(sweep).slice(0, -1)));
}
