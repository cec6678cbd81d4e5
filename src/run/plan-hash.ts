import { createHash } from 'node:crypto';
import type { PlannedTrials } from '../plan-sweep.ts';

/**
 * Of all that says when a plan is done: what later processes of `--together` with the same spec have to find done, while an edited
 * one is run.
 */
export function planHash({ spec, trials, search }: PlannedTrials): string {
  const { objective, evaluateTest, prune, confirm, budget, until } = spec;
  const learned = search === undefined ? [] : [search.key, search.proposals];
  const facts = [
    { objective, evaluateTest, prune, confirm, budget, until },
    learned,
    trials.map(({ id }) => id).sort(),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
