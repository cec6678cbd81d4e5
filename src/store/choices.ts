import type Database from 'better-sqlite3';
import { isAmongBest, type ScreeningPlace } from '../search/choose.ts';
import { nextStep } from '../trial/next-step.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, TrialId, TrialPlan } from '../trial/trial.ts';
import { trialAdder } from './save-plan.ts';

/** Where a configuration stood when the best were chosen. */
export interface Choice extends ScreeningPlace {
  readonly configId: ConfigId;
  readonly value: number | null;
}

export const CHOICE = 'SELECT config_id AS configId, place FROM choices WHERE sweep_key = ? AND choice = ?';

export interface ChoiceRow {
  readonly configId: ConfigId;
  readonly place: number | null;
}

/** The best `top` of each family; undefined where nothing was chosen from. */
export function chosenOf(rows: readonly ChoiceRow[], top: number): ReadonlySet<ConfigId> | undefined {
  if (rows.length === 0) return undefined;
  return new Set(rows.flatMap((row) => (isAmongBest(row, top) ? [row.configId] : [])));
}

/** @internal Reads and, within a transaction, writes which configurations are confirmed. */
export function choiceTable(db: Database.Database) {
  const addTrial = trialAdder(db);
  const sql = {
    all: db.prepare<[sweepKey: number, choice: string], ChoiceRow>(CHOICE),
    insert: db.prepare<[Record<string, string | number | null>]>(
      `INSERT INTO choices (sweep_key, choice, config_id, value, place, among, decided_at)
       VALUES (@sweepKey, @key, @configId, @value, @place, @among, @at)`,
    ),
    trial: db.prepare<[trialId: TrialId, sweepKey: number], { key: number; state: TrialState }>(
      'SELECT key, state FROM trials WHERE trial_id = ? AND sweep_key = ?',
    ),
    end: db
      .prepare<[sweepKey: number], number>(
        'SELECT coalesce(max(position) + 1, 0) FROM trials WHERE sweep_key = ? AND in_plan = 1',
      )
      .pluck(),
    place: db.prepare<[position: number, key: number]>(
      `UPDATE trials SET in_plan = 1, phase = 'confirm', position = ? WHERE key = ?`,
    ),
    requeue: db.prepare<[key: number]>(`UPDATE trials SET state = 'queued', cause = NULL WHERE key = ?`),
  };

  return {
    chosen: (sweepKey: number, key: string, top: number): ReadonlySet<ConfigId> | undefined =>
      chosenOf(sql.all.all(sweepKey, key), top),

    /** With the trials that follow from it, behind all others of the plan. One that the sweep had outside of it comes into it as it is. */
    record(sweepKey: number, key: string, choices: readonly Choice[], trials: readonly TrialPlan[], at: Date): void {
      for (const choice of choices) sql.insert.run({ sweepKey, key, ...choice, at: at.toISOString() });
      const end = sql.end.get(sweepKey)!;
      for (const [i, trial] of trials.entries()) {
        const existing = sql.trial.get(trial.id, sweepKey);
        if (existing === undefined) {
          addTrial(sweepKey, trial, end + i);
          continue;
        }
        sql.place.run(end + i, existing.key);
        // Pruned under another plan, that is.
        if (existing.state === 'pruned' || nextStep(existing.state, false) === 'retry') sql.requeue.run(existing.key);
      }
    },
  };
}
