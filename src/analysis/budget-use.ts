import type { TrialRecord } from '../store/read-model.ts';
import type { BudgetLeft } from '../text/describe-budget.ts';
import type { TrialId } from '../trial/trial.ts';

/** What of a sweep's budget is used: also by trials outside of its plan, and not by what other sweeps trained. */
export interface BudgetUse {
  readonly begun: ReadonlySet<TrialId>;
  readonly epochs: number;
}

type Known = Pick<TrialRecord, 'id' | 'reusedFrom' | 'attempts' | 'epochs'>;

export function budgetUse(known: readonly Known[]): BudgetUse {
  const own = known.filter(({ reusedFrom }) => reusedFrom === null);
  return {
    begun: new Set(own.filter(({ attempts }) => attempts > 0).map(({ id }) => id)),
    epochs: own.reduce((sum, { epochs }) => sum + epochs, 0),
  };
}

/** Null of what has no limit. */
export function budgetLeft(budget: BudgetLeft, { begun, epochs }: BudgetUse, hours: number): BudgetLeft {
  const rest = (most: number | null, used: number): number | null => (most === null ? null : Math.max(0, most - used));
  return {
    trials: rest(budget.trials, begun.size),
    epochs: rest(budget.epochs, epochs),
    hours: rest(budget.hours, hours),
  };
}
