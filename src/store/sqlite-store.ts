import os from 'node:os';
import type Database from 'better-sqlite3';
import type { TrialSummary } from '../trial/outcome.ts';
import { refuseLink } from '../files/no-links.ts';
import type { ResultsLayout } from '../files/paths.ts';
import type { LateEnd } from '../trial/late-end.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, EpochRecord, TrialId, TrialPlan } from '../trial/trial.ts';
import { attemptTable } from './attempts.ts';
import { choiceTable, type Choice } from './choices.ts';
import { elsewhereClaimer } from './claim-elsewhere.ts';
import { isHeldAlone, openForWriting } from './connection.ts';
import type { Metrics } from './epoch-writer.ts';
import { networkFileSystem } from './file-system.ts';
import { acquireSweepLock, isLocked, type SweepLock } from './lock.ts';
import { makeFolder } from '../files/make-folder.ts';
import { lessonTable } from './lessons.ts';
import { OwnedDatabase } from './owned-database.ts';
import { proposalTable, type Proposal, type RecordedProposal } from './proposals.ts';
import { planWriter } from './save-plan.ts';
import { keepCopy } from './shared-copy.ts';
import { prepareStatements } from './statements.ts';
import { explaining, undoOnError } from './store-error.ts';
import { refuseBrokenLocks } from './try-locks.ts';
import { verdictTable, type ConfigVerdict, type PrunedTrial, type RecordedVerdict, type Rung } from './verdicts.ts';
import type { Lesson } from '../sweep-file/expansion/learned-search.ts';
import type { Provenance } from './read-model.ts';
import type { AttemptEnd, AttemptPlace, Claim, EpochCounts, PlanChange, SweepPlan, SweepStore } from './store.ts';

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
  readonly #sweepName: string;
  readonly #own: OwnedDatabase;
  readonly #sql: ReturnType<typeof prepareStatements>;
  readonly #writePlan: ReturnType<typeof planWriter>;
  readonly #attempts: ReturnType<typeof attemptTable>;
  readonly #claimElsewhere: ReturnType<typeof elsewhereClaimer>;
  readonly #proposals: ReturnType<typeof proposalTable>;
  readonly #lessons: ReturnType<typeof lessonTable>;
  readonly #verdicts: ReturnType<typeof verdictTable>;
  readonly #choices: ReturnType<typeof choiceTable>;
  #runKey: number | undefined;

  /** Takes over the connection and the lock; see `openStore`. `isLed` tells whether another sweep has a coordinator. */
  constructor(db: Database.Database, lock: SweepLock, sweepName: string, isLed: (sweep: string) => boolean) {
    this.#sweepName = sweepName;
    this.#own = new OwnedDatabase(db, lock, sweepName);
    this.#sql = prepareStatements(db);
    this.#writePlan = planWriter(db);
    this.#attempts = attemptTable(db, sweepName);
    this.#claimElsewhere = elsewhereClaimer(db, isLed);
    this.#proposals = proposalTable(db);
    this.#lessons = lessonTable(db);
    this.#verdicts = verdictTable(db);
    this.#choices = choiceTable(db);
  }

  transaction(write: () => void): void {
    this.#own.write(write);
  }

  savePlan(plan: SweepPlan, at: Date): PlanChange {
    if (plan.name !== this.#sweepName) throw new Error(`The plan of ${plan.name} in the store of ${this.#sweepName}`);
    const { sweepKey, ...change } = this.#own.write(() => this.#writePlan(plan, at));
    this.#own.beginRun(sweepKey);
    return change;
  }

  proposals(search: string): RecordedProposal[] {
    return this.#known((sweep) => this.#proposals.all(sweep, search)) ?? [];
  }

  recordLessons(search: string, lessons: readonly Lesson[]): Lesson[] {
    return this.#write((sweep) => this.#lessons.record(sweep, search, lessons));
  }

  recordProposal(proposal: Proposal, at: Date): ReadonlyMap<TrialId, TrialState> {
    return this.#write((sweep) => {
      this.#proposals.record(sweep, proposal, at);
      return this.#statesOf(proposal.trials);
    });
  }

  chosen(choice: string, top: number): ReadonlySet<ConfigId> | undefined {
    return this.#known((sweep) => this.#choices.chosen(sweep, choice, top));
  }

  recordChoice(
    choice: string,
    choices: readonly Choice[],
    trials: readonly TrialPlan[],
    at: Date,
  ): ReadonlyMap<TrialId, TrialState> {
    return this.#write((sweep) => {
      this.#choices.record(sweep, choice, choices, trials, at);
      return this.#statesOf(trials);
    });
  }

  verdicts(pruning: string): RecordedVerdict[] {
    return this.#known((sweep) => this.#verdicts.all(sweep, pruning)) ?? [];
  }

  valueAfter(trialId: TrialId, metric: string, epoch: number): number | null {
    return this.#read((sweep) => this.#verdicts.value(sweep, trialId, metric, epoch));
  }

  recordVerdicts(rung: Rung, verdicts: readonly ConfigVerdict[], at: Date): PrunedTrial[] {
    return this.#write((sweep) => this.#verdicts.record(sweep, rung, verdicts, at));
  }

  revive(trialId: TrialId): TrialState {
    return this.#write((sweep) => {
      const { key, state } = this.#attempts.trial(sweep, trialId);
      if (state === 'pruned') this.#verdicts.revive(key);
      return state;
    });
  }

  revived(): TrialId[] {
    return this.#read((sweep) => this.#verdicts.revived(sweep));
  }

  planTrials(count: number): void {
    this.#write((sweep) => this.#sql.planTrials.run(count, sweep));
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
    this.#runKey = this.#write((sweepKey) =>
      this.#sql.beginRun.get({ ...values, sweepKey, versions: JSON.stringify(versions) }),
    );
  }

  queued(): TrialId[] {
    return this.#read((sweep) => this.#sql.queued.all(sweep));
  }

  epochsOf(trialId: TrialId): EpochCounts {
    return this.#read((sweep) => this.#sql.epochCounts.get(sweep, trialId)!);
  }

  stalledAttempts(): ReturnType<SweepStore['stalledAttempts']> {
    return Map.groupBy(
      this.#read((sweep) => this.#sql.stalledAttempts.all(sweep)),
      ({ trial_id }) => trial_id,
    );
  }

  trainAgain(trialId: TrialId): TrialState {
    return this.#write((sweep) => this.#attempts.trainAgain(sweep, trialId));
  }

  resultBefore(trialId: TrialId): TrialSummary | undefined {
    return this.#read((sweep) => this.#attempts.resultBefore(sweep, trialId));
  }

  forgetResult(trialId: TrialId): void {
    this.#write((sweep) => this.#attempts.forgetResult(sweep, trialId));
  }

  claim(trialId: TrialId, at: Date): Claim {
    return this.#write((sweep) => {
      const elsewhere = this.#claimElsewhere(trialId, sweep, at);
      return elsewhere ?? { kind: 'begun', attempt: this.#attempts.begin(sweep, trialId, at) };
    });
  }

  /** What `claim` does, whatever other sweeps have of the trial. */
  beginAttempt(trialId: TrialId, at: Date): number {
    return this.#write((sweep) => this.#attempts.begin(sweep, trialId, at));
  }

  withdrawAttempt(trialId: TrialId, attempt: number): void {
    this.#write((sweep) => this.#attempts.withdraw(sweep, trialId, attempt));
  }

  attemptStarted(trialId: TrialId, attempt: number, place: AttemptPlace): void {
    this.#write((sweep) => this.#attempts.started(sweep, trialId, attempt, place));
  }

  wentOn(trialId: TrialId, attempt: number, from: { readonly trial: TrialId; readonly epoch: number } | null): void {
    this.#write((sweep) => this.#attempts.wentOn(sweep, trialId, attempt, from));
  }

  supersedeEpochs(trialId: TrialId, attempt: number, history: readonly EpochRecord[]): number {
    return this.#write((sweep) => this.#attempts.supersede(sweep, trialId, attempt, history));
  }

  recordEpochs(trialId: TrialId, attempt: number, epochs: readonly EpochRecord[]): void {
    this.#write((sweep) => this.#attempts.record(sweep, trialId, attempt, epochs));
  }

  endAttempt(trialId: TrialId, attempt: number, end: AttemptEnd): void {
    this.#write((sweep) => this.#attempts.end(sweep, trialId, attempt, end));
  }

  keepResult(trialId: TrialId, attempt: number, end: AttemptEnd): void {
    this.#write((sweep) => this.#attempts.keepResult(sweep, trialId, attempt, end));
  }

  recordLateEnd({ trial, metrics, ...end }: LateEnd, at: Date): void {
    this.#write((sweep) => {
      const { key } = this.#attempts.trial(sweep, trial);
      this.#sql.lateEnd.run({ ...end, key, at: at.toISOString(), metrics: JSON.stringify(metrics) });
    });
  }

  recordTest(trialId: TrialId, metrics: Metrics): void {
    this.#write((sweep) => this.#attempts.recordTest(sweep, trialId, metrics));
  }

  heartbeat(at: Date): void {
    this.#write((sweep) => this.#sql.heartbeat.run(at.toISOString(), sweep));
  }

  finishRun(state: 'finished' | 'interrupted' | 'failed', at: Date, cpuSeconds: number | null = null): void {
    this.#write((sweep) => {
      this.#sql.finishRun.run(state, at.toISOString(), sweep);
      if (this.#runKey !== undefined) this.#sql.endRun.run(state, at.toISOString(), cpuSeconds, this.#runKey);
    });
    this.#own.endRun();
  }

  /** Copies it for readers elsewhere where no other process can read it; undefined where all can. Ends before the store. */
  keepCopy(): AsyncDisposable | undefined {
    const { db } = this.#own;
    return isHeldAlone(db) ? keepCopy(db) : undefined;
  }

  [Symbol.dispose](): void {
    this.#own[Symbol.dispose]();
  }

  #write<T>(action: (sweep: number) => T): T {
    return this.#own.write(() => action(this.#own.sweep));
  }

  #read<T>(action: (sweep: number) => T): T {
    return this.#own.read(() => action(this.#own.sweep));
  }

  /** Undefined where the sweep has no plan yet. */
  #known<T>(action: (sweep: number) => T): T | undefined {
    const sweep = this.#own.knownSweep;
    return sweep === undefined ? undefined : this.#own.read(() => action(sweep));
  }

  #statesOf(trials: readonly TrialPlan[]): ReadonlyMap<TrialId, TrialState> {
    return new Map(trials.map(({ id }) => [id, this.#attempts.trial(this.#own.sweep, id).state]));
  }
}
