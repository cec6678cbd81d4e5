import os from 'node:os';
import type { ResultsLayout } from '../paths.ts';
import { TRIAL_STATES, type TrialState } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import { openForReading, type ReadConnection } from './connection.ts';
import type {
  AttemptRecord,
  MetricRow,
  ReadModel,
  SnapshotMetrics,
  SweepRecord,
  SweepSnapshot,
  TrialRecord,
} from './read-model.ts';
import {
  attemptRecord,
  storedConfig,
  sweepRecord,
  trialRecord,
  type AttemptRow,
  type StoredConfig,
  type SweepRow,
  type TrialRow,
} from './rows.ts';
import { codeOf, explaining, undoOnError } from './store-error.ts';

/** A coordinator that was silent for so long is gone, or stopped. */
const SILENCE_MS = 60_000;

/**
 * Opens the results for reading only, also while coordinators write and where the folder is read-only.
 * Throws NOT_FOUND without a database, STORE_UNREADABLE or STORE_VERSION. `now` is what heartbeats are judged by.
 */
export function openReadModel(layout: ResultsLayout, now: () => Date = () => new Date()): ReadModel {
  const file = layout.database;
  const connection = openForReading(file);
  return undoOnError(
    () => connection[Symbol.dispose](),
    () => explaining(file, () => new SqliteReadModel(file, connection, now)),
  );
}

class SqliteReadModel implements ReadModel {
  readonly #file: string;
  readonly #connection: ReadConnection;
  readonly #now: () => Date;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(file: string, connection: ReadConnection, now: () => Date) {
    this.#file = file;
    this.#connection = connection;
    this.#now = now;
    this.#sql = prepare(connection.db);
  }

  sweeps(): SweepRecord[] {
    return this.#read(() => this.#sql.sweeps.all().map((row) => this.#sweepRecord(row)));
  }

  countsByState(sweep: string): Readonly<Record<TrialState, number>> {
    const counts = Object.fromEntries(TRIAL_STATES.map((state) => [state, 0])) as Record<TrialState, number>;
    for (const { state, count } of this.#read(() => this.#sql.counts.all(sweep))) counts[state] = count;
    return counts;
  }

  snapshot(sweep: string, metrics: SnapshotMetrics = 'all'): SweepSnapshot | undefined {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      if (!row) return undefined;
      const bestMetrics =
        metrics === 'all'
          ? this.#sql.bestMetrics.all(sweep)
          : this.#sql.chosenBestMetrics.all(sweep, ...ofEverySplit(row.metric));
      return { sweep: this.#sweepRecord(row), trials: trialRecords(this.#sql.trials.all(sweep), bestMetrics) };
    });
  }

  trialsByPrefix(prefix: string, sweep?: string): TrialRecord[] {
    // Ids are hexadecimal digits, all of which sort before '~'.
    const range = { from: prefix, below: `${prefix}~`, sweep: sweep ?? null };
    return this.#read(() =>
      trialRecords(this.#sql.trialsByPrefix.all(range), this.#sql.bestMetricsByPrefix.all(range)),
    );
  }

  /** A trial at a time: memory stays bounded, and between two rows the caller may ask for anything else. */
  *metrics(sweep: string, trial?: TrialId): Iterable<MetricRow> {
    const keys = this.#read(() => this.#sql.trialKeys.all({ sweep, trial: trial ?? null }));
    for (const key of keys) yield* this.#read(() => this.#sql.metrics.all(key));
  }

  attempts(sweep: string, trial: TrialId): AttemptRecord[] {
    return this.#read(() => this.#sql.attempts.all(trial, sweep).map(attemptRecord));
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  /** One moment of the database, however many queries `action` makes. */
  #read<T>(action: () => T): T {
    return explaining(this.#file, () => this.#connection.db.transaction(action)());
  }

  #sweepRecord(row: SweepRow): SweepRecord {
    return sweepRecord(
      row,
      ({ host, pid, heartbeatAt }) =>
        this.#now().getTime() - heartbeatAt.getTime() <= SILENCE_MS && (host !== os.hostname() || isRunning(pid)),
    );
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but as another user.
    return codeOf(error) === 'EPERM';
  }
}

/** `val/elbo` → `train/elbo`, `val/elbo`, `test/elbo`. */
function ofEverySplit(metric: string): [string, string, string] {
  const measure = metric.slice(metric.indexOf('/') + 1);
  return [`train/${measure}`, `val/${measure}`, `test/${measure}`];
}

