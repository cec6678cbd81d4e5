import os from 'node:os';
import type { ResultsLayout } from '../files/paths.ts';
import { distinctDigits } from '../trial/identity.ts';
import type { TrialId } from '../trial/trial.ts';
import { checkMetric } from './check-numbers.ts';
import { openForReading, type ReadConnection } from './connection.ts';
import { isLocked } from './lock.ts';
import type {
  AttemptRecord,
  CurvePoint,
  MetricCurves,
  MetricRow,
  ReadModel,
  RunRecord,
  SnapshotMetrics,
  SweepRecord,
  SweepSnapshot,
  TrialRecord,
} from './read-model.ts';
import {
  SOURCE_FIRST,
  attemptRecord,
  runRecord,
  storedConfig,
  sweepRecord,
  trialRecord,
  type AttemptRow,
  type Coordinator,
  type RunRow,
  type StoredConfig,
  type SweepRow,
  type TrialRow,
} from './rows.ts';
import { SILENCE_SECONDS } from './schema/002-every-trial.ts';
import { IS_TRAINED_AGAIN } from './schema/005-trained-again.ts';
import { ATTEMPT_SHOWN, TAKEN_FROM } from './schema/006-kept-result.ts';
import { codeOf, explaining, undoOnError } from './store-error.ts';

/**
 * Opens the results for reading only, also while coordinators write and where the folder is read-only.
 * Throws NOT_FOUND without a database, STORE_UNREADABLE or STORE_VERSION. `now` is what heartbeats are judged by.
 */
export function openReadModel(layout: ResultsLayout, now: () => Date = () => new Date()): ReadModel {
  const file = layout.database;
  const connection = openForReading(file);
  return undoOnError(
    () => connection[Symbol.dispose](),
    () => explaining(file, () => new SqliteReadModel(layout, connection, now)),
  );
}

