import type Database from 'better-sqlite3';
import type { TrialState } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import type { Claim } from './store.ts';
import { takeOverWriter } from './take-over.ts';

/** A coordinator that was silent for so long is gone, or stopped. */
export const SILENCE_MS = 60_000;

interface TwinRow {
  readonly key: number;
  readonly state: 'completed' | 'running';
  readonly name: string;
  readonly host: string | null;
  readonly pid: number | null;
  readonly heartbeat_at: string | null;
}

interface ResultRow {
  readonly attempts: number;
  readonly reused_from: string;
  readonly best_epoch: number;
  readonly epochs: number;
  readonly kl_per_dimension: string;
  readonly trainable_weights: number;
}

/**
 * The part of `SweepStore.claim` that looks at other sweeps, to be called within its transaction: takes the trial over
 * from one that has completed it, or names one that is at it. Undefined where there is neither. `isLed` tells whether a
 * sweep has a coordinator now; where it has none, what its rows call running is not.
 */
export function elsewhereClaimer(
  db: Database.Database,
  isLed: (sweep: string) => boolean,
): (trialId: TrialId, sweepKey: number, at: Date) => Exclude<Claim, { kind: 'begun' }> | undefined {
  const sql = prepare(db);
  const takeOver = takeOverWriter(db);

  const reuse = (trialId: TrialId, sweepKey: number, source: number): Claim & { kind: 'reused' } => {
    const { key, state } = sql.own.get(trialId, sweepKey)!;
    if (state !== 'queued') throw new Error(`Trial ${trialId} is ${state}: it can't be taken over`);
    takeOver(key, source);
    const row = sql.result.get(key)!;
    const metrics = sql.metrics.all(key, row.best_epoch).map(({ name, value }) => [name, value] as const);
    return {
      kind: 'reused',
      from: row.reused_from,
      attempts: row.attempts,
      summary: {
        bestEpoch: row.best_epoch,
        epochs: row.epochs,
        metrics: Object.fromEntries(metrics),
        klPerDimension: JSON.parse(row.kl_per_dimension) as number[],
        trainableWeights: row.trainable_weights,
      },
    };
  };

  return (trialId, sweepKey, at) => {
    for (const { key, state, name, host, pid, heartbeat_at } of sql.twins.all(trialId, sweepKey)) {
      if (state === 'completed') return reuse(trialId, sweepKey, key);
      if (!isLed(name)) continue;
      const isSilent = heartbeat_at !== null && at.getTime() - Date.parse(heartbeat_at) > SILENCE_MS;
      return { kind: 'held', by: { sweep: name, host, pid, isSilent } };
    }
    return undefined;
  };
}

function prepare(db: Database.Database) {
  return {
    // Found by the index of UNIQUE (trial_id, sweep_key). Results first, and of these the one of the sweep that trained
    // it, whose folder has the files.
    twins: db.prepare<[trialId: TrialId, sweepKey: number], TwinRow>(
      `SELECT t.key, t.state, s.name, s.host, s.pid, s.heartbeat_at
       FROM trials t JOIN sweeps s ON s.key = t.sweep_key
       WHERE t.trial_id = ? AND t.sweep_key <> ? AND t.state IN ('completed', 'running')
       ORDER BY t.state = 'running', t.reused_from IS NOT NULL, t.key`,
    ),
    own: db.prepare<[trialId: TrialId, sweepKey: number], { key: number; state: TrialState }>(
      'SELECT key, state FROM trials WHERE trial_id = ? AND sweep_key = ?',
    ),
    result: db.prepare<[key: number], ResultRow>(
      `SELECT attempts, reused_from, best_epoch, epochs, kl_per_dimension, trainable_weights FROM trials WHERE key = ?`,
    ),
    metrics: db.prepare<[key: number, epoch: number], { name: string; value: number }>(
      'SELECT name, value FROM metrics WHERE trial_key = ? AND epoch = ?',
    ),
  };
}
