import type { BudgetLeft } from '../../text/describe-budget.ts';
import type { TrialId, TrialPlan } from '../../trial/trial.ts';
import type { Emit, Happening } from '../events.ts';
import type { BudgetLimit } from './budget-limit.ts';
import { hearingOver, type Admission, type Decision, type TrialSource } from './source.ts';
import type { Standing } from './standing.ts';
import type { UntilLimit } from './until-limit.ts';

/** One whose standing is known. */
interface Due {
  readonly trial: TrialPlan;
  readonly standing: Exclude<Standing, 'waits'>;
}

/**
 * Another source's trials, until a budget is used up, an aim is reached or patience ends: then no other begins, and what has
 * begun is trained to its end, unless epochs are used up. Who may have room, or be wanted, only by how others end waits for
 * that: so the same trials begin with any number of slots.
 */
export class LimitedSource implements TrialSource {
  readonly #inner: TrialSource;
  readonly #budget: BudgetLimit;
  readonly #until: UntilLimit | undefined;
  readonly #emit: Emit;
  /** They wait until it is known whether they are to be trained: those that have begun, which go first, and others in turn. */
  readonly #goingOn: TrialPlan[] = [];
  readonly #held: TrialPlan[] = [];
  #endedBy: string | undefined;
  /** Nothing that has begun is left in `inner`, but what waits there. */
  #isDrained = false;

  /** `until`: undefined for a sweep without. */
  constructor(inner: TrialSource, budget: BudgetLimit, until: UntilLimit | undefined, emit: Emit) {
    this.#inner = inner;
    this.#budget = budget;
    this.#until = until;
    this.#emit = emit;
    this.#tellLeft();
  }

  get left(): number {
    const later = this.#isDrained ? (this.#inner.waiting ?? 0) : this.#inner.left;
    return this.#goingOn.length + this.#held.length + later;
  }

  get endedBy(): string | undefined {
    return this.#endedBy;
  }

  next(): TrialPlan | Decision | undefined {
    for (;;) {
      const due = this.#nextDue();
      if (due === undefined) this.#isDrained = this.#endedBy !== undefined;
      if (due === undefined || 'record' in due) return due;
      const { trial, standing } = due;
      if (standing === 'begins') {
        this.#budget.begin(trial);
        this.#until?.take(trial.id, trial.configId);
        return trial;
      }
      this.#endedBy ??= standing.over;
      this.#budget.refuse(trial);
      this.#inner.refused?.(trial);
    }
  }

  #nextDue(): Due | Decision | undefined {
    for (const [i, trial] of this.#goingOn.entries()) {
      const standing = this.#standingOf(trial);
      if (standing === 'waits') continue;
      this.#goingOn.splice(i, 1);
      return { trial, standing };
    }
    if (this.#held.length > 0) {
      const standing = this.#standingOf(this.#held[0]!);
      if (standing !== 'waits') return { trial: this.#held.shift()!, standing };
    }
    for (;;) {
      const trial = this.#inner.next();
      if (trial === undefined || 'record' in trial) return trial;
      const hasBegun = this.#budget.hasBegun(trial.id);
      const isNext = this.#held.length === 0 || this.#endedBy !== undefined || hasBegun;
      const standing = isNext ? this.#standingOf(trial) : 'waits';
      if (standing !== 'waits') return { trial, standing };
      (hasBegun ? this.#goingOn : this.#held).push(trial);
    }
  }

  #standingOf(trial: TrialPlan): Standing {
    if (!this.#budget.hasBegun(trial.id)) {
      if (this.#endedBy !== undefined) return { over: this.#endedBy };
      const standing = this.#until?.standingOf(trial.configId) ?? 'begins';
      if (standing !== 'begins') return standing;
    }
    return this.#budget.standingOf(trial);
  }

  admit(trial: TrialPlan): Admission | undefined {
    return hearingOver(this.#inner.admit?.(trial), () => this.#budget.endedBefore(trial));
  }

  pauseAt(trial: TrialPlan): number | undefined {
    return this.#inner.pauseAt?.(trial);
  }

  started(trial: TrialId): void {
    this.#budget.started(trial);
    this.#inner.started?.(trial);
  }

  paused(trial: TrialPlan, epoch: number): void {
    this.#budget.paused(trial.id);
    this.#inner.paused?.(trial, epoch);
    this.#tellLeft();
  }

  tell(end: Extract<Happening, { type: 'finished' }>): void {
    this.#budget.ended(end);
    this.#until?.hear(end.trial, end.summary?.metrics);
    this.#inner.tell?.(end);
    this.#tellLeft();
  }

  /** That a trial was pruned, which its source knows. */
  pruned(trial: TrialId): void {
    this.#budget.pruned(trial);
    this.#until?.hear(trial, undefined);
  }

  #tellLeft(): void {
    const left: BudgetLeft = this.#budget.left;
    this.#emit({ type: 'budget', left });
  }
}
