/** What of a run a budget of trials and epochs has room for. */
import type { Pruning } from '../../search/pruning.ts';
import type { BudgetLeft } from '../../text/describe-budget.ts';
import type { TrialConfig, TrialId } from '../../trial/trial.ts';

/** A trial that is to be trained for the epochs of its configuration; without an id it is yet to be proposed. */
export interface ToTrain {
  readonly id: TrialId | null;
  readonly config: TrialConfig;
}

export interface Affordable {
  /** Those that are trained, by the epochs that they are expected to train. */
  readonly affordable: readonly TrialConfig[];
  /** Those that may begin. */
  readonly mayBegin: readonly TrialConfig[];
  /**
   * Of the epochs that trials are expected to train, how many a budget of epochs has room for: where it ends amid the rungs of
   * pruning, how many begin is known only roughly. Null elsewhere.
   */
  readonly withinRungs: { readonly epochs: number; readonly of: number } | null;
}

/** `begun`: trials that are no new ones. */
export function affordableOf(
  toTrain: readonly ToTrain[],
  left: BudgetLeft,
  begun: ReadonlySet<TrialId>,
  prune: Pruning | null,
): Affordable {
  const affordable = within(left, begun, toTrain);
  const ofAnyLength = within({ ...left, epochs: null }, begun, toTrain);
  const withinRungs = prune === null ? null : roomFor(ofAnyLength, left.epochs);
  // Of a plan that is one cohort all begin, before any goes on from the first rung; who does then isn't known before.
  const isOneCohort = prune?.method === 'halving' && prune.cohortSize === null;
  const mayBegin = isOneCohort && (withinRungs?.epochs ?? 0) > 0 ? ofAnyLength : affordable;
  return { affordable, mayBegin, withinRungs };
}

/** Of what is to be trained, in turn, what a budget allows; its hours aside. */
function within(
  { trials, epochs }: BudgetLeft,
  begun: ReadonlySet<TrialId>,
  toTrain: readonly ToTrain[],
): TrialConfig[] {
  let [trialsLeft, epochsLeft] = [trials ?? Infinity, epochs ?? Infinity];
  return toTrain.flatMap(({ id, config }) => {
    const isNew = id === null || !begun.has(id);
    if ((isNew && trialsLeft < 1) || epochsLeft < config.train.epochs) return [];
    if (isNew) trialsLeft--;
    epochsLeft -= config.train.epochs;
    return [config];
  });
}

/** Null where there is room for all. */
function roomFor(configs: readonly TrialConfig[], epochs: number | null): Affordable['withinRungs'] {
  const of = configs.reduce((sum, { train }) => sum + train.epochs, 0);
  return epochs === null || epochs >= of ? null : { epochs, of };
}
