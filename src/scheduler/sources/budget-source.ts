import { budgetLeft, budgetUse } from '../../analysis/progress/budget-use.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import type { Budget, Until } from '../../sweep-file/spec.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { formatHours } from '../../text/describe-budget.ts';
import { quantityOf } from '../../metrics/index.ts';
import { isSettled } from '../../trial/state.ts';
import type { ConfigId, TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Emit, Happening } from '../events.ts';
import { Patience, type Standing } from './patience.ts';
import type { Admission, Decision, TrialSource } from './source.ts';

export interface BudgetContext {
  readonly budget: Budget;
  /** Of the budget: kept back, for what is trained after these trials. */
  readonly reserve: { readonly trials: number; readonly epochs: number };
  readonly until: Until | null;
  /** How many epochs a trial that hasn't begun has from one of fewer epochs. */
  readonly goesOnAfter: (trial: TrialPlan) => number;
  /** How many epochs are on record of a trial that has ended. */
  readonly epochsOf: (trial: TrialId) => number;
  /** How many trials a configuration has. */
  readonly seeds: number;
  /** Hours that the sweep has run, with this run. */
  readonly hours: () => number;
  readonly emit: Emit;
  /** All trials of the sweep as this run found them: what those outside its plan trained counts, too. */
  readonly known: readonly TrialRecord[];
  /** Those of its plan. */
  readonly planned: readonly TrialRecord[];
}

/**
 * Another source's trials, until a budget is used up, an aim is reached or patience ends: then no other begins, and what has begun is trained
 * to its end, unless epochs are used up. A trial is counted when it is given, with all the epochs that it may train; what it didn't, since it
 * diverged or lost its patience, is given back when it ends. Who has room only if that happens waits for it: so the same trials
 * of a list begin with any number of slots.
 */
export class BudgetSource implements TrialSource {
  readonly #context: BudgetContext;
  readonly #inner: TrialSource;
  readonly #begun: Set<TrialId>;
  readonly #reached: Map<TrialId, number>;
  /** Given, and neither ended nor paused: the epochs that are counted of each. */
  readonly #open = new Map<TrialId, number>();
  readonly #configs = new Map<TrialId, ConfigId>();
  readonly #values = new Map<ConfigId, Map<TrialId, number>>();
  #epochs: number;
  readonly #patience: Patience | undefined;
  /** They wait until it is known whether they are to be trained; what has begun goes before them. */
  readonly #held: TrialPlan[] = [];
  /** Some configuration has gone on to its last epoch. */
  #hasFinisher: boolean;
  #endedBy: string | undefined;
  #hasRefused = false;
  /** Nothing that has begun is left in `inner`, but what waits there. */
  #isDrained = false;

