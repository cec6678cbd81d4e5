import type Database from 'better-sqlite3';
import type { Parameters } from '../model/parameter.ts';
import { withLaterParameters } from '../model/parameters.ts';
import { nextStep } from '../trial/next-step.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, TrialId, TrialPhase, TrialPlan } from '../trial/trial.ts';
import { trialAdder } from './save-plan.ts';

interface SeenMetric {
  readonly value: number | null;
  readonly error: number | null;
}

/** A result as a later proposal saw it; null where a trial had failed or diverged. */
export interface SeenResult extends SeenMetric {
  /** Of each of several objectives. */
  readonly traded?: readonly SeenMetric[] | undefined;
}

export interface Proposal {
  /** The search it is of, and its place there, from 0. */
  readonly search: string;
  readonly position: number;
  readonly configId: ConfigId;
  readonly parameters: Parameters;
  readonly sampler: string;
  /** The results it follows from: those of the first proposals of the search. */
  readonly seen: readonly SeenResult[];
  /** Its trials, which follow those of the proposals before it in the plan. */
  readonly trials: readonly TrialPlan[];
}

/** One that is on record. */
export interface RecordedProposal {
  readonly parameters: Parameters;
  /** What later ones saw of it; undefined where none did. */
  readonly result: SeenResult | undefined;
}

/** Where a trial came from. */
export interface ProposalOrigin {
  /** From 0, of its search. */
  readonly position: number;
  /** `try`, `even`, or the search that had learnt. */
  readonly sampler: string;
  /** How many results it follows from. */
  readonly seen: number;
  /** How many configurations of other sweeps it began from, and of which sweeps: `beta, beta-2`; null for none. */
  readonly lessons: number;
  readonly lessonsOf: string | null;
  /** The smallest and largest of the results; null where none had succeeded. */
  readonly least: number | null;
  readonly most: number | null;
  /** They were results in several objectives. */
  readonly isTraded: 0 | 1;
}

/** Of the search that named the trial's configuration last. */
export const ORIGIN = `
  SELECT p.position, p.sampler, p.seen, min(q.value) AS least, max(q.value) AS most,
    (SELECT count(*) FROM lessons l WHERE l.sweep_key = p.sweep_key AND l.search = p.search) AS lessons,
    (SELECT group_concat(learnt_from, ', ') FROM (SELECT DISTINCT learnt_from FROM lessons l
       WHERE l.sweep_key = p.sweep_key AND l.search = p.search ORDER BY position)) AS lessonsOf,
    coalesce(max(q.traded IS NOT NULL), 0) AS isTraded
  FROM trials t JOIN proposals p ON p.sweep_key = t.sweep_key AND p.config_id = t.config_id
  LEFT JOIN proposals q ON q.sweep_key = p.sweep_key AND q.search = p.search AND q.position < p.seen
  WHERE t.trial_id = ? AND t.sweep_key = ?
  GROUP BY p.search, p.position ORDER BY p.proposed_at DESC LIMIT 1`;

/** Who proposed each configuration of a sweep, whichever search named it last. */
export const SAMPLERS =
  'SELECT config_id AS configId, sampler FROM proposals WHERE sweep_key = ? ORDER BY proposed_at, position';

/** A row of `PROPOSED`. */
export interface ProposalRow {
  readonly parameters: string;
  readonly is_seen: 0 | 1;
  readonly value: number | null;
  readonly error: number | null;
  readonly traded: string | null;
}

export const PROPOSED =
  'SELECT parameters, is_seen, value, error, traded FROM proposals WHERE sweep_key = ? AND search = ? ORDER BY position';

export function recordedProposal({ parameters, is_seen, value, error, traded }: ProposalRow): RecordedProposal {
  return {
    parameters: withLaterParameters(JSON.parse(parameters) as Parameters),
    result: is_seen === 1 ? { value, error, ...(traded !== null && { traded: seenMetrics(traded) }) } : undefined,
  };
}

function seenMetrics(json: string): SeenMetric[] {
  return JSON.parse(json) as SeenMetric[];
}

/** @internal Reads and, within a transaction, writes proposals. */
export function proposalTable(db: Database.Database) {
  const addTrial = trialAdder(db);
  const sql = {
    all: db.prepare<[sweepKey: number, search: string], ProposalRow>(PROPOSED),
    insert: db.prepare<[Record<string, string | number>]>(
      `INSERT OR IGNORE INTO proposals (sweep_key, search, position, config_id, parameters, sampler, seen, proposed_at)
       VALUES (@sweepKey, @search, @position, @configId, @parameters, @sampler, @seen, @at)`,
    ),
    see: db.prepare<[Record<string, string | number | null>]>(
      `UPDATE proposals SET is_seen = 1, value = @value, error = @error, traded = @traded
       WHERE sweep_key = @sweepKey AND search = @search AND position = @position AND is_seen = 0`,
    ),
    trial: db.prepare<[trialId: TrialId, sweepKey: number], { key: number; state: TrialState }>(
      'SELECT key, state FROM trials WHERE trial_id = ? AND sweep_key = ?',
    ),
    place: db.prepare<[position: number, phase: TrialPhase | null, key: number]>(
      'UPDATE trials SET in_plan = 1, position = ?, phase = ? WHERE key = ?',
    ),
    requeue: db.prepare<[key: number]>(`UPDATE trials SET state = 'queued', cause = NULL WHERE key = ?`),
  };

  return {
    all: (sweepKey: number, search: string): RecordedProposal[] => sql.all.all(sweepKey, search).map(recordedProposal),

    /** All or nothing, once only. A trial that the sweep had outside of its plan comes into it as it is, unless it failed. */
    record(
      sweepKey: number,
      { search, position, configId, parameters, sampler, seen, trials }: Proposal,
      at: Date,
    ): void {
      const row = { sweepKey, search, position, configId, sampler, seen: seen.length, at: at.toISOString() };
      if (sql.insert.run({ ...row, parameters: JSON.stringify(parameters) }).changes === 0) return;
      for (const [i, { value, error, traded }] of seen.entries()) {
        const json = traded === undefined ? null : JSON.stringify(traded);
        sql.see.run({ value, error, traded: json, sweepKey, search, position: i });
      }
      for (const [i, trial] of trials.entries()) {
        const place = position * trials.length + i;
        const existing = sql.trial.get(trial.id, sweepKey);
        if (existing === undefined) addTrial(sweepKey, trial, place);
        else {
          sql.place.run(place, trial.phase ?? null, existing.key);
          // Pruned by another search, that is.
          if (existing.state === 'pruned' || nextStep(existing.state, false) === 'retry') sql.requeue.run(existing.key);
        }
      }
    },
  };
}
