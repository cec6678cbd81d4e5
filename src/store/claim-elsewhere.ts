import type Database from 'better-sqlite3';
import type { TrialState } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import { SILENCE_SECONDS } from './schema/002-every-trial.ts';
import type { Claim } from './store.ts';
import { summaryReader } from './summary-reader.ts';
import { takeOverWriter } from './take-over.ts';

interface TwinRow {
  readonly key: number;
  readonly sweep_key: number;
  readonly state: 'completed' | 'running';
  readonly reused_from: string | null;
}

interface CoordinatorRow {
  readonly name: string;
  readonly host: string | null;
  readonly pid: number | null;
  readonly heartbeat_at: string | null;
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
  const summaryOf = summaryReader(db);

  const reuse = (trialId: TrialId, sweepKey: number, source: number): Claim & { kind: 'reused' } => {
    const { key, state } = sql.own.get(trialId, sweepKey)!;
    if (state !== 'queued') throw new Error(`Trial ${trialId} is ${state}: it can't be taken over`);
    takeOver(key, source);
    const { from, attempts } = sql.taken.get(key)!;
    return { kind: 'reused', from, attempts, summary: summaryOf(key)! };
  };

  return (trialId, sweepKey, at) => {
    const twins = sql.twins.all(trialId, sweepKey);
    if (twins.length === 0) return undefined;
    // A trial with a result from before is trained again on demand: its files are wanted, not another's result.
    const hasResult = sql.own.get(trialId, sweepKey)?.kl_per_dimension != null;
    const completed = hasResult ? [] : twins.filter(({ state }) => state === 'completed');
    // Rather the sweep that trained it, whose folder has the files, than one that took it over.
    const source = completed.find(({ reused_from }) => reused_from === null) ?? completed[0];
    if (source !== undefined) return reuse(trialId, sweepKey, source.key);
    for (const { sweep_key, state } of twins) {
      if (state !== 'running') continue;
      const { name, host, pid, heartbeat_at } = sql.coordinator.get(sweep_key)!;
      if (!isLed(name)) continue;
      // One that lives, but was silent for so long, may be stopped.
      const silent = heartbeat_at !== null && at.getTime() - Date.parse(heartbeat_at) > 1000 * SILENCE_SECONDS;
      return { kind: 'held', by: { sweep: name, host, pid, silent } };
    }
    return undefined;
  };
}

function prepare(db: Database.Database) {
  return {
    // By the index of UNIQUE (trial_id, sweep_key); all that a trial costs which no other sweep has.
    twins: db.prepare<[trialId: TrialId, sweepKey: number], TwinRow>(
      `SELECT key, sweep_key, state, reused_from FROM trials
       WHERE trial_id = ? AND sweep_key <> ? AND state IN ('completed', 'running')`,
    ),
    coordinator: db.prepare<[sweepKey: number], CoordinatorRow>(
      'SELECT name, host, pid, heartbeat_at FROM sweeps WHERE key = ?',
    ),
    own: db.prepare<
      [trialId: TrialId, sweepKey: number],
      { key: number; state: TrialState; kl_per_dimension: string | null }
    >('SELECT key, state, kl_per_dimension FROM trials WHERE trial_id = ? AND sweep_key = ?'),
    taken: db.prepare<[key: number], { from: string; attempts: number }>(
      'SELECT reused_from AS "from", attempts FROM trials WHERE key = ?',
    ),
  };
}
