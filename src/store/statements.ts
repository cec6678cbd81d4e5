import type Database from 'better-sqlite3';
import type { TrialState } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import type { BestColumns } from './epoch-writer.ts';

/** What a write looks at first. */
export interface WrittenTrial extends BestColumns {
  readonly key: number;
  readonly state: TrialState;
  readonly attempts: number;
}

/** Who runs a sweep: no two runs agree in all three. */
export interface Owner {
  readonly host: string | null;
  readonly pid: number | null;
  readonly started_at: string;
}

/**
 * The statements of `SqliteStore`, apart from those of the plan and of epochs.
 * @internal Their types have no name that a declaration could use.
 */
export function prepareStatements(db: Database.Database) {
  return {
    sweepKey: db.prepare<[name: string], number>('SELECT key FROM sweeps WHERE name = ?').pluck(),
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
    trainAgain: db.prepare<[key: number]>(
      `UPDATE trials SET state = 'queued', cause = 'trained again on demand' WHERE key = ?`,
    ),
    forgetSummary: db.prepare<[key: number]>(
      'UPDATE trials SET kl_per_dimension = NULL, trainable_weights = NULL WHERE key = ?',
    ),
    trial: db.prepare<[trialId: TrialId, sweepKey: number], WrittenTrial>(
      `SELECT key, state, attempts, best_epoch, elbo, reconstruction, kl FROM trials WHERE trial_id = ? AND sweep_key = ?`,
    ),
    move: db.prepare<
      [{ key: number; from: TrialState; to: TrialState; cause: string | null; pausedAt: number | null }]
    >(
      `UPDATE trials SET state = @to, cause = @cause, attempts = attempts + (@to = 'running'), paused_at = @pausedAt
       WHERE key = @key AND state = @from`,
    ),
    insertAttempt: db.prepare<[trialKey: number, attempt: number, startedAt: string]>(
      'INSERT INTO attempts (trial_key, attempt, started_at) VALUES (?, ?, ?)',
    ),
    deleteUnbegun: db.prepare<[trialKey: number, attempt: number]>(
      'DELETE FROM attempts WHERE trial_key = ? AND attempt = ? AND device IS NULL AND ended_at IS NULL',
    ),
    countAttempts: db.prepare<[attempts: number, key: number]>('UPDATE trials SET attempts = ? WHERE key = ?'),
    placeAttempt: db.prepare<
      [device: string, engine: string, provider: string, bitClass: string, trialKey: number, attempt: number]
    >('UPDATE attempts SET device = ?, engine = ?, provider = ?, bit_class = ? WHERE trial_key = ? AND attempt = ?'),
    wentOn: db.prepare<[from: TrialId | null, after: number | null, key: number]>(
      'UPDATE trials SET went_on_from = ?, went_on_after = ? WHERE key = ?',
    ),
    closeAttempt: db.prepare<
      [endedAt: string, outcome: string, cause: string | null, trialKey: number, attempt: number]
    >(
      'UPDATE attempts SET ended_at = ?, outcome = ?, cause = ? WHERE trial_key = ? AND attempt = ? AND ended_at IS NULL',
    ),
    lateEnd: db.prepare<[Record<string, string | number | null>]>(
      `INSERT OR IGNORE INTO late_ends (execution, trial_key, attempt, device, told_at, outcome, cause, epoch, metrics)
       VALUES (@execution, @key, @attempt, @device, @at, @outcome, @cause, @epoch, @metrics)`,
    ),
    epoch: db.prepare<[trialKey: number, epoch: number]>('SELECT 1 FROM epochs WHERE trial_key = ? AND epoch = ?'),
    summarize: db.prepare<[{ key: number; bestEpoch: number; kl: string; trainableWeights: number }]>(
      `UPDATE trials SET best_epoch = @bestEpoch, kl_per_dimension = @kl, trainable_weights = @trainableWeights,
         reused_from = NULL,
         elbo = (SELECT value FROM metrics WHERE trial_key = @key AND epoch = @bestEpoch AND name = 'val/elbo'),
         reconstruction =
           (SELECT value FROM metrics WHERE trial_key = @key AND epoch = @bestEpoch AND name = 'val/reconstruction'),
         kl = (SELECT value FROM metrics WHERE trial_key = @key AND epoch = @bestEpoch AND name = 'val/kl')
       WHERE key = @key`,
    ),
    planTrials: db.prepare<[count: number, sweepKey: number]>('UPDATE sweeps SET planned_trials = ? WHERE key = ?'),
    owner: db.prepare<[sweepKey: number], Owner>('SELECT host, pid, started_at FROM sweeps WHERE key = ?'),
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
