import type { TrialRecord } from '../../store/read-model.ts';
import { plain } from '../../text/printable.ts';
import { byCause } from '../report/by-cause.ts';
import { describeParams, sharedParams } from '../parameters.ts';
import type { PageFailure } from './page-model.ts';

const ENDED = ['diverged', 'failed', 'cancelled'] as const;

/** Trials that ended without a result, by cause. Most trials first. */
export function failuresOf(trials: readonly TrialRecord[], differing: readonly string[]): PageFailure[] {
  const places = new Map(trials.map((trial, place) => [trial, place]));
  return ENDED.flatMap((state) =>
    byCause(trials.filter((trial) => trial.state === state)).map((members) => ({
      state,
      cause: plain(members[0]!.cause ?? 'no cause recorded'),
      isOneCause: members.every(({ cause }) => cause === members[0]!.cause),
      trials: members.map((trial) => places.get(trial)!),
      shared: describeParams(sharedParams(members, differing)),
    })),
  ).sort((a, b) => b.trials.length - a.trials.length);
}
