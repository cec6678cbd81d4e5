/** Every statement that reads results, prepared once. */
import type Database from 'better-sqlite3';
import type { ConfigId, TrialId } from '../trial/trial.ts';
import { LATE_ENDS_OF, type LateEndRow } from './late-ends.ts';
import { CHOICE, type ChoiceRow } from './choices.ts';
import { LESSONS_OF, type LessonRow } from './lessons.ts';
import { ORIGIN, PROPOSED, SAMPLERS, type ProposalOrigin, type ProposalRow } from './proposals.ts';
import { LEFT_PRUNED, VERDICTS_ON, type RecordedVerdict } from './verdicts.ts';
import type { MetricRow } from './read-model.ts';
import { SOURCE_FIRST, type AttemptRow, type RunRow, type SweepRow, type TrialRow } from './rows.ts';
import { IS_TRAINED_AGAIN } from './schema/005-trained-again.ts';
import { ATTEMPT_SHOWN, TAKEN_FROM } from './schema/006-kept-result.ts';

export type KeyedRow = TrialRow & { readonly key: number };

export interface BestMetricRow {
  readonly key: number;
  readonly name: string;
  readonly value: number;
}

/** What the user says of a sweep or trial by its name, as columns. */
const marksOf = (kind: 'sweep' | 'trial', name: string): string => `
  (SELECT json_group_array(tag) FROM (
    SELECT tag FROM user_tags g WHERE g.kind = '${kind}' AND g.name = ${name} ORDER BY tag
  )) AS tags,
  (SELECT note FROM user_notes n WHERE n.kind = '${kind}' AND n.name = ${name}) AS note`;

const SWEEPS = `
SELECT key, name, state, metric, goal, evaluate_test AS evaluateTest, spec_text AS specText, overrides, swept,
  dataset_fingerprint AS datasetFingerprint, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt,
  host, pid, heartbeat_at AS heartbeatAt, planned_trials AS plannedTrials, ${marksOf('sweep', 'sweeps.name')}
FROM sweeps`;

const LAST_ELBO = `(
  SELECT m.value FROM metrics m WHERE m.trial_key = t.key AND m.epoch = t.epochs AND m.name = 'val/elbo'
)`;

const trialsWith = (lastElbo: string): string => `
SELECT t.key, s.name AS sweep, t.trial_id AS id, t.config_id AS configId, t.seed, t.state, t.cause, t.config,
  t.best_epoch AS bestEpoch, t.epochs, ${lastElbo} AS lastElbo, t.seconds, t.cpu_seconds AS cpuSeconds, a.device,
  a.bit_class AS bitClass,
  coalesce(o.attempts, t.attempts) AS attempts, t.kl_per_dimension AS klPerDimension,
  t.trainable_weights AS trainableWeights, os.name AS reusedFrom, t.in_plan AS inPlan, t.paused_at AS pausedAt, t.is_revived AS isRevived, t.phase,
  t.went_on_from AS wentOnFrom, t.went_on_after AS wentOnAfter, t.superseded_epochs AS supersededEpochs,
  (SELECT sum(e.seconds) FROM epochs e WHERE e.trial_key = t.key AND e.epoch <= t.went_on_after) AS wentOnSeconds, t.train_images AS trainImages,
  t.validation_images AS validationImages, t.numerics_version AS numericsVersion,
  ${marksOf('trial', 't.trial_id')}
FROM trials t
JOIN sweeps s ON s.key = t.sweep_key
LEFT JOIN sweeps os ON ${TAKEN_FROM}
LEFT JOIN trials o ON o.trial_id = t.trial_id AND o.sweep_key = os.key
LEFT JOIN attempts a ON a.trial_key = coalesce(o.key, t.key) AND a.attempt = ${ATTEMPT_SHOWN}`;

const BEST_METRICS = `
SELECT t.key, m.name, m.value
FROM trials t
JOIN sweeps s ON s.key = t.sweep_key
JOIN metrics m ON m.trial_key = t.key AND m.epoch = t.best_epoch`;

const BY_PREFIX = `WHERE t.trial_id >= @from AND t.trial_id < @below AND (@sweep IS NULL OR s.name = @sweep)`;

/**
 * Of the trials of a sweep's plan, or of its others: each kind has an index of its own.
 * @internal
 */
function prepareTrials(db: Database.Database, inPlan: 0 | 1) {
  const where = `WHERE t.in_plan = ${inPlan} AND t.sweep_key = ?`;
  return {
    trials: db.prepare<[sweepKey: number], KeyedRow>(`${trialsWith(LAST_ELBO)} ${where} ORDER BY t.position, t.key`),
    trialsAlone: db.prepare<[sweepKey: number], KeyedRow>(`${trialsWith('NULL')} ${where} ORDER BY t.position, t.key`),
    bestMetrics: db.prepare<[sweepKey: number], BestMetricRow>(`${BEST_METRICS} ${where}`),
    chosenBestMetrics: db.prepare<[sweepKey: number, name: string, name: string, name: string], BestMetricRow>(
      `${BEST_METRICS} ${where} AND m.name IN (?, ?, ?)`,
    ),
  };
}
/** @internal */
export type TrialStatements = ReturnType<typeof prepareTrials>;

/**
 * When a run `r` of sweep `s` was last known to live: its end, else the last sign of one that was killed, which are its
 * attempts' ends and starts, and its heartbeat while no other run has begun. (Earlier versions ended a lost attempt at the
 * moment at which the next run began: that is no sign of life.)
 */
