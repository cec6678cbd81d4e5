/**
 * What a coordinator writes. One implementation, on SQLite (sqlite-store.ts). Each method is one durable transaction:
 * when it returns, what it wrote survives the loss of the process and of power. `transaction` makes one of several.
 *
 * Ownership: the coordinator holds the sweep's lock while it has a store open, so a trial found `running` at opening
 * belongs to a coordinator that is gone. While it lives, its running trials are its claims on their ids: no other sweep
 * of the database begins one of them.
 */
import type { EngineChoice } from '../engine/choice.ts';
import type { TrialSummary } from '../trial/outcome.ts';
import type { DatasetSource } from '../data/source.ts';
import type { LateEnd } from '../trial/late-end.ts';
import type { Choice } from './choices.ts';
import type { Proposal, RecordedProposal } from './proposals.ts';
import type { Lesson } from '../sweep-file/expansion/learned-search.ts';
import type { Provenance } from './read-model.ts';
import type { ConfigVerdict, PrunedTrial, RecordedVerdict, Rung } from './verdicts.ts';
import type { TrialState } from '../trial/state.ts';
import type { ConfigId, EpochRecord, Objective, TrialId, TrialPlan } from '../trial/trial.ts';

export interface SweepPlan {
  readonly name: string;
  readonly objective: Objective;
  readonly evaluateTest: 'selected' | 'all';
  /** The spec as the user wrote it, and the overrides given after it. */
  readonly specText: string;
  readonly overrides: readonly string[];
  /** Parameters that take more than one value, in the order of the spec, in the user's spelling (`latent_dim`). */
  readonly swept: readonly string[];
  readonly dataset: DatasetSource;
  /** In dispatch order. Of a search that learns: those of its proposals so far. */
  readonly trials: readonly TrialPlan[];
  /** How many there are to be, where more are proposed later. */
  readonly plannedTrials?: number | undefined;
  /** A hash of the way to prune (sweep-file/expansion/pruning-key.ts); undefined where nothing is pruned. */
  readonly pruning?: string | undefined;
}

/** How a plan differs from what the sweep of this name held before. */
export interface PlanChange {
  /** The sweep did not exist. */
  readonly created: boolean;
  /** Trials this sweep did not have. */
  readonly added: number;
  /** Trials that another sweep has completed meanwhile or before; taken over with their results instead of run. */
  readonly reused: number;
  /** Trials that stay. */
  readonly kept: number;
  /** Trials the new plan no longer names. Their rows and files stay and return when a plan names them again. */
  readonly dropped: number;
  /** Trials that a vanished coordinator had left running; queued again. */
  readonly recovered: number;
  /** Failed or cancelled trials that are queued again. */
  readonly retried: number;
}

/** The sweep whose running trial another one wants; `host` and `pid` are null until its coordinator has saved its plan. */
export interface Holder {
  readonly sweep: string;
  readonly host: string | null;
  readonly pid: number | null;
  /** It lives, but has not shown it for a minute: its process is stopped, or its disk is. */
  readonly silent: boolean;
}

/** What becomes of a queued trial that a slot is free for. */
export type Claim =
  /** It is this sweep's to train. */
  | { readonly kind: 'begun'; readonly attempt: number }
  /** Another sweep has completed it: it is completed, with that result. `attempts` are this sweep's own, given up before. */
  | { readonly kind: 'reused'; readonly from: string; readonly attempts: number; readonly summary: TrialSummary }
  /** Another sweep trains it right now: it stays queued. */
  | { readonly kind: 'held'; readonly by: Holder };

/** Where an attempt runs and what computes it: known once its job has started. */
export interface AttemptPlace {
  readonly device: string;
  readonly engine: EngineChoice;
  /** See training/bit-class.ts. */
  readonly bitClass: string;
}

/** How an attempt ends, and what becomes of its trial. */
export interface AttemptEnd {
  readonly endedAt: Date;
  /** State of the trial afterwards; `queued` when it goes on later. */
  readonly state: Exclude<TrialState, 'running'>;
  /** Why, for everything but `completed`: one line for the user. */
  readonly cause: string | null;
  /** Exactly for `completed`. */
  readonly summary?: TrialSummary;
  /** Of a trial that waits, queued, for its cohort to be judged: after which epoch. */
  readonly pausedAt?: number | undefined;
  /** The device took the attempt with it, whatever becomes of the trial. */
  readonly isLost?: boolean;
}

export interface EpochCounts {
  /** How many epochs are on record of a trial. */
  readonly recorded: number;
  /** How many this sweep has trained of it: neither those of a shorter trial that it went on from, nor only what is on record. */
  readonly trained: number;
}