interface BestMetricRow {
  readonly key: number;
  readonly name: string;
  readonly value: number;
}

function trialRecords(trials: readonly TrialRow[], bestMetrics: readonly BestMetricRow[]): TrialRecord[] {
  const metricsOf = new Map<number, Record<string, number>>();
  for (const { key, name, value } of bestMetrics) {
    const metrics = metricsOf.get(key);
    if (metrics) metrics[name] = value;
    else metricsOf.set(key, { [name]: value });
  }
  // The seeds of a configuration share its text, and then its objects.
  const configs = new Map<string, StoredConfig>();
  return trials.map((row) => {
    let config = configs.get(row.config);
    if (config === undefined) configs.set(row.config, (config = storedConfig(row.config)));
    return trialRecord(row, metricsOf.get(row.key) ?? {}, config);
  });
}

const TRIALS = `
SELECT s.name AS sweep, t.key, t.trial_id, t.config_id, t.seed, t.state, t.cause, t.config, t.best_epoch, t.epochs,
  t.seconds, t.attempts, t.kl_per_dimension, t.trainable_weights, t.reused_from, a.device
FROM trials t
JOIN sweeps s ON s.key = t.sweep_key
LEFT JOIN attempts a ON a.trial_key = t.key AND a.attempt = t.attempts`;

const BEST_METRICS = `
SELECT t.key, m.name, m.value
FROM trials t
JOIN sweeps s ON s.key = t.sweep_key
JOIN metrics m ON m.trial_key = t.key AND m.epoch = t.best_epoch`;

const IN_SWEEP = `WHERE t.in_plan = 1 AND s.name = ?`;
const BY_PREFIX = `WHERE t.in_plan = 1 AND t.trial_id >= @from AND t.trial_id < @below AND (@sweep IS NULL OR s.name = @sweep)`;

function prepare(db: ReadConnection['db']) {
  return {
    sweeps: db.prepare<[], SweepRow>('SELECT * FROM sweeps ORDER BY started_at DESC, key DESC'),
    sweep: db.prepare<[name: string], SweepRow>('SELECT * FROM sweeps WHERE name = ?'),
    counts: db.prepare<[sweep: string], { state: TrialState; count: number }>(
      `SELECT t.state, count(*) AS count FROM trials t JOIN sweeps s ON s.key = t.sweep_key ${IN_SWEEP} GROUP BY t.state`,
    ),
    trials: db.prepare<[sweep: string], TrialRow>(`${TRIALS} ${IN_SWEEP} ORDER BY t.position`),
    bestMetrics: db.prepare<[sweep: string], BestMetricRow>(`${BEST_METRICS} ${IN_SWEEP}`),
    chosenBestMetrics: db.prepare<[sweep: string, name: string, name: string, name: string], BestMetricRow>(
      `${BEST_METRICS} ${IN_SWEEP} AND m.name IN (?, ?, ?)`,
    ),
    trialsByPrefix: db.prepare<[object], TrialRow>(`${TRIALS} ${BY_PREFIX} ORDER BY t.trial_id, s.name`),
    bestMetricsByPrefix: db.prepare<[object], BestMetricRow>(`${BEST_METRICS} ${BY_PREFIX}`),
    trialKeys: db
      .prepare<[{ sweep: string; trial: TrialId | null }], number>(
        `SELECT t.key FROM trials t JOIN sweeps s ON s.key = t.sweep_key
         WHERE t.in_plan = 1 AND s.name = @sweep AND (@trial IS NULL OR t.trial_id = @trial) ORDER BY t.position`,
      )
      .pluck(),
    metrics: db.prepare<[trialKey: number], MetricRow>(
      `SELECT t.trial_id AS trial, e.attempt, e.epoch, e.step, m.name, m.value
       FROM trials t
       JOIN epochs e ON e.trial_key = t.key
       JOIN metrics m ON m.trial_key = e.trial_key AND m.epoch = e.epoch
       WHERE t.key = ? ORDER BY m.epoch, m.name`,
    ),
    attempts: db.prepare<[trial: TrialId, sweep: string], AttemptRow>(
      `SELECT a.* FROM attempts a JOIN trials t ON t.key = a.trial_key JOIN sweeps s ON s.key = t.sweep_key
       WHERE t.trial_id = ? AND s.name = ? ORDER BY a.attempt`,
    ),
  };
}
