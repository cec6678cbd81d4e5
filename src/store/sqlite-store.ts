import os from 'node:os';
import type Database from 'better-sqlite3';
import { SweepError } from '../errors.ts';
import type { TrialSummary } from '../trial/outcome.ts';
import { refuseLink } from '../files/no-links.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { LateEnd } from '../trial/late-end.ts';
import { canMove, canMoveOnDemand, type TrialState } from '../trial/state.ts';
import type { ConfigId, EpochRecord, TrialId, TrialPlan } from '../trial/trial.ts';
import { choiceTable, type Choice } from './choices.ts';
import { elsewhereClaimer } from './claim-elsewhere.ts';
import { isHeldAlone, openForWriting } from './connection.ts';
import { epochForgetter, epochWriter, type EpochWriter, type ForgetEpochs, type Metrics } from './epoch-writer.ts';
import { fileId } from './file-id.ts';
import { networkFileSystem } from './file-system.ts';
import { acquireSweepLock, isLocked, type SweepLock } from './lock.ts';
import { makeFolder } from '../files/make-folder.ts';
import { lessonTable } from './lessons.ts';
import { proposalTable, type Proposal, type RecordedProposal } from './proposals.ts';
import { planWriter } from './save-plan.ts';
import { keepCopy } from './shared-copy.ts';
import { prepareStatements, type Owner, type WrittenTrial } from './statements.ts';
import { explaining, undoOnError } from './store-error.ts';
import { summaryReader } from './summary-reader.ts';
import { refuseBrokenLocks } from './try-locks.ts';
import { epochSuperseder, type SupersedeEpochs } from './supersede-epochs.ts';
import { verdictTable, type ConfigVerdict, type PrunedTrial, type RecordedVerdict, type Rung } from './verdicts.ts';
import type { Lesson } from '../sweep-file/learned-search.ts';
import type { Provenance } from './read-model.ts';
import type { AttemptEnd, AttemptPlace, Claim, PlanChange, SweepPlan, SweepStore } from './store.ts';

/**
 * Opens the store of one sweep and becomes its only coordinator, creating the results folder and the database as needed.
 * `busyTimeoutMs` is how long a write blocks for other writers before it is refused.
 * Throws STORE_LOCKED when the sweep has a coordinator, STORE_UNREADABLE, STORE_VERSION or STORE_FULL.
 */
export function openStore(layout: ResultsLayout, sweepName: string, busyTimeoutMs?: number): SqliteStore {
  const folder = layout.sweep(sweepName);
  explaining(folder, () => {
    refuseLink(folder);
    makeFolder(folder);
    for (const file of [layout.lock(sweepName), layout.database]) {
      // SQLite doesn't follow links in place of its own files beside these, but says no more than that it can't open one.
      for (const suffix of ['', '-journal', '-wal', '-shm']) refuseLink(`${file}${suffix}`);
    }
  });
  const fileSystem = networkFileSystem(folder);
  if (fileSystem !== undefined) explaining(folder, () => refuseBrokenLocks(layout.root, fileSystem));
  const holder = { host: os.hostname(), pid: process.pid, since: new Date() };
  const lock = acquireSweepLock(layout.lock(sweepName), holder);
  return undoOnError(
    () => lock[Symbol.dispose](),
    () => {
      const db = openForWriting(layout.database, busyTimeoutMs);
      const isLed = (sweep: string): boolean => isLocked(layout.lock(sweep)) === true;
      return undoOnError(
        () => db.close(),
        () => explaining(db.name, () => new SqliteStore(db, lock, sweepName, isLed)),
      );
    },
  );
}

export class SqliteStore implements SweepStore {
  readonly #db: Database.Database;
  readonly #lock: SweepLock;
  readonly #sweepName: string;
  readonly #fileId: string | undefined;
  readonly #sql: ReturnType<typeof prepareStatements>;
  readonly #writePlan: ReturnType<typeof planWriter>;
  readonly #epochs: EpochWriter;
  readonly #forgetEpochs: ForgetEpochs;
  readonly #supersedeEpochs: SupersedeEpochs;
  readonly #claimElsewhere: ReturnType<typeof elsewhereClaimer>;
  readonly #summaryOf: ReturnType<typeof summaryReader>;
  readonly #proposals: ReturnType<typeof proposalTable>;
  readonly #lessons: ReturnType<typeof lessonTable>;
  readonly #verdicts: ReturnType<typeof verdictTable>;
  readonly #choices: ReturnType<typeof choiceTable>;
  /** Undefined until the sweep's first plan is saved. */
  #sweepKey: number | undefined;
  /** What this coordinator wrote into the sweep's row, so that it knows it from another one's. Undefined between runs. */
  #run: Owner | undefined;
  #runKey: number | undefined;