class SqliteReadModel implements ReadModel {
  readonly #layout: ResultsLayout;
  readonly #connection: ReadConnection;
  readonly #now: () => Date;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(layout: ResultsLayout, connection: ReadConnection, now: () => Date) {
    this.#layout = layout;
    this.#connection = connection;
    this.#now = now;
    this.#sql = prepare(connection.db);
  }

  get file(): string {
    return this.#layout.database;
  }

  sweeps(): SweepRecord[] {
    return this.#read(() => this.#sql.sweeps.all().map((row) => this.#sweepRecord(row)));
  }

  snapshot(sweep: string, metrics: SnapshotMetrics = 'all'): SweepSnapshot | undefined {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      if (!row) return undefined;
      const record = this.#sweepRecord(row);
      const recordsOf = (sql: TrialStatements): TrialRecord[] => {
        const [trials, best] =
          metrics === 'all'
            ? [sql.trials.all(row.key), sql.bestMetrics.all(row.key)]
            : [
                sql.trialsAlone.all(row.key),
                sql.chosenBestMetrics.all(row.key, ...ofEverySplit(record.objective.metric)),
              ];
        return trialRecords(trials, best, () => record.state === 'running');
      };
      return { sweep: record, trials: recordsOf(this.#sql.inPlan), outside: recordsOf(this.#sql.outside) };
    });
  }

  trialsByPrefix(prefix: string, sweep?: string): TrialRecord[] {
    // Ids are hexadecimal digits, all of which sort before '~'.
    const range = { from: prefix, below: `${prefix}~`, sweep: sweep ?? null };
    return this.#read(() => {
      const running = new Set(this.sweeps().flatMap(({ name, state }) => (state === 'running' ? [name] : [])));
      const trials = this.#sql.trialsByPrefix.all(range);
      return trialRecords(trials, this.#sql.bestMetricsByPrefix.all(range), (name) => running.has(name));
    });
  }

  idLength(): number {
    return distinctDigits(this.#read(() => this.#sql.ids.all()));
  }

  completedElsewhere(sweep: string): ReadonlyMap<TrialId, string> {
    const sources = new Map<TrialId, string>();
    for (const { id, source } of this.#read(() => this.#sql.completedElsewhere.all({ sweep }))) {
      if (!sources.has(id)) sources.set(id, source);
    }
    return sources;
  }

  /** A trial at a time: memory stays bounded, and between two rows the caller may ask for anything else. */
  *metrics(sweep: string, trial?: TrialId): Iterable<MetricRow> {
    const keys = this.#read(() => this.#sql.trialKeys.all({ sweep, trial: trial ?? null }));
    for (const key of keys) {
      yield* this.#read(() => {
        const rows = this.#sql.metrics.all(key);
        for (const row of rows) checkMetric(row, sweep);
        return rows;
      });
    }
  }

  curves(sweep: string, names: readonly string[], trials?: readonly TrialId[]): ReadonlyMap<TrialId, MetricCurves> {
    const chosen = trials === undefined ? null : JSON.stringify(trials);
    const found = new Map<TrialId, Map<string, CurvePoint[]>>();
    this.#read(() => {
      for (const row of this.#sql.curves.iterate({ sweep, names: JSON.stringify(names), trials: chosen })) {
        const { trial, name, epoch, value } = row;
        checkMetric({ ...row, attempt: 0, step: 0 }, sweep);
        const curves = found.get(trial) ?? new Map<string, CurvePoint[]>();
        const curve = curves.get(name) ?? [];
        curve.push({ epoch, value });
        found.set(trial, curves.set(name, curve));
      }
    });
    return found;
  }

  attempts(sweep: string, trial: TrialId): AttemptRecord[] {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      if (!row) return [];
      const isRunning = this.#sweepRecord(row).state === 'running';
      return this.#sql.attempts.all(trial, row.key).map((attempt) => attemptRecord(attempt, isRunning));
    });
  }

  runs(sweep: string): RunRecord[] {
    return this.#read(() => this.#sql.runs.all(sweep).map(runRecord));
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  /** One moment of the database, however many queries `action` makes. */
  #read<T>(action: () => T): T {
    return explaining(this.#layout.database, () => this.#connection.db.transaction(action)());
  }

  #sweepRecord(row: SweepRow): SweepRecord {
    return sweepRecord(row, (coordinator) => this.#isAlive(row.name, coordinator));
  }

  /**
   * The lock tells of every coordinator that this machine's kernel knows, also of one that is stopped, whatever the clocks
   * say. Without its word (another host, a file that can't be read) the heartbeat tells; one from the future is fresh.
   */
  #isAlive(sweep: string, { host, pid, heartbeatAt }: Coordinator): boolean {
    const holdsLock = isLocked(this.#layout.lock(sweep));
    if (holdsLock === true) return true;
    if (host === os.hostname() && (holdsLock === false || !isRunning(pid))) return false;
    return this.#now().getTime() - heartbeatAt.getTime() <= 1000 * SILENCE_SECONDS;
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

type KeyedRow = TrialRow & { readonly key: number };

interface BestMetricRow {
  readonly key: number;
  readonly name: string;
  readonly value: number;
}

function trialRecords(
  trials: readonly KeyedRow[],
  bestMetrics: readonly BestMetricRow[],
  isRunning: (sweep: string) => boolean,
): TrialRecord[] {
  const metricsOf = new Map<number, Record<string, number>>();
  for (const { key, name, value } of bestMetrics) {
    const metrics = metricsOf.get(key);
    if (metrics) metrics[name] = value;
    else metricsOf.set(key, { [name]: value });
  }
  // The seeds of a configuration share its text, and then its objects.
  const configs = new Map<string, StoredConfig>();
  return trials.map(({ key, ...row }) => {
    let config = configs.get(row.config);
    if (config === undefined) configs.set(row.config, (config = storedConfig(row.config, row.id, row.sweep)));
    return trialRecord(row, metricsOf.get(key) ?? {}, config, isRunning(row.sweep));
  });
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
  host, pid, heartbeat_at AS heartbeatAt, ${marksOf('sweep', 'sweeps.name')}
FROM sweeps`;

const LAST_ELBO = `(
  SELECT m.value FROM metrics m WHERE m.trial_key = t.key AND m.epoch = t.epochs AND m.name = 'val/elbo'
)`;

const trialsWith = (lastElbo: string): string => `
SELECT t.key, s.name AS sweep, t.trial_id AS id, t.config_id AS configId, t.seed, t.state, t.cause, t.config,
  t.best_epoch AS bestEpoch, t.epochs, ${lastElbo} AS lastElbo, t.seconds, t.cpu_seconds AS cpuSeconds, a.device,
  coalesce(o.attempts, t.attempts) AS attempts, t.kl_per_dimension AS klPerDimension,
  t.trainable_weights AS trainableWeights, os.name AS reusedFrom, t.in_plan AS inPlan, t.train_images AS trainImages,
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

/** Of the trials of a sweep's plan, or of its others: each kind has an index of its own. */
function prepareTrials(db: ReadConnection['db'], inPlan: 0 | 1) {
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
type TrialStatements = ReturnType<typeof prepareTrials>;

function prepare(db: ReadConnection['db']) {
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
      `SELECT a.attempt, a.device, a.engine || '/' || coalesce(a.provider, '?') AS engine, a.started_at AS startedAt,
         a.ended_at AS endedAt, a.outcome, a.cause
       FROM attempts a JOIN trials t ON t.key = a.trial_key
       WHERE t.trial_id = ? AND t.sweep_key = ? ORDER BY a.attempt`,
    ),
    runs: db.prepare<[sweep: string], RunRow>(
      `SELECT r.started_at AS startedAt, r.ended_at AS endedAt, r.outcome, r.cpu_seconds AS cpuSeconds, r.spec_text AS specText, r.overrides, r.host,
         r.versions, r.platform, r.processor, r.cores, r.git_commit AS gitCommit, r.git_changes AS gitChanges
       FROM runs r JOIN sweeps s ON s.key = r.sweep_key WHERE s.name = ? ORDER BY r.key`,
    ),
  };
}
