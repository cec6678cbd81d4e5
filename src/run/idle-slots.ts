import { bracketsOf } from '../search/pruning.ts';
import { isLearning, type SweepSpec } from '../sweep-file/spec.ts';
import { count } from '../text/format-number.ts';

/**
 * Why so many slots aren't all of use, with what to write, each a sentence: a search that learns, patience, and a budget of
 * epochs under pruning leave some idle rather than let what is trained depend on how many there are.
 */
export function idleSlots(spec: SweepSpec, capacity: number): string[] {
  return [beyondLookahead(spec, capacity), betweenCohorts(spec, capacity)].filter((why) => why !== undefined);
}

function beyondLookahead({ search, until, seeds }: SweepSpec, capacity: number): string | undefined {
  const isPatient = until !== null && until.patience !== null;
  if (!isLearning(search) && !isPatient) return undefined;
  const { lookahead } = isLearning(search) ? search : until!;
  const most = lookahead * seeds.length;
  if (capacity <= most) return undefined;
  const needed = Math.ceil(capacity / seeds.length);
  return `${capacity - most} of ${capacity} slots stay idle: ${isLearning(search) ? 'the search' : '`patience`'} has at most ${count(most, 'trial')} in training at a time. Write \`lookahead: ${needed}\` in the spec to use all`;
}

function betweenCohorts({ budget, prune, train }: SweepSpec, capacity: number): string | undefined {
  if (budget.epochs === null || prune === null || capacity === 1) return undefined;
  const isOne = prune.cohortSize === null && bracketsOf(prune, train.epochs).length === 1;
  if (isOne) return undefined;
  return 'slots may stay idle once the budget is partly used: a trial begins only where its epochs have room beside all that earlier cohorts of `prune` could yet train, though most of them will be pruned. `budget: { trials }` or `{ hours }` has no such wait';
}