const LAST_SEEN = `coalesce(r.ended_at, (
  SELECT max(r.started_at,
    coalesce(max(CASE WHEN a.ended_at < next.started_at OR next.started_at IS NULL THEN a.ended_at END), ''),
    coalesce(max(a.started_at), ''),
    coalesce(CASE WHEN next.started_at IS NULL AND s.state = 'running' THEN s.heartbeat_at END, ''))
  FROM (SELECT min(n.started_at) AS started_at FROM runs n WHERE n.sweep_key = r.sweep_key AND n.key > r.key) next
  LEFT JOIN trials t ON t.sweep_key = r.sweep_key
  LEFT JOIN attempts a ON a.trial_key = t.key AND a.started_at >= r.started_at
    AND (next.started_at IS NULL OR a.started_at < next.started_at)))`;

/** @internal Their types have no name that a declaration could use. */
export function prepareReading(db: Database.Database) {
  return {
    sweeps: db.prepare<[], SweepRow>(`${SWEEPS} ORDER BY started_at DESC, key DESC`),
    sweep: db.prepare<[name: string], SweepRow>(`${SWEEPS} WHERE name = ?`),
    inPlan: prepareTrials(db, 1),
    outside: prepareTrials(db, 0),
    trialsByPrefix: db.prepare<[object], KeyedRow>(`${trialsWith(LAST_ELBO)} ${BY_PREFIX} ORDER BY t.trial_id, s.name`),
    bestMetricsByPrefix: db.prepare<[object], BestMetricRow>(`${BEST_METRICS} ${BY_PREFIX}`),
    ids: db.prepare<[], TrialId>('SELECT DISTINCT trial_id FROM trials ORDER BY trial_id').pluck(),
    completedElsewhere: db.prepare<[{ sweep: string }], { id: TrialId; source: string }>(
      `SELECT o.trial_id AS id, coalesce(o.reused_from, s.name) AS source
       FROM trials o JOIN sweeps s ON s.key = o.sweep_key
       WHERE o.state = 'completed' AND s.name <> @sweep AND NOT EXISTS (
         SELECT 1 FROM trials t JOIN sweeps own ON own.key = t.sweep_key
         WHERE t.trial_id = o.trial_id AND own.name = @sweep AND ${IS_TRAINED_AGAIN})
       ORDER BY ${SOURCE_FIRST}`,
    ),
    trialKeys: db
      .prepare<[{ sweep: string; trial: TrialId | null }], number>(
        `SELECT t.key FROM trials t JOIN sweeps s ON s.key = t.sweep_key
         WHERE s.name = @sweep AND (@trial IS NULL OR t.trial_id = @trial) ORDER BY t.in_plan DESC, t.position, t.key`,
      )
      .pluck(),
    metrics: db.prepare<[trialKey: number], MetricRow>(
      `SELECT t.trial_id AS trial, e.attempt, e.epoch, e.step, m.name, m.value
       FROM trials t
       JOIN epochs e ON e.trial_key = t.key
       JOIN metrics m ON m.trial_key = e.trial_key AND m.epoch = e.epoch
       WHERE t.key = ? AND NOT ${IS_TRAINED_AGAIN} ORDER BY m.epoch, m.name`,
    ),
    curves: db.prepare<[object], Pick<MetricRow, 'trial' | 'epoch' | 'name' | 'value'>>(
      `SELECT t.trial_id AS trial, m.epoch, m.name, m.value
       FROM trials t JOIN sweeps s ON s.key = t.sweep_key JOIN metrics m ON m.trial_key = t.key
       WHERE s.name = @sweep AND (@trials IS NULL OR t.trial_id IN (SELECT value FROM json_each(@trials)))
         AND m.name IN (SELECT value FROM json_each(@names)) AND NOT ${IS_TRAINED_AGAIN}
       ORDER BY t.key, m.epoch`,
    ),
    attempts: db.prepare<[trial: TrialId, sweepKey: number], AttemptRow>(
      `SELECT a.attempt, a.device, a.engine || '/' || coalesce(a.provider, '?') AS engine, a.bit_class AS bitClass,
         a.started_at AS startedAt, a.ended_at AS endedAt, a.outcome, a.cause
       FROM attempts a JOIN trials t ON t.key = a.trial_key
       WHERE t.trial_id = ? AND t.sweep_key = ? ORDER BY a.attempt`,
    ),
    lateEnds: db.prepare<[trial: TrialId, sweep: string], LateEndRow>(LATE_ENDS_OF),
    proposals: db.prepare<[sweepKey: number, search: string], ProposalRow>(PROPOSED),
    lessons: db.prepare<[sweepKey: number, search: string], LessonRow>(LESSONS_OF),
    samplers: db.prepare<[sweepKey: number], { configId: ConfigId; sampler: string }>(SAMPLERS),
    origin: db.prepare<[trial: TrialId, sweepKey: number], ProposalOrigin>(ORIGIN),
    chosen: db.prepare<[sweepKey: number, choice: string], ChoiceRow>(CHOICE),
    verdicts: db.prepare<[sweepKey: number, configuration: string], RecordedVerdict>(VERDICTS_ON),
    leftPruned: db.prepare<[{ sweepKey: number; pruning: string }], TrialId>(LEFT_PRUNED).pluck(),
    runs: db.prepare<[sweep: string], RunRow>(
      `SELECT r.started_at AS startedAt, r.ended_at AS endedAt, r.outcome, r.cpu_seconds AS cpuSeconds,
         ${LAST_SEEN} AS seenAt,
         r.spec_text AS specText, r.overrides, r.host,
         r.versions, r.platform, r.processor, r.cores, r.git_commit AS gitCommit, r.git_changes AS gitChanges
       FROM runs r JOIN sweeps s ON s.key = r.sweep_key WHERE s.name = ? ORDER BY r.key`,
    ),
  };
}
