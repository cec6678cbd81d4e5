import type Database from 'better-sqlite3';
import type { TrialSummary } from '../trial/outcome.ts';
import { canMove, canMoveOnDemand, type TrialState } from '../trial/state.ts';
import type { EpochRecord, TrialId } from '../trial/trial.ts';
import { epochForgetter, epochWriter, type BestColumns, type Metrics } from './epoch-writer.ts';
import type { AttemptEnd, AttemptPlace } from './store.ts';
import { summaryReader } from './summary-reader.ts';
import { epochSuperseder } from './supersede-epochs.ts';

/** What a write looks at first. */
interface WrittenTrial extends BestColumns {
  readonly key: number;
  readonly state: TrialState;
  readonly attempts: number;
  readonly epochs: number;
}

/**
 * @internal What becomes of a sweep's trials by its attempts at them; to be written within a transaction. `SweepStore` says what each does.
 * @param sweepName for errors
 */
export function attemptTable(db: Database.Database, sweepName: string) {
  const sql = prepare(db);
  const writer = epochWriter(db);
  const forget = epochForgetter(db);
  const supersede = epochSuperseder(db, forget);
  const summaryOf = summaryReader(db);

  const trialOf = (sweepKey: number, trialId: TrialId): WrittenTrial => {
    const trial = sql.trial.get(trialId, sweepKey);
    if (!trial) throw new Error(`Sweep ${sweepName} has no trial ${trialId}`);
    return trial;
  };
  /** The trial of an attempt that may still write: a late message of an earlier attempt is refused. */
  const open = (sweepKey: number, trialId: TrialId, attempt: number): WrittenTrial => {
    const trial = trialOf(sweepKey, trialId);
    if (trial.state === 'running' && trial.attempts === attempt) return trial;
    throw new Error(`Attempt ${attempt} of trial ${trialId} is not open: attempt ${trial.attempts} is ${trial.state}`);
  };
  const move = (
    trialId: TrialId,
    { key, state: from }: WrittenTrial,
    to: TrialState,
    cause: string | null,
    pausedAt: number | null = null,
  ): void => {
    const moved = canMove(from, to) && sql.move.run({ key, from, to, cause, pausedAt }).changes;
    if (moved !== 1) throw new Error(`Trial ${trialId} can't go from ${from} to ${to}`);
  };
  const close = (key: number, attempt: number, { endedAt, state, cause, isLost }: AttemptEnd): void => {
    const outcome = isLost ? 'lost' : state === 'queued' ? 'requeued' : state;
    sql.closeAttempt.run(endedAt.toISOString(), outcome, cause, key, attempt);
  };

  return {
    trial: trialOf,

    /** Moves the trial from queued to running. Returns the attempt's number. */
    begin(sweepKey: number, trialId: TrialId, at: Date): number {
      const trial = trialOf(sweepKey, trialId);
      const attempt = trial.attempts + 1;
      move(trialId, trial, 'running', null);
      sql.insertAttempt.run(trial.key, attempt, at.toISOString());
      return attempt;
    },

    withdraw(sweepKey: number, trialId: TrialId, attempt: number): void {
      const trial = open(sweepKey, trialId, attempt);
      sql.deleteUnbegun.run(trial.key, attempt);
      move(trialId, trial, 'queued', sql.causeToWait.get(trial.key, attempt - 1) ?? null);
      sql.countAttempts.run(attempt - 1, trial.key);
    },

    started(
      sweepKey: number,
      trialId: TrialId,
      attempt: number,
      { device, engine: { engine, provider }, bitClass }: AttemptPlace,
    ): void {
      const { key } = open(sweepKey, trialId, attempt);
      sql.placeAttempt.run(device, engine, provider, bitClass, key, attempt);
    },

    wentOn(
      sweepKey: number,
      trialId: TrialId,
      attempt: number,
      from: { readonly trial: TrialId; readonly epoch: number } | null,
    ): void {
      const { key } = open(sweepKey, trialId, attempt);
      sql.wentOn.run(from?.trial ?? null, from?.epoch ?? null, key);
    },

    supersede: (sweepKey: number, trialId: TrialId, attempt: number, history: readonly EpochRecord[]): number =>
      supersede(open(sweepKey, trialId, attempt).key, history),

    record: (sweepKey: number, trialId: TrialId, attempt: number, epochs: readonly EpochRecord[]): void =>
      writer.record(open(sweepKey, trialId, attempt), attempt, epochs),

    end(sweepKey: number, trialId: TrialId, attempt: number, end: AttemptEnd): void {
      if ((end.state === 'completed') !== (end.summary !== undefined)) {
        throw new Error(`Trial ${trialId} ends as ${end.state} ${end.summary ? 'with' : 'without'} a summary`);
      }
      const trial = open(sweepKey, trialId, attempt);
      close(trial.key, attempt, end);
      move(trialId, trial, end.state, end.cause, end.pausedAt);
      if (!end.summary) return;
      const { bestEpoch, metrics, klPerDimension, trainableWeights } = end.summary;
      if (sql.epoch.get(trial.key, bestEpoch) === undefined) {
        throw new Error(`Trial ${trialId} completes with best epoch ${bestEpoch}, which was never recorded`);
      }
      writer.add(trial.key, bestEpoch, metrics);
      sql.summarize.run({ key: trial.key, bestEpoch, kl: JSON.stringify(klPerDimension), trainableWeights });
    },

    keepResult(sweepKey: number, trialId: TrialId, attempt: number, end: AttemptEnd): void {
      const trial = open(sweepKey, trialId, attempt);
      close(trial.key, attempt, end);
      move(trialId, trial, 'completed', null);
    },

    /** Returns the state that the trial had. */
    trainAgain(sweepKey: number, trialId: TrialId): TrialState {
      const { key, state } = trialOf(sweepKey, trialId);
      if (canMoveOnDemand(state, 'queued')) sql.trainAgain.run(key);
      return state;
    },

    resultBefore(sweepKey: number, trialId: TrialId): TrialSummary | undefined {
      const { key, state } = trialOf(sweepKey, trialId);
      return state === 'completed' ? undefined : summaryOf(key);
    },

    forgetResult(sweepKey: number, trialId: TrialId): void {
      const { key } = trialOf(sweepKey, trialId);
      forget(key);
      sql.forgetSummary.run(key);
    },

    recordTest(sweepKey: number, trialId: TrialId, metrics: Metrics): void {
      const stranger = Object.keys(metrics).find((name) => !name.startsWith('test/'));
      if (stranger !== undefined) throw new Error(`${stranger} of trial ${trialId} is not a test metric`);
      const { key, state, best_epoch } = trialOf(sweepKey, trialId);
      if (state !== 'completed' || best_epoch === null) throw new Error(`Trial ${trialId} is ${state}, not completed`);
      writer.add(key, best_epoch, metrics);
    },
  };
}

function prepare(db: Database.Database) {
  return {
    trial: db.prepare<[trialId: TrialId, sweepKey: number], WrittenTrial>(
      `SELECT key, state, attempts, epochs, best_epoch, elbo, reconstruction, kl FROM trials
       WHERE trial_id = ? AND sweep_key = ?`,
    ),
    trainAgain: db.prepare<[key: number]>(
      `UPDATE trials SET state = 'queued', cause = 'trained again on demand' WHERE key = ?`,
    ),
    forgetSummary: db.prepare<[key: number]>(
      'UPDATE trials SET kl_per_dimension = NULL, trainable_weights = NULL WHERE key = ?',
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
    causeToWait: db
      .prepare<[trialKey: number, attempt: number], string | null>(
        `SELECT cause FROM attempts WHERE trial_key = ? AND attempt = ? AND outcome IN ('lost', 'requeued')`,
      )
      .pluck(),
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
  };
}
