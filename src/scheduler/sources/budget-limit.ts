import { budgetLeft, budgetUse } from '../../analysis/progress/budget-use.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { EpochCounts } from '../../store/store.ts';
import { REVIVED_CAUSE } from '../../store/verdicts.ts';
import type { Budget } from '../../sweep-file/spec.ts';
import { formatHours, type BudgetLeft } from '../../text/describe-budget.ts';
import { count, formatCount } from '../../text/format-number.ts';
import { isSettled, type TrialState } from '../../trial/state.ts';
import type { TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Happening } from '../events.ts';
import type { Field } from './cohort.ts';
import { EpochLedger } from './epoch-ledger.ts';
import { RoomToFinish } from './room-to-finish.ts';
import type { TrialSource } from './source.ts';
import type { Standing } from './standing.ts';

export interface BudgetContext {
  readonly budget: Budget;
  /** Of the budget: kept back, for what is trained after these trials. */
  readonly reserve: { readonly trials: number; readonly epochs: number };
  /** How many trials a configuration has. */
  readonly seeds: number;
  /** Whether trials are compared, and left behind, before their last epoch. */
  readonly prunes: boolean;
  /** The configurations that there are so far, those that aren't drawn yet, too. */
  readonly field: Field;
  /** How many epochs a trial that hasn't begun has from one of fewer epochs. */
  readonly goesOnAfter: (trial: TrialPlan) => number;
  readonly epochsOf: (trial: TrialId) => EpochCounts;
  /** Whether a trial that isn't completed was before, and is trained again: that result stands whatever comes of it. */
  readonly wasCompleted: (trial: TrialId) => boolean;
  /** Hours that the sweep has run, with this run. */
  readonly hours: () => number;
  /** All trials of the sweep as this run found them: what those outside its plan trained counts, too. */
  readonly known: readonly TrialRecord[];
  /** The trials of its plan, as far as they are known. */
  readonly planned: readonly TrialPlan[];
}

/**
 * A spec's `budget`. A trial is counted when it begins, with all the epochs that it may train; who has room only if those in
 * training give some back waits for that. Under pruning, room is kept to bring one configuration to its end until one is
 * complete, and who begins has room whatever becomes of the cohorts before.
 */
export class BudgetLimit {
  readonly #context: BudgetContext;
  readonly #inner: Pick<TrialSource, 'pauseAt' | 'ahead'>;
  readonly #records: ReadonlyMap<TrialId, TrialRecord>;
  readonly #begun: Set<TrialId>;
  readonly #ledger: EpochLedger;
  readonly #room: RoomToFinish;
  /** Were in training when an earlier run ended, and are counted, though they haven't begun in this one. */
  readonly #resumed = new Set<TrialId>();
  /** How many configurations of the field room is reckoned for. */
  #proposed = 0;

  constructor(context: BudgetContext, inner: Pick<TrialSource, 'pauseAt' | 'ahead'>) {
    this.#context = context;
    this.#inner = inner;
    this.#records = new Map(context.known.map((record) => [record.id, record]));
    this.#begun = new Set(budgetUse(context.known).begun);
    this.#ledger = new EpochLedger(context.known);
    this.#room = new RoomToFinish(context.seeds);
    for (const trial of context.planned) {
      const record = this.#records.get(trial.id);
      this.#room.take(trial, record?.epochs ?? 0);
      if (record === undefined) continue;
      const isAgain = context.wasCompleted(trial.id);
      this.#conclude(trial.id, isAgain ? 'completed' : record.state);
      if (wasInTraining(record, isAgain)) this.#resume(trial);
    }
  }

  hasBegun(trial: TrialId): boolean {
    return this.#begun.has(trial);
  }

