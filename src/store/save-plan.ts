import os from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type Database from 'better-sqlite3';
import { DATASETS } from '../data/datasets/index.ts';
import { definitionOf } from '../data/definition-of.ts';
import { splitSizes } from '../data/split-sizes.ts';
import { fromUserConfig, toUserConfig } from '../sweep-file/naming.ts';
import { hashedConfig, NUMERICS_VERSION } from '../trial/identity.ts';
import { nextStep } from '../trial/next-step.ts';
import type { TrialState } from '../trial/state.ts';
import type { DatasetSettings, TrialConfig, TrialPhase, TrialPlan } from '../trial/trial.ts';
import { SOURCE_FIRST } from './rows.ts';
import { GONE_CAUSE } from './schema/002-every-trial.ts';
import type { PlanChange, SweepPlan } from './store.ts';
import { DamagedRow } from './store-error.ts';
import { takeOverWriter } from './take-over.ts';
import { verdictTable } from './verdicts.ts';

/**
 * The transaction behind `SweepStore.savePlan`, to be called within one. Returns the sweep's key and what changed.
 */
export function planWriter(db: Database.Database): (plan: SweepPlan, at: Date) => { sweepKey: number } & PlanChange {
  const sql = prepare(db);
  const takeOver = takeOverWriter(db);

  const verdicts = verdictTable(db);

  const add = trialAdder(db);

  /** Rows of versions that didn't count have what their settings come to by the rule of today, which is the old one. */
  const countImages = (): void => {
    for (const dataset of sql.uncounted.all()) {
      const settings = JSON.parse(dataset) as DatasetSettings;
      if (DATASETS.some(({ name }) => name === settings.name)) {
        sql.countImages.run({ dataset, ...imageCounts(settings) });
      }
    }
  };

  /** Queues again or takes over what isn't done. Returns how many. */
  const stepOn = (sweepKey: number): { retried: number; reused: number } => {
    const counts = { retried: 0, reused: 0 };
    for (const { key, state, source } of sql.uncompleted.all(sweepKey)) {
      const step = nextStep(state, source !== null);
      if (step === 'retry') counts.retried += sql.requeue.run(key).changes;
      if (step !== 'take_over') continue;
      takeOver(key, source!);
      counts.reused++;
    }
    return counts;
  };

  return (plan, at) => {
    const known = sql.sweepKey.get(plan.name);
    // Of a coordinator that is gone: when it was last known to live.
    const seen = (known === undefined ? null : sql.heartbeat.get(known)) ?? at.toISOString();
    const sweepKey = sql.saveSweep.get(sweepValues(plan, at))!;
    countImages();
    sql.closeLostAttempts.run({ sweepKey, seen });
    const recovered = sql.requeueRunning.run(sweepKey).changes;

    const before = new Map(sql.trials.all(sweepKey).map((trial) => [trial.trial_id, trial]));
    const planned = [...before.values()].filter((trial) => trial.in_plan === 1);
    // Whatever is not in its place leaves the plan first, so that no two ever share a position.
    for (const { key, trial_id, position } of planned) {
      if (plan.trials[position]?.id !== trial_id) sql.leavePlan.run(key);
    }
    const counts = { added: 0, kept: 0 };
    let stayed = 0;
    for (const [position, trial] of plan.trials.entries()) {
      const existing = before.get(trial.id);
      if (existing === undefined) {
        counts.added++;
        add(sweepKey, trial, position);
        continue;
      }
      checkRow(existing, trial, plan.name);
      // The same images or definitions of one's own may be called otherwise now, or lie elsewhere.
      const config = configText(trial.config);
      if (existing.config !== config && namesFiles(trial.config)) sql.describeAnew.run(config, existing.key);
      counts.kept++;
      stayed += existing.in_plan;
      const phase = trial.phase ?? null;
      const isInPlace = existing.in_plan === 1 && existing.position === position && existing.phase === phase;
      if (!isInPlace) sql.placeTrial.run(position, phase, existing.key);
    }
    const dropped = planned.length - stayed;
    sql.keepResults.run(sweepKey);
    verdicts.release(sweepKey, plan.pruning);
    const steps = stepOn(sweepKey);
    verdicts.settle(sweepKey, plan.pruning);
    return { sweepKey, created: known === undefined, ...counts, dropped, recovered, ...steps };
  };
}

