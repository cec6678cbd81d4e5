import type { TrialRecord } from '../store/read-model.ts';
import type { Budget, Until } from '../sweep-file/spec.ts';
import { count, formatNumber } from '../text/format-number.ts';
import { formatHours, type BudgetLeft } from '../text/describe-budget.ts';
import { quantityOf } from '../metrics/index.ts';
import { isSettled } from '../trial/state.ts';
import type { ConfigId, TrialId, TrialPlan } from '../trial/trial.ts';
import type { Emit, Happening } from './events.ts';
import { Patience } from './patience.ts';
import type { Admission, Decision, TrialSource } from './source.ts';

export interface BudgetContext {
  readonly budget: Budget;
  readonly until: Until | null;
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
 * to its end, unless epochs are used up. A trial is counted when it is given, with all the epochs that it may train.
 */
export class BudgetSource implements TrialSource {
  readonly #context: BudgetContext;
  readonly #inner: TrialSource;
  readonly #begun: Set<TrialId>;
  readonly #reached: Map<TrialId, number>;
  /** Epochs that were counted of a trial in this run. */
  readonly #counted = new Map<TrialId, number>();
  readonly #configs = new Map<TrialId, ConfigId>();
  readonly #values = new Map<ConfigId, Map<TrialId, number>>();
  #epochs: number;
  readonly #patience: Patience | undefined;
  /** It waits until it is known whether its configuration is to be trained. */
  #held: TrialPlan | undefined;
  #endedBy: string | undefined;
  #hasRefused = false;
  /** Nothing that has begun is left in `inner`, but what waits there. */
  #isDrained = false;

  constructor(context: BudgetContext, inner: TrialSource) {
    this.#context = context;
    this.#inner = inner;
    const own = context.known.filter(({ reusedFrom }) => reusedFrom === null);
    this.#begun = new Set(own.filter(({ attempts }) => attempts > 0).map(({ id }) => id));
    this.#reached = new Map(own.map(({ id, epochs }) => [id, epochs]));
    this.#epochs = own.reduce((sum, { epochs }) => sum + epochs, 0);
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
    const held = this.#held === undefined ? 0 : 1;
    return held + (this.#isDrained ? (this.#inner.waiting ?? 0) : this.#inner.left);
  }

  /** Why it gives no more, although there is more; undefined where it gave all. */
  get endedBy(): string | undefined {
    return this.#inner.left > 0 || this.#hasRefused ? this.#endedBy : undefined;
  }

  next(): TrialPlan | Decision | undefined {
    for (;;) {
      const given = this.#held ?? this.#inner.next();
      this.#held = undefined;
      if (given === undefined) this.#isDrained = this.#hasRefused;
      if (given === undefined || 'record' in given) return given;
      const standing = this.#begun.has(given.id) ? 'begins' : this.#patience?.standingOf(given.configId);
      if (standing === 'waits' && this.#endedBy === undefined) {
        this.#held = given;
        return undefined;
      }
      const usedUp = standing === 'over' ? this.#patience!.reason : this.#usedUpBy(given);
      this.#endedBy ??= usedUp;
      if (usedUp !== undefined || (this.#endedBy !== undefined && !this.#begun.has(given.id))) {
        this.#hasRefused = true;
        this.#inner.refused?.(given);
        continue;
      }
      this.#begun.add(given.id);
      this.#configs.set(given.id, given.configId);
      this.#counted.set(given.id, this.#costOf(given));
      this.#epochs += this.#costOf(given);
      return given;
    }
  }

  admit(trial: TrialPlan): Admission | undefined {
    return this.#inner.admit?.(trial);
  }

  pauseAt(trial: TrialPlan): number | undefined {
    return this.#inner.pauseAt?.(trial);
  }

  paused(trial: TrialPlan, epoch: number): void {
    this.#reached.set(trial.id, epoch);
    this.#inner.paused?.(trial, epoch);
    this.#tellLeft();
  }

  tell(end: Extract<Happening, { type: 'finished' }>): void {
    const { trial, reusedFrom, summary } = end;
    if (reusedFrom !== undefined) {
      this.#begun.delete(trial);
      this.#epochs -= this.#counted.get(trial) ?? 0;
    }
    if (summary !== undefined) this.#look(trial, summary.metrics);
    this.#hear(trial, summary?.metrics);
    this.#inner.tell?.(end);
    this.#tellLeft();
  }

  /** That a trial was pruned, which its source knows. */
  pruned(trial: TrialId): void {
    this.#hear(trial, undefined);
  }

  #hear(trial: TrialId, metrics: Readonly<Record<string, number>> | undefined): void {
    const config = this.#configs.get(trial);
    const value = metrics?.[this.#context.until?.metric ?? ''] ?? null;
    if (config !== undefined) this.#patience?.hear(config, trial, value);
  }

  #costOf(trial: TrialPlan): number {
    const last = this.#inner.pauseAt?.(trial) ?? trial.config.train.epochs;
    return Math.max(0, last - (this.#reached.get(trial.id) ?? 0));
  }

  #usedUpBy(trial: TrialPlan): string | undefined {
    const { budget, hours } = this.#context;
    const { trials, epochs, hours: mostHours } = budget;
    const hasBegun = this.#begun.has(trial.id);
    if (trials !== null && !hasBegun && this.#begun.size >= trials)
      return `its budget of ${count(trials, 'trial')} is used up`;
    if (epochs !== null && this.#epochs + this.#costOf(trial) > epochs)
      return `its budget of ${count(epochs, 'epoch')} is used up`;
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
    const { budget, hours, emit } = this.#context;
    const rest = (most: number | null, used: number): number | null =>
      most === null ? null : Math.max(0, most - used);
    const left: BudgetLeft = {
      trials: rest(budget.trials, this.#begun.size),
      epochs: rest(budget.epochs, this.#epochs),
      hours: rest(budget.hours, hours()),
    };
    emit({ type: 'budget', left });
  }
}
