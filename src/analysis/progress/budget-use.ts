import type { TrialRecord } from '../../store/read-model.ts';
import type { BudgetLeft } from '../../text/describe-budget.ts';
import type { TrialId } from '../../trial/trial.ts';

/** What of a sweep's budget is used: also by trials outside of its plan, and not by what other sweeps trained. */
export interface BudgetUse {
  readonly begun: ReadonlySet<TrialId>;
  readonly epochs: number;
}

type Known = Pick<TrialRecord, 'id' | 'reusedFrom' | 'attempts' | 'epochs' | 'wentOnAfter' | 'supersededEpochs'>;

/** Epochs that a trial has from a shorter one were used by that one; those that gave way to others were used, too. */
export function budgetUse(known: readonly Known[]): BudgetUse {
  const own = known.filter(({ reusedFrom }) => reusedFrom === null);
  return {
    begun: new Set(own.filter(({ attempts }) => attempts > 0).map(({ id }) => id)),
    epochs: known.reduce((sum, trial) => sum + epochsUsed(trial), 0),
  };
}

function epochsUsed({ reusedFrom, epochs, wentOnAfter, supersededEpochs }: Known): number {
  // Of one that is trained again none are told yet.
  const own = reusedFrom === null ? Math.max(0, epochs - (wentOnAfter ?? 0)) : 0;
  return own + (supersededEpochs ?? 0);
}

/** Null of what has no limit. `reserve` is kept back of what has one. */
export function budgetLeft(
  budget: BudgetLeft,
  { begun, epochs }: BudgetUse,
  hours: number,
  reserve = { trials: 0, epochs: 0 },
): BudgetLeft {
  const rest = (most: number | null, used: number): number | null => (most === null ? null : Math.max(0, most - used));
  return {
    trials: rest(budget.trials, begun.size + reserve.trials),
    epochs: rest(budget.epochs, epochs + reserve.epochs),
    hours: rest(budget.hours, hours),
  };
}
