import type Database from 'better-sqlite3';
import type { RungVerdict } from '../search/halving.ts';
import { formatCount } from '../text/format-number.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';

/** What became of a configuration at a rung. */
export interface ConfigVerdict extends RungVerdict {
  readonly configId: ConfigId;
  /** What it was judged by; null where a seed had failed or diverged, and where it was not judged. */
  readonly value: number | null;
}

/**
 * In place of a rung: the configuration was dealt to bracket `place` of `among`, which is judged after `epoch` for the first
 * time, or trains to that one, the last.
 */
export const DEALT = -1;

/** Of a trial that was pruned and is queued again, until it begins. */
export const REVIVED_CAUSE = 'revived on demand';

/** Where a cohort is judged: after so many epochs, by this metric. */
export interface Rung {
  /** A hash of all that verdicts depend on but results. */
  readonly pruning: string;
  readonly cohort: number;
  /** From 0; or DEALT. */
  readonly rung: number;
  readonly epoch: number;
  readonly metric: string;
}

export type RecordedVerdict = Rung & ConfigVerdict;

/** A trial that was pruned while it waited. */
export interface PrunedTrial {
  readonly id: TrialId;
  readonly attempts: number;
  readonly cause: string;
}

const COLUMNS = `pruning, cohort, rung, epoch, metric, config_id AS configId, value, place, among, verdict`;

const VERDICTS_OF = `SELECT ${COLUMNS} FROM verdicts WHERE sweep_key = ? AND pruning = ? ORDER BY cohort, rung`;
export const VERDICTS_ON = `SELECT ${COLUMNS} FROM verdicts WHERE sweep_key = ? AND config_id = ? ORDER BY decided_at, pruning, rung`;

/** A trial `t` that had failed: its next attempt comes first. One that was lost or interrupted is none. */
const IS_TO_BE_TRIED = `EXISTS (
  SELECT 1 FROM attempts a WHERE a.trial_key = t.key
    AND (a.outcome = 'failed' OR a.outcome = 'lost' AND a.cause LIKE 'lost % attempts in a row: %')
    AND NOT EXISTS (SELECT 1 FROM attempts b WHERE b.trial_key = a.trial_key AND b.attempt > a.attempt
      AND b.outcome <> 'lost' AND b.cause IS NOT 'interrupted'))`;
const IS_PRUNABLE = `t.is_revived = 0 AND t.kl_per_dimension IS NULL`;
const IS_PRUNED = `EXISTS (
  SELECT 1 FROM verdicts v WHERE v.sweep_key = t.sweep_key AND v.pruning = @pruning
    AND v.config_id = t.config_id AND v.verdict = 'pruned')`;

/** Trials that the next plan leaves pruned, under this way to prune (see `settle` below). */
export const LEFT_PRUNED = `SELECT t.trial_id FROM trials t
  WHERE t.sweep_key = @sweepKey AND ${IS_PRUNED} AND (t.state = 'pruned'
    OR t.state IN ('queued', 'running', 'failed', 'cancelled') AND ${IS_PRUNABLE} AND NOT ${IS_TO_BE_TRIED})`;

/** `pruned after epoch 3: 17th of 64`. */
function describePruned({ epoch, place, among, value }: RecordedVerdict): string {
  const standing = `place ${formatCount(place ?? 0)} of ${formatCount(among ?? 0)}`;
  return `pruned after epoch ${epoch}: ${value === null ? 'a seed of it was lost' : standing}`;
}

