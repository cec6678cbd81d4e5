import os from 'node:os';
import { SweepError } from '../errors.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { describeMetric } from '../metrics/own.ts';
import { distinctDigits } from '../trial/identity.ts';
import type { ConfigId, TrialId } from '../trial/trial.ts';
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
import { lateEndRecord, type LateEndRecord } from './late-ends.ts';
import { chosenOf } from './choices.ts';
import { recordedLesson } from './lessons.ts';
import type { Lesson } from '../sweep-file/expansion/learned-search.ts';
import { recordedProposal, type ProposalOrigin, type RecordedProposal } from './proposals.ts';
import type { RecordedVerdict } from './verdicts.ts';
import { prepareReading, type BestMetricRow, type KeyedRow, type TrialStatements } from './read-statements.ts';
import { attemptRecord, runRecord, sweepRecord, trialRecord, type Coordinator, type SweepRow } from './rows.ts';
import { storedConfig, type StoredConfig } from './stored-config.ts';
import { SILENCE_SECONDS } from './schema/002-every-trial.ts';
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
  readonly #sql: ReturnType<typeof prepareReading>;

  constructor(layout: ResultsLayout, connection: ReadConnection, now: () => Date) {
    this.#layout = layout;
    this.#connection = connection;
    this.#now = now;
    this.#sql = prepareReading(connection.db);
  }

  get file(): string {
    return this.#layout.database;
  }

  get copiedAt(): Date | undefined {
    return this.#connection.copiedAt;
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
      const [trials, outside] = [recordsOf(this.#sql.inPlan), recordsOf(this.#sql.outside)];
      // The plan's last: a metric of that name may have been defined otherwise before.
      describeMetrics([...outside, ...trials]);
      return { sweep: record, trials, outside };
    });
  }

  trialsByPrefix(prefix: string, sweep?: string): TrialRecord[] {
    // Ids are hexadecimal digits, all of which sort before '~'.
    const range = { from: prefix, below: `${prefix}~`, sweep: sweep ?? null };
    return this.#read(() => {
      const running = new Set(this.sweeps().flatMap(({ name, state }) => (state === 'running' ? [name] : [])));
      const trials = this.#sql.trialsByPrefix.all(range);
      const found = trialRecords(trials, this.#sql.bestMetricsByPrefix.all(range), (name) => running.has(name));
      describeMetrics(found);
      return found;
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

  lateEnds(sweep: string, trial: TrialId): LateEndRecord[] {
    return this.#read(() => this.#sql.lateEnds.all(trial, sweep).map(lateEndRecord));
  }

  proposals(sweep: string, search: string): RecordedProposal[] {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      return row === undefined ? [] : this.#sql.proposals.all(row.key, search).map(recordedProposal);
    });
  }

  lessons(sweep: string, search: string): Lesson[] {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      return row === undefined ? [] : this.#sql.lessons.all(row.key, search).map(recordedLesson);
    });
  }

  samplers(sweep: string): ReadonlyMap<ConfigId, string> {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      const named = row === undefined ? [] : this.#sql.samplers.all(row.key);
      return new Map(named.map(({ configId, sampler }) => [configId, sampler]));
    });
  }

  origin(sweep: string, trial: TrialId): ProposalOrigin | undefined {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      return row && this.#sql.origin.get(trial, row.key);
    });
  }

  chosen(sweep: string, choice: string, top: number): ReadonlySet<ConfigId> | undefined {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      return row === undefined ? undefined : chosenOf(this.#sql.chosen.all(row.key, choice), top);
    });
  }

  verdicts(sweep: string, configuration: ConfigId): RecordedVerdict[] {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      return row === undefined ? [] : this.#sql.verdicts.all(row.key, configuration);
    });
  }

  leftPruned(sweep: string, pruning: string): ReadonlySet<TrialId> {
    return this.#read(() => {
      const row = this.#sql.sweep.get(sweep);
      return new Set(row === undefined ? [] : this.#sql.leftPruned.all({ sweepKey: row.key, pruning }));
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
    if (!this.#connection.db.open)
      throw new SweepError('USAGE', `${this.file}: these results are closed. Open them anew.`);
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

/** What is said of metrics of the user's own from now on. The last one's words count. */
function describeMetrics(trials: readonly TrialRecord[]): void {
  const configs = new Set(trials.map(({ config }) => config.ownMetrics));
  for (const metrics of configs) for (const metric of metrics ?? []) describeMetric(metric);
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