  get left(): BudgetLeft {
    const { budget, reserve, hours } = this.#context;
    return budgetLeft(budget, { begun: this.#begun, epochs: this.#ledger.used }, hours(), reserve);
  }

  standingOf(trial: TrialPlan): Standing {
    const { budget, reserve, hours } = this.#context;
    const kept = (some: number): string => (some === 0 ? '' : `, but for ${formatCount(some)} that confirm the best`);
    const hasBegun = this.#begun.has(trial.id);
    if (budget.trials !== null && !hasBegun && this.#begun.size >= budget.trials - reserve.trials)
      return { over: `its budget of ${count(budget.trials, 'trial')} is used up${kept(reserve.trials)}` };
    if (budget.epochs !== null) {
      const room = this.#roomFor(trial, budget.epochs - reserve.epochs);
      if (room === 'waits') return room;
      if (room === 'none')
        return { over: `its budget of ${count(budget.epochs, 'epoch')} is used up${kept(reserve.epochs)}` };
    }
    if (budget.hours !== null && !hasBegun && hours() >= budget.hours)
      return { over: `its budget of ${formatHours(budget.hours)} is used up` };
    return 'begins';
  }

  begin(trial: TrialPlan): void {
    this.#begun.add(trial.id);
    if (!this.#resumed.delete(trial.id)) this.#open(trial);
  }

  /** It is not trained in this run. */
  refuse({ id }: TrialPlan): void {
    if (this.#resumed.delete(id)) this.paused(id);
  }

  /** An attempt at it goes on from what is on record of it. */
  started(trial: TrialId): void {
    this.#ledger.started(trial, this.#context.epochsOf(trial));
  }

  /** It has begun, and needs no training: it had ended before. */
  endedBefore({ id }: TrialPlan): void {
    this.#ledger.close(id);
    this.#conclude(id, this.#records.get(id)?.state ?? 'queued');
  }

  paused(trial: TrialId): void {
    this.#ledger.close(trial, this.#context.epochsOf(trial));
    this.#room.goesTo(trial, this.#ledger.reached(trial), false);
  }

  ended({ trial, state, reusedFrom }: Extract<Happening, { type: 'finished' }>): void {
    if (reusedFrom !== undefined) this.#begun.delete(trial);
    this.#ledger.close(trial, this.#context.epochsOf(trial));
    this.#conclude(trial, state);
  }

  pruned(trial: TrialId): void {
    this.#resumed.delete(trial);
    this.#ledger.close(trial);
    this.#room.lose(trial);
  }

  #conclude(trial: TrialId, state: TrialState): void {
    if (state === 'completed') this.#room.complete(trial);
    else if (isSettled(state)) this.#room.lose(trial);
  }

  #roomFor(trial: TrialPlan, most: number): 'begins' | 'waits' | 'none' {
    const { used, expected, isTraining } = this.#ledger;
    if (this.#resumed.has(trial.id)) return used > most ? 'none' : 'begins';
    const { prunes, field } = this.#context;
    const target = this.#targetOf(trial);
    const ahead = this.#ahead(trial);
    // Those ahead may all come to nothing.
    const others = ahead > 0 ? 'none' : field.isComplete ? 'known' : 'may come';
    this.#takeProposed();
    const kept = prunes ? this.#room.fewestAfter(trial, target, trial.config.train.epochs, others) : 0;
    const missing = used + Math.max(0, target - this.#startOf(trial)) + kept - most;
    if (missing + ahead <= 0) return 'begins';
    // Those in training give back what they don't train, and what is kept is free once a configuration is complete.
    const mayComeBack = isTraining || ahead > 0 ? expected + kept : 0;
    return missing <= mayComeBack ? 'waits' : 'none';
  }

  /** One that is proposed may be brought to its end before it is drawn. */
  #takeProposed(): void {
    const { configurations } = this.#context.field;
    for (; this.#proposed < configurations.length; this.#proposed++)
      for (const trial of configurations[this.#proposed]!) this.#room.take(trial, 0);
  }

  /** What cohorts that are judged before the trial's may yet train. */
  #ahead(trial: TrialPlan): number {
    let sum = 0;
    for (const cohort of this.#inner.ahead?.(trial) ?? []) {
      // Where some of it are behind the trial in turn, it can't wait for them.
      if (!cohort.every(({ id }) => this.#begun.has(id))) continue;
      for (const { id, config } of cohort) sum += config.train.epochs - this.#ledger.target(id);
    }
    return sum;
  }

  #resume(trial: TrialPlan): void {
    const rung = this.#inner.pauseAt?.(trial);
    // It has come to where it pauses.
    if (rung !== undefined && rung <= this.#startOf(trial)) return;
    this.#resumed.add(trial.id);
    this.#open(trial);
  }

  #open(trial: TrialPlan): void {
    const target = this.#targetOf(trial);
    this.#ledger.open(trial.id, this.#startOf(trial), target);
    this.#room.goesTo(trial.id, target, target === trial.config.train.epochs);
  }

  #targetOf(trial: TrialPlan): number {
    return this.#inner.pauseAt?.(trial) ?? trial.config.train.epochs;
  }

  /** After which epoch it goes on. */
  #startOf(trial: TrialPlan): number {
    return this.#ledger.reached(trial.id) || this.#context.goesOnAfter(trial);
  }
}

/** An earlier run counted it, and ended before it had. `isAgain`: one that was completed before. */
function wasInTraining({ state, attempts, pausedAt = null, cause }: TrialRecord, isAgain: boolean): boolean {
  const isQueued = state === 'queued' && attempts > 0 && pausedAt === null;
  return isQueued && (isAgain || cause !== null) && cause !== REVIVED_CAUSE;
}
