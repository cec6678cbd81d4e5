import type { LostWeights } from '../analysis/trial/lost-weights.ts';
import { count, formatCount } from '../text/format-number.ts';
import type { TrialState } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';

/** The trial stays completed, without test metrics. */
export interface FailedTest {
  readonly trial: TrialId;
  readonly cause: string;
}

/** What of a run there is to look at, as a list in words; null where there is nothing. */
export function troubles(
  counts: Readonly<Record<TrialState, number>>,
  failedTests: readonly FailedTest[],
  notAgain: number,
  lostWeights: readonly LostWeights[],
): string | null {
  const [first, ...others] = (['diverged', 'failed'] as const).filter((state) => counts[state] > 0);
  const parts = [
    ...(first === undefined ? [] : [`${count(counts[first], 'trial')} ${first}`]),
    ...others.map((state) => `${formatCount(counts[state])} ${state}`),
    ...(failedTests.length === 0 ? [] : [`${count(failedTests.length, 'test evaluation')} failed`]),
    ...(notAgain === 0 ? [] : [`${count(notAgain, 'trial')} not trained again`]),
    ...(lostWeights.length === 0 ? [] : [`${count(lostWeights.length, 'trial')} without weights`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}
