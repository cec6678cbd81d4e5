import { propose } from '../../src/search/propose.ts';
import type { Sampler } from '../../src/search/sampler.ts';
import type { Observation } from '../../src/search/history.ts';
import type { Problem } from '../search/problems.ts';

/** Regret after each trial, where proposal i knows the results of the trials up to i − `lookahead`. */
export function regrets(
  problem: Problem,
  sampler: Sampler,
  seed: number,
  trials: number,
  lookahead: number,
  onTrial: (index: number) => void = () => undefined,
): number[] {
  const observations: Observation[] = [];
  const regrets: number[] = [];
  for (let i = 0; i < trials; i++) {
    onTrial(i);
    const known = Math.max(0, i - lookahead + 1);
    const history = {
      observations: observations.slice(0, known),
      pending: observations.slice(known).map(({ point }) => point),
    };
    const { point } = propose({ space: problem.space, sampler, seed }, i, history)!;
    const loss = problem.loss(point);
    observations.push({ point, loss, error: null });
    regrets.push(Math.min(regrets.at(-1) ?? Infinity, loss - problem.minimum));
  }
  return regrets;
}