export interface SweepStore extends Disposable {
  /**
   * Joins what `write` records to one durable transaction, for the price of one wait for the disk. When this returns, all
   * of it is durable; when it throws, because `write` did or the commit failed, nothing of it is recorded.
   */
  transaction(write: () => void): void;
  /**
   * Makes `plan` the sweep's current plan: creates or updates the sweep, adds what is new, takes over what another
   * sweep completed, queues again what was left running, failed or was cancelled. What the plan's way to prune, or none, has
   * not pruned is queued again, and what it has is pruned, though another reason had queued it; but what had failed is left
   * queued, to be tried again. All or nothing.
   * Throws STORE_UNREADABLE where a trial's row has another configuration than its id stands for.
   */
  savePlan(plan: SweepPlan, at: Date): PlanChange;
  /** What a search has proposed so far, in order; nothing before the sweep's first plan. */
  proposals(search: string): RecordedProposal[];
  /** Records what a search begins from, unless that is on record. Returns what is. */
  recordLessons(search: string, lessons: readonly Lesson[]): Lesson[];
  /** Records a proposal and its trials, queued in the plan, unless it is on record. Returns the states of its trials. */
  recordProposal(proposal: Proposal, at: Date): ReadonlyMap<TrialId, TrialState>;
  /** The best `top` configurations of each family of likelihoods, by the hash of all that a choice depends on but results; undefined where none was made. */
  chosen(choice: string, top: number): ReadonlySet<ConfigId> | undefined;
  /** Records a choice, and its trials, queued behind those of the plan. Returns the states of its trials. */
  recordChoice(
    choice: string,
    choices: readonly Choice[],
    trials: readonly TrialPlan[],
    at: Date,
  ): ReadonlyMap<TrialId, TrialState>;
  /** What a way to prune has come to so far, rung by rung; nothing before the sweep's first plan. */
  verdicts(pruning: string): RecordedVerdict[];
  /** A trial's metric after an epoch, or after its last one where it ended before; null where it failed or diverged before. */
  valueAfter(trialId: TrialId, metric: string, epoch: number): number | null;
  /** Records what becomes of a cohort at a rung. Its pruned configurations' queued trials are pruned with it: these it returns. */
  recordVerdicts(rung: Rung, verdicts: readonly ConfigVerdict[], at: Date): PrunedTrial[];
  /** Queues a pruned trial, to be trained to its last epoch. Returns the state the trial had: nothing is changed for any other. */
  revive(trialId: TrialId): TrialState;
  /** Trials that were revived, in this run or before. */
  revived(): TrialId[];
  /** Says anew how many trials there are to be. */
  planTrials(count: number): void;
  /** Records what this run is, once its plan is saved. Its end is `finishRun`'s. */
  beginRun(provenance: Provenance): void;
  /** Queued trials of the current plan, in dispatch order. What they are is the plan's to say. */
  queued(): TrialId[];
  epochsOf(trialId: TrialId): EpochCounts;
  /** How the attempts of queued trials ended, oldest first, from the last one that recorded an epoch on. */
  stalledAttempts(): ReadonlyMap<TrialId, readonly { readonly outcome: string; readonly cause: string | null }[]>;
  /**
   * Queues a completed trial of this sweep once more; its result is kept, but not shown, until the training has come to an
   * end, and another sweep's is not taken over for it. Returns the state the trial had: nothing is changed for any other.
   */
  trainAgain(trialId: TrialId): TrialState;
  /** The result that a trial which isn't completed has from before; undefined for one that never was. */
  resultBefore(trialId: TrialId): TrialSummary | undefined;
  /** Forgets what a trial was completed with, its test metrics too. */
  forgetResult(trialId: TrialId): void;
  /**
   * Begins an attempt at a queued trial (numbered from 1), unless another sweep has its result or is at it. At one
   * moment for all sweeps, so that of any number that ask at the same time one begins.
   */
  claim(trialId: TrialId, at: Date): Claim;
  /** Takes back an attempt that nobody has begun, as if it had never been: the next one has its number. */
  withdrawAttempt(trialId: TrialId, attempt: number): void;
  attemptStarted(trialId: TrialId, attempt: number, place: AttemptPlace): void;
  /** Says that an attempt goes on from another trial's checkpoint after so many epochs; with null, that it is anew. */
  wentOn(trialId: TrialId, attempt: number, from: { readonly trial: TrialId; readonly epoch: number } | null): void;
  /**
   * Forgets the recorded epochs that an attempt does not go on from: those from the first one on that `history`, the
   * epochs it starts with, lacks or has with other numbers. So what is recorded of a trial is of one training, whatever
   * became of its checkpoint. Returns how many: the attempt trains them again.
   */
  supersedeEpochs(trialId: TrialId, attempt: number, history: readonly EpochRecord[]): number;
  /** Records epochs with all their metrics. An epoch that is recorded already is left as it is. */
  recordEpochs(trialId: TrialId, attempt: number, epochs: readonly EpochRecord[]): void;
  /** Closes the attempt and moves the trial. Throws if the transition is illegal or the attempt is not the open one. */
  endAttempt(trialId: TrialId, attempt: number, end: AttemptEnd): void;
  /** Ends an attempt at a trial that has a result from before, and completes the trial with that one. */
  keepResult(trialId: TrialId, attempt: number, end: AttemptEnd): void;
  /** Keeps how an attempt ended after it had been given up: once an execution, and no result changes. */
  recordLateEnd(end: LateEnd, at: Date): void;
  /** Records `test/…` metrics of a completed trial, at its best epoch. Those already recorded are left as they are. */
  recordTest(trialId: TrialId, metrics: Readonly<Record<string, number>>): void;
  /** Shows readers that the coordinator is alive. */
  heartbeat(at: Date): void;
  /** Marks the end of this run of the sweep: what readers show as its state. `cpuSeconds`: what the run took of processors. */
  finishRun(state: 'finished' | 'interrupted' | 'failed', at: Date, cpuSeconds?: number | null): void;
}