  /** Takes over the connection and the lock; see `openStore`. `isLed` tells whether another sweep has a coordinator. */
  constructor(db: Database.Database, lock: SweepLock, sweepName: string, isLed: (sweep: string) => boolean) {
    this.#db = db;
    this.#lock = lock;
    this.#sweepName = sweepName;
    this.#fileId = fileId(db.name);
    this.#sql = prepareStatements(db);
    this.#writePlan = planWriter(db);
    this.#epochs = epochWriter(db);
    this.#forgetEpochs = epochForgetter(db);
    this.#supersedeEpochs = epochSuperseder(db, this.#forgetEpochs);
    this.#claimElsewhere = elsewhereClaimer(db, isLed);
    this.#summaryOf = summaryReader(db);
    this.#proposals = proposalTable(db);
    this.#lessons = lessonTable(db);
    this.#verdicts = verdictTable(db);
    this.#choices = choiceTable(db);
    this.#sweepKey = this.#sql.sweepKey.get(sweepName);
  }

  transaction(write: () => void): void {
    this.#write(write);
  }

  savePlan(plan: SweepPlan, at: Date): PlanChange {
    if (plan.name !== this.#sweepName) throw new Error(`The plan of ${plan.name} in the store of ${this.#sweepName}`);
    const { sweepKey, ...change } = this.#write(() => this.#writePlan(plan, at));
    this.#sweepKey = sweepKey;
    this.#run = this.#sql.owner.get(sweepKey);
    return change;
  }

  proposals(search: string): RecordedProposal[] {
    const sweepKey = this.#sweepKey;
    return sweepKey === undefined ? [] : explaining(this.#db.name, () => this.#proposals.all(sweepKey, search));
  }

  recordLessons(search: string, lessons: readonly Lesson[]): Lesson[] {
    return this.#write(() => this.#lessons.record(this.#sweep(), search, lessons));
  }

  recordProposal(proposal: Proposal, at: Date): ReadonlyMap<TrialId, TrialState> {
    return this.#write(() => {
      this.#proposals.record(this.#sweep(), proposal, at);
      return new Map(proposal.trials.map(({ id }) => [id, this.#trial(id).state]));
    });
  }

  chosen(choice: string, top: number): ReadonlySet<ConfigId> | undefined {
    const sweepKey = this.#sweepKey;
    return sweepKey === undefined
      ? undefined
      : explaining(this.#db.name, () => this.#choices.chosen(sweepKey, choice, top));
  }

  recordChoice(
    choice: string,
    choices: readonly Choice[],
    trials: readonly TrialPlan[],
    at: Date,
  ): ReadonlyMap<TrialId, TrialState> {
    return this.#write(() => {
      this.#choices.record(this.#sweep(), choice, choices, trials, at);
      return new Map(trials.map(({ id }) => [id, this.#trial(id).state]));
    });
  }

  verdicts(pruning: string): RecordedVerdict[] {
    const sweepKey = this.#sweepKey;
    return sweepKey === undefined ? [] : explaining(this.#db.name, () => this.#verdicts.all(sweepKey, pruning));
  }

  valueAfter(trialId: TrialId, metric: string, epoch: number): number | null {
    return explaining(this.#db.name, () => this.#verdicts.value(this.#sweep(), trialId, metric, epoch));
  }

  recordVerdicts(rung: Rung, verdicts: readonly ConfigVerdict[], at: Date): PrunedTrial[] {
    return this.#write(() => this.#verdicts.record(this.#sweep(), rung, verdicts, at));
  }

  revive(trialId: TrialId): TrialState {
    return this.#write(() => {
      const { key, state } = this.#trial(trialId);
      if (state === 'pruned') this.#verdicts.revive(key);
      return state;
    });
  }

  revived(): TrialId[] {
    return explaining(this.#db.name, () => this.#verdicts.revived(this.#sweep()));
  }

  planTrials(count: number): void {
    this.#write(() => this.#sql.planTrials.run(count, this.#sweep()));
  }

  beginRun({ host, versions, platform, processor, cores, git }: Provenance): void {
    const values = {
      host,
      platform,
      processor,
      cores,
      gitCommit: git?.commit ?? null,
      gitChanges: git?.changes ?? null,
    };
    const row = { ...values, sweepKey: this.#sweep(), versions: JSON.stringify(versions) };
    this.#runKey = this.#write(() => this.#sql.beginRun.get(row));
  }

  queued(): TrialId[] {
    return explaining(this.#db.name, () => this.#sql.queued.all(this.#sweep()));
  }

  stalledAttempts(): ReturnType<SweepStore['stalledAttempts']> {
    return Map.groupBy(
      explaining(this.#db.name, () => this.#sql.stalledAttempts.all(this.#sweep())),
      ({ trial_id }) => trial_id,
    );
  }

  trainAgain(trialId: TrialId): TrialState {
    return this.#write(() => {
      const { key, state } = this.#trial(trialId);
      if (canMoveOnDemand(state, 'queued')) this.#sql.trainAgain.run(key);
      return state;
    });
  }

  resultBefore(trialId: TrialId): TrialSummary | undefined {
    return explaining(this.#db.name, () => {
      const { key, state } = this.#trial(trialId);
      return state === 'completed' ? undefined : this.#summaryOf(key);
    });
  }

  forgetResult(trialId: TrialId): void {
    this.#write(() => {
      const { key } = this.#trial(trialId);
      this.#forgetEpochs(key);
      this.#sql.forgetSummary.run(key);
    });
  }

  claim(trialId: TrialId, at: Date): Claim {
    return this.#write(
      () =>
        this.#claimElsewhere(trialId, this.#sweep(), at) ?? { kind: 'begun', attempt: this.beginAttempt(trialId, at) },
    );
  }

  /** Moves the trial from queued to running, whatever other sweeps have of it. Returns the attempt's number. */
  beginAttempt(trialId: TrialId, at: Date): number {
    return this.#write(() => {
      const trial = this.#trial(trialId);
      const attempt = trial.attempts + 1;
      this.#move(trialId, trial, 'running', null);
      this.#sql.insertAttempt.run(trial.key, attempt, at.toISOString());
      return attempt;
    });
  }

  withdrawAttempt(trialId: TrialId, attempt: number): void {
    this.#write(() => {
      const trial = this.#openAttempt(trialId, attempt);
      this.#sql.deleteUnbegun.run(trial.key, attempt);
      this.#move(trialId, trial, 'queued', null);
      this.#sql.countAttempts.run(attempt - 1, trial.key);
    });
  }

  attemptStarted(trialId: TrialId, attempt: number, { device, engine, bitClass }: AttemptPlace): void {
    this.#write(() => {
      const { key } = this.#openAttempt(trialId, attempt);
      this.#sql.placeAttempt.run(device, engine.engine, engine.provider, bitClass, key, attempt);
    });
  }

  wentOn(trialId: TrialId, attempt: number, from: { readonly trial: TrialId; readonly epoch: number } | null): void {
    this.#write(() => {
      const { key } = this.#openAttempt(trialId, attempt);
      this.#sql.wentOn.run(from?.trial ?? null, from?.epoch ?? null, key);
    });
  }

  supersedeEpochs(trialId: TrialId, attempt: number, history: readonly EpochRecord[]): number {
    return this.#write(() => this.#supersedeEpochs(this.#openAttempt(trialId, attempt).key, history));
  }

  recordEpochs(trialId: TrialId, attempt: number, epochs: readonly EpochRecord[]): void {
    this.#write(() => this.#epochs.record(this.#openAttempt(trialId, attempt), attempt, epochs));
  }

  endAttempt(trialId: TrialId, attempt: number, end: AttemptEnd): void {
    if ((end.state === 'completed') !== (end.summary !== undefined)) {
      throw new Error(`Trial ${trialId} ends as ${end.state} ${end.summary ? 'with' : 'without'} a summary`);
    }
    this.#write(() => {
      const trial = this.#openAttempt(trialId, attempt);
      this.#closeAttempt(trial, attempt, end);
      this.#move(trialId, trial, end.state, end.cause, end.pausedAt);
      if (!end.summary) return;
      const { bestEpoch, metrics, klPerDimension, trainableWeights } = end.summary;
      if (this.#sql.epoch.get(trial.key, bestEpoch) === undefined) {
        throw new Error(`Trial ${trialId} completes with best epoch ${bestEpoch}, which was never recorded`);
      }
      this.#epochs.add(trial.key, bestEpoch, metrics);
      this.#sql.summarize.run({ key: trial.key, bestEpoch, kl: JSON.stringify(klPerDimension), trainableWeights });
    });
  }

  keepResult(trialId: TrialId, attempt: number, end: AttemptEnd): void {
    this.#write(() => {
      const trial = this.#openAttempt(trialId, attempt);
      this.#closeAttempt(trial, attempt, end);
      this.#move(trialId, trial, 'completed', null);
    });
  }

  recordLateEnd({ trial, metrics, ...end }: LateEnd, at: Date): void {
    this.#write(() => {
      const { key } = this.#trial(trial);
      this.#sql.lateEnd.run({ ...end, key, at: at.toISOString(), metrics: JSON.stringify(metrics) });
    });
  }

  recordTest(trialId: TrialId, metrics: Metrics): void {
    const stranger = Object.keys(metrics).find((name) => !name.startsWith('test/'));
    if (stranger !== undefined) throw new Error(`${stranger} of trial ${trialId} is not a test metric`);
    this.#write(() => {
      const { key, state, best_epoch } = this.#trial(trialId);
      if (state !== 'completed' || best_epoch === null) throw new Error(`Trial ${trialId} is ${state}, not completed`);
      this.#epochs.add(key, best_epoch, metrics);
    });
  }

  heartbeat(at: Date): void {
    this.#write(() => this.#sql.heartbeat.run(at.toISOString(), this.#sweep()));
  }

  finishRun(state: 'finished' | 'interrupted' | 'failed', at: Date, cpuSeconds: number | null = null): void {
    this.#write(() => {
      this.#sql.finishRun.run(state, at.toISOString(), this.#sweep());
      if (this.#runKey !== undefined) this.#sql.endRun.run(state, at.toISOString(), cpuSeconds, this.#runKey);
    });
    this.#run = undefined;
  }

  /** Copies it for readers elsewhere where no other process can read it; undefined where all can. Ends before the store. */
  keepCopy(): AsyncDisposable | undefined {
    return isHeldAlone(this.#db) ? keepCopy(this.#db) : undefined;
  }

  [Symbol.dispose](): void {
    this.#db.close();
    this.#lock[Symbol.dispose]();
  }

  /** One durable transaction, rolled back by any error; within another one, a part of it. */
  #write<T>(action: () => T): T {
    if (this.#db.inTransaction) return action();
    const file = this.#db.name;
    return explaining(file, () => {
      // SQLite goes on writing to a file that lost its name, where nobody would find the results.
      if (fileId(file) !== this.#fileId) {
        throw new SweepError(
          'STORE_UNREADABLE',
          `${file} was moved, replaced or removed while the sweep ran, so nothing more is recorded. ` +
            'Put it back, then run the sweep again: it goes on from the checkpoints.',
        );
      }
      this.#lock.check();
      return this.#db
        .transaction(() => {
          this.#checkOwner();
          return action();
        })
        .immediate();
    });
  }

  /** A lock that was lost and found again says nothing of who came between; the sweep's row does. */
  #checkOwner(): void {
    const mine = this.#run;
    if (mine === undefined) return;
    const owner = this.#sql.owner.get(this.#sweep());
    if (owner?.started_at === mine.started_at && owner.host === mine.host && owner.pid === mine.pid) return;
    const other = owner?.host === null || owner === undefined ? '' : ` (process ${owner.pid} on ${owner.host})`;
    throw new SweepError(
      'STORE_LOCKED',
      `${this.#db.name}: another coordinator${other} has taken over sweep ${this.#sweepName}, as happens when its lock ` +
        'file is removed; this one ends and records nothing more. Follow the other one with `sweep status`.',
    );
  }

  #sweep(): number {
    if (this.#sweepKey === undefined) throw new Error(`Sweep ${this.#sweepName} has no plan yet`);
    return this.#sweepKey;
  }

  #trial(trialId: TrialId): WrittenTrial {
    const trial = this.#sql.trial.get(trialId, this.#sweep());
    if (!trial) throw new Error(`Sweep ${this.#sweepName} has no trial ${trialId}`);
    return trial;
  }

  #closeAttempt({ key }: WrittenTrial, attempt: number, { endedAt, state, cause, isLost }: AttemptEnd): void {
    const outcome = isLost ? 'lost' : state === 'queued' ? 'requeued' : state;
    this.#sql.closeAttempt.run(endedAt.toISOString(), outcome, cause, key, attempt);
  }

  /** The trial of an attempt that may still write: a late message of an earlier attempt is refused. */
  #openAttempt(trialId: TrialId, attempt: number): WrittenTrial {
    const trial = this.#trial(trialId);
    if (trial.state === 'running' && trial.attempts === attempt) return trial;
    throw new Error(`Attempt ${attempt} of trial ${trialId} is not open: attempt ${trial.attempts} is ${trial.state}`);
  }

  #move(
    trialId: TrialId,
    trial: WrittenTrial,
    to: TrialState,
    cause: string | null,
    pausedAt: number | null = null,
  ): void {
    const values = { key: trial.key, from: trial.state, to, cause, pausedAt };
    const moved = canMove(trial.state, to) && this.#sql.move.run(values).changes;
    if (moved !== 1) throw new Error(`Trial ${trialId} can't go from ${trial.state} to ${to}`);
  }
}