  constructor(context: BudgetContext, inner: TrialSource) {
    this.#context = context;
    this.#inner = inner;
    const { begun, epochs } = budgetUse(context.known);
    this.#begun = new Set(begun);
    this.#epochs = epochs;
    this.#reached = new Map(
      context.known.flatMap(({ id, epochs: reached, reusedFrom }) => (reusedFrom === null ? [[id, reached]] : [])),
    );
    this.#hasFinisher = context.planned.some(({ state }) => state === 'completed');
    const { until, seeds } = context;
    if (until !== null && until.patience !== null) {
      this.#patience = new Patience({ ...until, patience: until.patience }, seeds);
    }
    for (const { id, configId, state, metrics } of context.planned) {
      this.#configs.set(id, configId);
      this.#patience?.take(configId);
      if (state === 'completed') this.#look(id, metrics);
      if (isSettled(state)) this.#hear(id, state === 'completed' ? metrics : undefined);
    }
    this.#tellLeft();
  }

  get left(): number {
    return this.#held.length + (this.#isDrained ? (this.#inner.waiting ?? 0) : this.#inner.left);
  }

  /** Why it gives no more, although there is more; undefined where it gave all. */
  get endedBy(): string | undefined {
    return this.#inner.left > 0 || this.#hasRefused ? this.#endedBy : undefined;
  }

  next(): TrialPlan | Decision | undefined {
    for (;;) {
      const given = this.#nextDue();
      if (given === undefined) this.#isDrained = this.#hasRefused;
      if (given === undefined || 'record' in given) return given;
      const usedUp = this.#standingOf(given) === 'over' ? this.#patience!.reason : this.#usedUpBy(given);
      this.#endedBy ??= usedUp;
      if (usedUp !== undefined || (this.#endedBy !== undefined && !this.#begun.has(given.id))) {
        this.#hasRefused = true;
        this.#inner.refused?.(given);
        continue;
      }
      this.#begun.add(given.id);
      this.#configs.set(given.id, given.configId);
      const cost = this.#costOf(given);
      this.#reached.set(given.id, this.#startOf(given));
      this.#open.set(given.id, cost);
      this.#epochs += cost;
      this.#hasFinisher ||= this.pauseAt(given) === undefined;
      return given;
    }
  }

  #nextDue(): TrialPlan | Decision | undefined {
    if (this.#held.length > 0 && !this.#waits(this.#held[0]!)) return this.#held.shift();
    for (;;) {
      const given = this.#inner.next();
      if (given === undefined || 'record' in given) return given;
      const isNext = this.#held.length === 0 || this.#endedBy !== undefined || this.#begun.has(given.id);
      if (isNext && !this.#waits(given)) return given;
      this.#held.push(given);
    }
  }

  #waits(trial: TrialPlan): boolean {
    if (this.#endedBy !== undefined && !this.#begun.has(trial.id)) return false;
    const standing = this.#standingOf(trial);
    return standing === 'waits' || (standing === 'begins' && this.#mayGetRoom(trial));
  }

  /** The epochs that are left are too few for it, unless some that are counted are given back. */
  #mayGetRoom(trial: TrialPlan): boolean {
    const missing = this.#missingFor(trial);
    return missing > 0 && missing <= [...this.#open.values()].reduce((sum, cost) => sum + cost, 0);
  }

  /**
   * How many epochs it lacks; 0 or less where it has room. As long as nobody goes on to the last epoch, it must have room for that, too: a budget that
   * is all used up at rungs of pruning would come to nothing.
   */
  #missingFor(trial: TrialPlan): number {
    const { budget, reserve, seeds } = this.#context;
    if (budget.epochs === null) return 0;
    const { epochs } = trial.config.train;
    const rest = this.#hasFinisher ? 0 : seeds * (epochs - (this.pauseAt(trial) ?? epochs));
    return this.#epochs + this.#costOf(trial) + rest - (budget.epochs - reserve.epochs);
  }

  #standingOf({ id, configId }: TrialPlan): Standing {
    return this.#begun.has(id) ? 'begins' : (this.#patience?.standingOf(configId) ?? 'begins');
  }

  admit(trial: TrialPlan): Admission | undefined {
    const admission = this.#inner.admit?.(trial);
    if (admission?.isOver !== true) return admission;
    return {
      isOver: true,
      // It had ended before, and nothing else is heard of it.
      tell: () => {
        this.#settle(trial.id, 0);
        admission.tell();
      },
    };
  }

  pauseAt(trial: TrialPlan): number | undefined {
    return this.#inner.pauseAt?.(trial);
  }

  paused(trial: TrialPlan, epoch: number): void {
    this.#settle(trial.id, epoch);
    this.#inner.paused?.(trial, epoch);
    this.#tellLeft();
  }

  tell(end: Extract<Happening, { type: 'finished' }>): void {
    const { trial, reusedFrom, summary } = end;
    if (reusedFrom !== undefined) this.#begun.delete(trial);
    this.#settle(trial, reusedFrom === undefined ? this.#context.epochsOf(trial) : 0);
    if (summary !== undefined) this.#look(trial, summary.metrics);
    this.#hear(trial, summary?.metrics);
    this.#inner.tell?.(end);
    this.#tellLeft();
  }

  /** That a trial was pruned, which its source knows. */
  pruned(trial: TrialId): void {
    this.#hear(trial, undefined);
  }

  /** What was counted of it and wasn't trained is given back. */
  #settle(trial: TrialId, epochs: number): void {
    const counted = this.#open.get(trial);
    if (counted === undefined) return;
    const from = this.#reached.get(trial)!;
    const trained = Math.max(0, epochs - from);
    this.#epochs += trained - counted;
    this.#open.delete(trial);
    this.#reached.set(trial, from + trained);
  }

  #hear(trial: TrialId, metrics: Readonly<Record<string, number>> | undefined): void {
    const config = this.#configs.get(trial);
    const value = metrics?.[this.#context.until?.metric ?? ''] ?? null;
    if (config !== undefined) this.#patience?.hear(config, trial, value);
  }

  #costOf(trial: TrialPlan): number {
    const last = this.pauseAt(trial) ?? trial.config.train.epochs;
    return Math.max(0, last - this.#startOf(trial));
  }

  /** After which epoch it goes on. */
  #startOf(trial: TrialPlan): number {
    return this.#reached.get(trial.id) || this.#context.goesOnAfter(trial);
  }

  #usedUpBy(trial: TrialPlan): string | undefined {
    const { budget, reserve, hours } = this.#context;
    const { trials, epochs, hours: mostHours } = budget;
    const kept = (some: number): string => (some === 0 ? '' : `, but for ${formatCount(some)} that confirm the best`);
    const hasBegun = this.#begun.has(trial.id);
    if (trials !== null && !hasBegun && this.#begun.size >= trials - reserve.trials)
      return `its budget of ${count(trials, 'trial')} is used up${kept(reserve.trials)}`;
    if (epochs !== null && this.#missingFor(trial) > 0)
      return `its budget of ${count(epochs, 'epoch')} is used up${kept(reserve.epochs)}`;
    if (mostHours !== null && !hasBegun && hours() >= mostHours)
      return `its budget of ${formatHours(mostHours)} is used up`;
    return undefined;
  }

  /** Whether a configuration of which all seeds are complete has reached what is aimed at. */
  #look(trial: TrialId, metrics: Readonly<Record<string, number>>): void {
    const { until, seeds } = this.#context;
    const config = this.#configs.get(trial);
    const value = until === null ? undefined : metrics[until.metric];
    if (until === null || until.reached === null || config === undefined || value === undefined) return;
    const values = this.#values.get(config) ?? new Map<TrialId, number>();
    this.#values.set(config, values.set(trial, value));
    if (values.size < seeds) return;
    const mean = [...values.values()].reduce((sum, one) => sum + one, 0) / values.size;
    if (until.goal === 'maximize' ? mean < until.reached : mean > until.reached) return;
    const { decimals } = quantityOf(until.metric);
    const [reached, aim] = [mean, until.reached].map((one) => formatNumber(one, decimals));
    this.#endedBy ??= `a configuration has reached ${until.metric} ${reached}, and ${aim} was asked for`;
  }

  #tellLeft(): void {
    const { budget, reserve, hours, emit } = this.#context;
    const left = budgetLeft(budget, { begun: this.#begun, epochs: this.#epochs }, hours(), reserve);
    emit({ type: 'budget', left });
  }
}
