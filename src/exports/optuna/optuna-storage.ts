/** A sweep as a study in Optuna's SQLite storage, which Optuna and its dashboard open. */
import Database from 'better-sqlite3';
import { measure } from '../../analysis/metric.ts';
import { distinctValues, parameterNames } from '../../analysis/parameters.ts';
import { trainedOn } from '../../analysis/trained-on.ts';
import type { AttemptRecord, CurvePoint, SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import type { TrialState } from '../../trial/state.ts';
import { distributionOf, type Distribution } from './distribution.ts';
import { OPTUNA_SCHEMA } from './schema.ts';

const STATE_OF: Readonly<Record<TrialState, string>> = {
  queued: 'WAITING',
  running: 'RUNNING',
  completed: 'COMPLETE',
  pruned: 'PRUNED',
  diverged: 'FAIL',
  failed: 'FAIL',
  cancelled: 'FAIL',
};

interface History {
  attempts(trial: TrialRecord): readonly AttemptRecord[];
  /** Of the objective. */
  curve(trial: TrialRecord): readonly CurvePoint[];
}

/**
 * The bytes of the database. One trial a trial: its value is the objective at its best epoch, intermediate values those
 * of every epoch; all else of it are user attributes, our own state among them. Times are UTC.
 */
export function optunaStorage({ sweep, trials }: SweepSnapshot, history: History): Uint8Array {
  const db = new Database(':memory:');
  try {
    db.exec(OPTUNA_SCHEMA);
    const { metric, goal } = sweep.objective;
    db.prepare('INSERT INTO studies VALUES (1, ?)').run(sweep.name);
    db.prepare('INSERT INTO study_directions VALUES (1, ?, 1, 0)').run(goal === 'maximize' ? 'MAXIMIZE' : 'MINIMIZE');
    const system = db.prepare('INSERT INTO study_system_attributes (study_id, key, value_json) VALUES (1, ?, ?)');
    system.run('study:metric_names', JSON.stringify([metric]));
    const user = db.prepare('INSERT INTO study_user_attributes (study_id, key, value_json) VALUES (1, ?, ?)');
    const about = { metric, spec: sweep.specText, overrides: sweep.overrides, times: 'UTC' };
    for (const [name, value] of Object.entries(about)) user.run(name, JSON.stringify(value));

    const names = parameterNames(trials, sweep.swept);
    const distributions = new Map(names.map((name) => [name, distributionOf(distinctValues(trials, name))]));
    const insert = inserter(db, distributions);
    db.transaction(() => {
      for (const [number, trial] of trials.entries()) {
        insert(trial, number, measure(trial, metric), history.attempts(trial), history.curve(trial));
      }
    })();
    return db.serialize();
  } finally {
    db.close();
  }
}

function inserter(db: Database.Database, distributions: ReadonlyMap<string, Distribution>) {
  const trials = db.prepare('INSERT INTO trials VALUES (?, ?, 1, ?, ?, ?)');
  const params = db.prepare(
    'INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)',
  );
  const values = db.prepare(
    `INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, 'FINITE')`,
  );
  const steps = db.prepare(
    `INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type)
     VALUES (?, ?, ?, 'FINITE')`,
  );
  const attributes = db.prepare('INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (?, ?, ?)');

  return (
    trial: TrialRecord,
    number: number,
    value: number | undefined,
    attempts: readonly AttemptRecord[],
    curve: readonly CurvePoint[],
  ): void => {
    const id = number + 1;
    const state = STATE_OF[trial.state];
    const hasEnded = state !== 'WAITING' && state !== 'RUNNING';
    const start = state === 'WAITING' ? null : timestamp(attempts[0]?.startedAt);
    trials.run(id, number, state, start, hasEnded ? timestamp(attempts.at(-1)?.endedAt) : null);
    for (const [name, distribution] of distributions) {
      if (!Object.hasOwn(trial.params, name)) continue;
      params.run(id, name, distribution.valueOf(trial.params[name]), distribution.json);
    }
    if (value !== undefined && (state === 'COMPLETE' || state === 'PRUNED')) values.run(id, value);
    for (const point of curve) steps.run(id, point.epoch, point.value);
    for (const [name, fact] of Object.entries(factsOf(trial))) attributes.run(id, name, JSON.stringify(fact));
  };
}

/** Names as in `sweep export`; `val/kl` is the rate, `val/reconstruction` the distortion. */
function factsOf(trial: TrialRecord): Readonly<Record<string, unknown>> {
  return {
    trial: trial.id,
    config_id: trial.configId,
    seed: trial.seed,
    state: trial.state,
    cause: trial.cause,
    ...trial.metrics,
    rate: trial.metrics['val/kl'] ?? null,
    distortion: trial.metrics['val/reconstruction'] ?? null,
    best_epoch: trial.bestEpoch,
    epochs: trial.epochs,
    seconds: trial.seconds,
    device: trial.device,
    reused_from: trial.reusedFrom,
    ...trainedOn(trial),
  };
}

/** As SQLAlchemy writes a DATETIME: without a zone. */
function timestamp(date: Date | null | undefined): string | null {
  return date ? `${date.toISOString().slice(0, -1).replace('T', ' ')}000` : null;
}
