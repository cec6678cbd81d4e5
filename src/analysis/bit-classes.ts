import type { TrialRecord } from '../store/read-model.ts';

/** What computed some trials (training/bit-class.ts), and how many. */
export interface BitClassCount {
  readonly bitClass: string;
  readonly trials: number;
}

/**
 * The classes that computed these trials, the most frequent first; none where it was one alone. Trials whose class isn't on
 * record, as of older versions, may be of any.
 */
export function mixedBitClasses(trials: readonly Pick<TrialRecord, 'bitClass'>[]): BitClassCount[] {
  const counts = new Map<string, number>();
  for (const { bitClass } of trials) if (bitClass !== null) counts.set(bitClass, (counts.get(bitClass) ?? 0) + 1);
  if (counts.size < 2) return [];
  return [...counts]
    .map(([bitClass, trials]) => ({ bitClass, trials }))
    .sort((a, b) => b.trials - a.trials || (a.bitClass < b.bitClass ? -1 : 1));
}