/** @internal Reads and, within a transaction, writes what becomes of configurations at rungs. */
export function verdictTable(db: Database.Database) {
  const sql = {
    all: db.prepare<[sweepKey: number, pruning: string], RecordedVerdict>(VERDICTS_OF),
    value: db.prepare<[{ sweepKey: number; trial: TrialId; metric: string; epoch: number }], { value: number | null }>(
      `SELECT (SELECT m.value FROM metrics m
         WHERE m.trial_key = t.key AND m.name = @metric AND m.epoch <= @epoch ORDER BY m.epoch DESC LIMIT 1) AS value
       FROM trials t WHERE t.sweep_key = @sweepKey AND t.trial_id = @trial
         AND (t.epochs >= @epoch OR t.state NOT IN ('failed', 'diverged', 'cancelled'))`,
    ),
    insert: db.prepare<[Record<string, string | number | null>]>(
      `INSERT INTO verdicts (sweep_key, pruning, cohort, rung, config_id, epoch, metric, value, place, among, verdict, decided_at)
       VALUES (@sweepKey, @pruning, @cohort, @rung, @configId, @epoch, @metric, @value, @place, @among, @verdict, @at)`,
    ),
    prune: db.prepare<
      [{ sweepKey: number; configId: ConfigId; cause: string; sparesFailed: 0 | 1 }],
      Omit<PrunedTrial, 'cause'>
    >(
      `UPDATE trials AS t SET state = 'pruned', cause = @cause, paused_at = NULL
       WHERE sweep_key = @sweepKey AND config_id = @configId AND state = 'queued' AND in_plan = 1
         AND ${IS_PRUNABLE} AND NOT (@sparesFailed AND ${IS_TO_BE_TRIED})
       RETURNING trial_id AS id, attempts`,
    ),
    // Also where a coordinator was gone before it had recorded the pause.
    wait: db.prepare<[{ sweepKey: number; configId: ConfigId; epoch: number }]>(
      `UPDATE trials SET paused_at = @epoch WHERE sweep_key = @sweepKey AND config_id = @configId AND state = 'queued'
         AND in_plan = 1 AND epochs = @epoch`,
    ),
    // Under another way to prune, or none, that verdict is none.
    release: db.prepare<[{ sweepKey: number; pruning: string }]>(
      `UPDATE trials AS t SET state = 'queued', cause = NULL
       WHERE sweep_key = @sweepKey AND state = 'pruned' AND in_plan = 1 AND NOT ${IS_PRUNED}`,
    ),
    revive: db.prepare<[key: number]>(
      `UPDATE trials SET state = 'queued', cause = '${REVIVED_CAUSE}', is_revived = 1, paused_at = NULL WHERE key = ?`,
    ),
    revived: db
      .prepare<[sweepKey: number], TrialId>('SELECT trial_id FROM trials WHERE sweep_key = ? AND is_revived = 1')
      .pluck(),
  };

  const all = (sweepKey: number, pruning: string): RecordedVerdict[] => sql.all.all(sweepKey, pruning);
  const prune = (sweepKey: number, verdict: RecordedVerdict, sparesFailed: 0 | 1): PrunedTrial[] => {
    const cause = describePruned(verdict);
    const pruned = sql.prune.all({ sweepKey, configId: verdict.configId, cause, sparesFailed });
    return pruned.map((trial) => ({ ...trial, cause }));
  };

  return {
    all,
    /** A trial's value after an epoch, or after its last one where it ended before; null where it was lost before. */
    value: (sweepKey: number, trial: TrialId, metric: string, epoch: number): number | null =>
      sql.value.get({ sweepKey, trial, metric, epoch })?.value ?? null,

    /** Records verdicts and what follows from them at once: who waits after the rung to go on. Returns the trials that waited and are pruned. */
    record(sweepKey: number, rung: Rung, verdicts: readonly ConfigVerdict[], at: Date): PrunedTrial[] {
      return verdicts.flatMap((verdict) => {
        sql.insert.run({ sweepKey, ...rung, ...verdict, at: at.toISOString() });
        if (verdict.verdict === 'pruned') return prune(sweepKey, { ...rung, ...verdict }, 0);
        if (verdict.verdict === 'promoted') sql.wait.run({ sweepKey, configId: verdict.configId, epoch: rung.epoch });
        return [];
      });
    },

    /** Queues again what this way to prune, or none, has not pruned. */
    release: (sweepKey: number, pruning: string | undefined): void =>
      void sql.release.run({ sweepKey, pruning: pruning ?? '' }),
    /** Prunes what this way to prune has pruned, though another reason had queued it. What had failed is tried again. */
    settle(sweepKey: number, pruning: string | undefined): void {
      if (pruning === undefined) return;
      for (const verdict of all(sweepKey, pruning)) if (verdict.verdict === 'pruned') prune(sweepKey, verdict, 1);
    },
    revive: (key: number): void => void sql.revive.run(key),
    revived: (sweepKey: number): TrialId[] => sql.revived.all(sweepKey),
  };
}
