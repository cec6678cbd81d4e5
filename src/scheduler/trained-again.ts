import { isDeepStrictEqual } from 'node:util';
import type { TrialSummary } from '../trial/outcome.ts';
import type { Verdict } from './retry.ts';

/** What came of training a completed trial again, in words for the user who asked for it. */
export function describeAgain({ state, cause }: Verdict, isSame: boolean): string {
  if (isSame) return 'trained again: the same result to the last bit; its weights are here again';
  return state === 'completed'
    ? 'trained again, with another result than was recorded, as on another processor or driver: the new one stands, ' +
        'because numbers and weights belong together'
    : `trained again, and ${state} (${cause}); the result before stands as it was`;
}

/** To the last bit. What was recorded beside it, of the test split, has no say. */
export function isSameResult(before: TrialSummary, { bestEpoch, metrics, klPerDimension }: TrialSummary): boolean {
  return (
    before.bestEpoch === bestEpoch &&
    isDeepStrictEqual(before.klPerDimension, klPerDimension) &&
    Object.entries(metrics).every(([name, value]) => before.metrics[name] === value)
  );
}
