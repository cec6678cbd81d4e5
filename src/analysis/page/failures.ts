import type { TrialRecord } from '../../store/read-model.ts';
import { formatValue } from '../../text/format-value.ts';
import { plain } from '../../text/printable.ts';
import { isSameValue } from '../parameters.ts';
import type { PageFailure } from './page-model.ts';

const ENDED = ['diverged', 'failed', 'cancelled'] as const;

/** Trials that ended without a result, by cause: the same words, whatever the numbers in them. Most trials first. */
export function failuresOf(trials: readonly TrialRecord[], differing: readonly string[]): PageFailure[] {
  const ended = trials.flatMap((trial, place) => {
    const state = ENDED.find((one) => one === trial.state);
    return state === undefined ? [] : [{ trial, place, state }];
  });
  const groups = Map.groupBy(ended, ({ trial, state }) => `${state} ${kindOf(trial.cause)}`);
  return [...groups.values()]
    .map((members) => ({
      state: members[0]!.state,
      cause: plain(members[0]!.trial.cause ?? 'no cause recorded'),
      trials: members.map(({ place }) => place),
      shared: sharedBy(
        members.map(({ trial }) => trial),
        differing,
      ),
    }))
    .sort((a, b) => b.trials.length - a.trials.length);
}

function kindOf(cause: string | null): string {
  // What was still finite at the last step differs from trial to trial.
  return (cause ?? '').replace(/;.*/s, '').replaceAll(/-?\d+(\.\d+)?(e[-+]?\d+)?/gi, '#');
}

function sharedBy(members: readonly TrialRecord[], differing: readonly string[]): string {
  const [{ params: first }] = members as [TrialRecord];
  return differing
    .filter(
      (name) => Object.hasOwn(first, name) && members.every(({ params }) => isSameValue(params[name], first[name])),
    )
    .map((name) => `${name}=${formatValue(first[name])}`)
    .join(' ');
}