/** Adds a trial the sweep did not have, queued, to its plan. */
export function trialAdder(db: Database.Database): (sweepKey: number, trial: TrialPlan, position: number) => void {
  const insert = db.prepare(
    `INSERT INTO trials (sweep_key, trial_id, config_id, seed, position, in_plan, state, config, train_images,
       validation_images, numerics_version, phase)
     VALUES (@sweepKey, @trialId, @configId, @seed, @position, 1, 'queued', @config, @trainImages, @validationImages,
       ${NUMERICS_VERSION}, @phase)`,
  );
  return (sweepKey, trial, position) => {
    insert.run({
      ...{ sweepKey, position, trialId: trial.id, configId: trial.configId, seed: trial.seed },
      config: configText(trial.config),
      ...imageCounts(trial.config.dataset),
      phase: trial.phase ?? null,
    });
  };
}

interface StoredTrial {
  readonly key: number;
  readonly trial_id: string;
  readonly position: number;
  readonly in_plan: 0 | 1;
  readonly phase: TrialPhase | null;
  readonly config_id: string;
  readonly seed: number;
  readonly config: string;
}

/** An id stands for a configuration and a seed: a row that has others was changed by another hand. */
function checkRow(row: StoredTrial, { id, configId, seed, config }: TrialPlan, sweep: string): void {
  if (row.config_id === configId && row.seed === seed) {
    const expected = configText(config);
    // The same keys in another order, from another version, are the same.
    if (row.config === expected || isDeepStrictEqual(identified(row.config), identified(expected))) return;
  }
  throw new DamagedRow(`trial ${id} of sweep ${sweep} has another configuration than its id stands for`);
}

function namesFiles({ dataset, ownLikelihood, ownMetrics }: TrialConfig): boolean {
  return (dataset.own ?? ownLikelihood ?? ownMetrics) !== undefined;
}

/** What of a stored configuration an id stands for. */
function identified(config: string): unknown {
  return hashedConfig(fromUserConfig(JSON.parse(config) as Record<string, unknown>));
}

/** As it is stored. The seeds of a configuration share it. */
function configText(config: TrialConfig): string {
  let text = texts.get(config);
  if (text === undefined) texts.set(config, (text = JSON.stringify(toUserConfig(config))));
  return text;
}
const texts = new WeakMap<TrialConfig, string>();

function imageCounts(settings: DatasetSettings): { trainImages: number; validationImages: number } {
  const { training, validation } = splitSizes(definitionOf(settings), settings);
  return { trainImages: training, validationImages: validation };
}

function sweepValues(plan: SweepPlan, at: Date): Record<string, string | number | null> {
  return {
    name: plan.name,
    metric: plan.objective.metric,
    goal: plan.objective.goal,
    evaluateTest: plan.evaluateTest,
    specText: plan.specText,
    overrides: JSON.stringify(plan.overrides),
    swept: JSON.stringify(plan.swept),
    fingerprint: plan.dataset.fingerprint,
    plannedTrials: plan.plannedTrials ?? null,
    at: at.toISOString(),
    host: os.hostname(),
    pid: process.pid,
  };
}

