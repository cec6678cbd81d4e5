import type Database from 'better-sqlite3';
import type { TrialId } from '../trial/trial.ts';
import type { EpochCounts } from './store.ts';

/**
 * The statements of `SqliteStore`, apart from those of its tables.
 * @internal Their types have no name that a declaration could use.
 */
export function prepareStatements(db: Database.Database) {
  return {
    queued: db
      .prepare<[sweepKey: number], TrialId>(
        `SELECT trial_id FROM trials WHERE sweep_key = ? AND in_plan = 1 AND state = 'queued' ORDER BY position`,
      )
      .pluck(),
    stalledAttempts: db.prepare<[sweepKey: number], { trial_id: TrialId; outcome: string; cause: string | null }>(
      `SELECT t.trial_id, a.outcome, a.cause FROM trials t JOIN attempts a ON a.trial_key = t.key
       WHERE t.sweep_key = ? AND t.in_plan = 1 AND t.state = 'queued' AND t.attempts > 0 AND a.outcome IS NOT NULL
         AND a.attempt >= coalesce((SELECT max(e.attempt) FROM epochs e WHERE e.trial_key = t.key), 0)
       ORDER BY t.key, a.attempt`,
    ),
    epochCounts: db.prepare<[sweepKey: number, trial: TrialId], EpochCounts>(
      `SELECT epochs AS recorded, superseded_epochs +
         iif(reused_from IS NULL, epochs - coalesce(went_on_after, 0), 0) AS trained
       FROM trials WHERE sweep_key = ? AND trial_id = ?`,
    ),
    lateEnd: db.prepare<[Record<string, string | number | null>]>(
      `INSERT OR IGNORE INTO late_ends (execution, trial_key, attempt, device, told_at, outcome, cause, epoch, metrics)
       VALUES (@execution, @key, @attempt, @device, @at, @outcome, @cause, @epoch, @metrics)`,
    ),
    planTrials: db.prepare<[count: number, sweepKey: number]>('UPDATE sweeps SET planned_trials = ? WHERE key = ?'),
    heartbeat: db.prepare<[at: string, sweepKey: number]>(
      `UPDATE sweeps SET heartbeat_at = ? WHERE key = ? AND state = 'running'`,
    ),
    beginRun: db
      .prepare<[Record<string, string | number | null>], number>(
        `INSERT INTO runs (sweep_key, started_at, spec_text, overrides, host, versions, platform, processor, cores,
           git_commit, git_changes)
         SELECT key, started_at, spec_text, overrides, @host, @versions, @platform, @processor, @cores,
           @gitCommit, @gitChanges
         FROM sweeps WHERE key = @sweepKey
         RETURNING key`,
      )
      .pluck(),
    endRun: db.prepare<[outcome: string, at: string, cpuSeconds: number | null, run: number]>(
      'UPDATE runs SET outcome = ?, ended_at = ?, cpu_seconds = ? WHERE key = ?',
    ),
    finishRun: db.prepare<[state: string, at: string, sweepKey: number]>(
      'UPDATE sweeps SET state = ?, ended_at = ?, host = NULL, pid = NULL, heartbeat_at = NULL WHERE key = ?',
    ),
  };
}
