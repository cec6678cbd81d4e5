import type { TrialRecord } from '../../store/read-model.ts';

/** Trials that ended without a result, by cause: the same words, whatever the numbers in them. */
export function byCause(trials: readonly TrialRecord[]): TrialRecord[][] {
  return [...Map.groupBy(trials, ({ cause }) => wordsOf(cause ?? '')).values()];
}

function wordsOf(cause: string): string {
  // What was still finite at the last step differs from trial to trial.
  return cause.replace(/;.*/s, '').replaceAll(/-?\d+(\.\d+)?(e[-+]?\d+)?/gi, '#');
}