function prepare(db: Database.Database) {
  return {
    sweepKey: db.prepare<[name: string], number>('SELECT key FROM sweeps WHERE name = ?').pluck(),
    saveSweep: db
      .prepare<[Record<string, string | number | null>], number>(
        `INSERT INTO sweeps (name, state, metric, goal, evaluate_test, spec_text, overrides, swept, dataset_fingerprint,
           created_at, started_at, ended_at, host, pid, heartbeat_at, planned_trials)
         VALUES (@name, 'running', @metric, @goal, @evaluateTest, @specText, @overrides, @swept, @fingerprint,
           @at, @at, NULL, @host, @pid, @at, @plannedTrials)
         ON CONFLICT (name) DO UPDATE SET state = excluded.state, metric = excluded.metric, goal = excluded.goal,
           evaluate_test = excluded.evaluate_test, spec_text = excluded.spec_text, overrides = excluded.overrides,
           swept = excluded.swept, dataset_fingerprint = excluded.dataset_fingerprint,
           started_at = excluded.started_at, ended_at = NULL,
           host = excluded.host, pid = excluded.pid, heartbeat_at = excluded.heartbeat_at,
           planned_trials = excluded.planned_trials
         RETURNING key`,
      )
      .pluck(),
    heartbeat: db
      .prepare<[key: number], string | null>(`SELECT heartbeat_at FROM sweeps WHERE key = ? AND state = 'running'`)
      .pluck(),
    closeLostAttempts: db.prepare<[{ sweepKey: number; seen: string }]>(
      `UPDATE attempts SET ended_at = max(started_at, @seen), outcome = 'lost', cause = '${GONE_CAUSE}'
       WHERE ended_at IS NULL AND trial_key IN (SELECT key FROM trials WHERE sweep_key = @sweepKey)`,
    ),
    requeueRunning: db.prepare<[sweepKey: number]>(
      `UPDATE trials SET state = 'queued', cause = '${GONE_CAUSE}' WHERE sweep_key = ? AND state = 'running'`,
    ),
    trials: db.prepare<[sweepKey: number], StoredTrial>(
      'SELECT key, trial_id, position, in_plan, phase, config_id, seed, config FROM trials WHERE sweep_key = ?',
    ),
    leavePlan: db.prepare<[key: number]>('UPDATE trials SET in_plan = 0, phase = NULL WHERE key = ?'),
    placeTrial: db.prepare<[position: number, phase: TrialPhase | null, key: number]>(
      'UPDATE trials SET in_plan = 1, position = ?, phase = ? WHERE key = ?',
    ),
    describeAnew: db.prepare<[config: string, key: number]>('UPDATE trials SET config = ? WHERE key = ?'),
    uncounted: db
      .prepare<[], string>(`SELECT DISTINCT config -> '$.dataset' FROM trials WHERE train_images IS NULL`)
      .pluck(),
    countImages: db.prepare<[{ dataset: string; trainImages: number; validationImages: number }]>(
      `UPDATE trials SET train_images = @trainImages, validation_images = @validationImages
       WHERE train_images IS NULL AND config -> '$.dataset' = @dataset`,
    ),
    // What the plan no longer names won't be trained again: its result before stands.
    keepResults: db.prepare<[sweepKey: number]>(
      `UPDATE trials SET state = 'completed', cause = NULL
       WHERE sweep_key = ? AND in_plan = 0 AND state = 'queued' AND kl_per_dimension IS NOT NULL`,
    ),
    requeue: db.prepare<[key: number]>(`UPDATE trials SET state = 'queued', cause = NULL WHERE key = ?`),
    // With the result of another sweep, if there is one, and the trial isn't trained again on demand.
    uncompleted: db.prepare<[sweepKey: number], { key: number; state: TrialState; source: number | null }>(
      `SELECT t.key, t.state, (SELECT o.key FROM trials o
         WHERE o.trial_id = t.trial_id AND o.sweep_key <> t.sweep_key AND o.state = 'completed'
           AND t.kl_per_dimension IS NULL
         ORDER BY ${SOURCE_FIRST} LIMIT 1) AS source
       FROM trials t WHERE t.sweep_key = ? AND t.in_plan = 1 AND t.state <> 'completed'`,
    ),
  };
}
