import { existsSync } from 'node:fs';
import { SweepError } from '../errors.ts';
import type { ResultsLayout } from '../files/paths.ts';
import { plain } from '../text/printable.ts';
import { readResults } from '../store/read-results.ts';
import type { TrialRecord } from '../store/read-model.ts';
import type { SweepStore } from '../store/store.ts';
import { isSettled, type TrialState } from '../trial/state.ts';
import type { TrialId, TrialPlan } from '../trial/trial.ts';

/** Trials that are trained on demand: completed ones again, since their weights are gone; pruned ones to their last epoch. */
export interface OnDemand {
  readonly again: readonly TrialId[];
  readonly revive: readonly TrialId[];
}

/**
 * The trials of a plan that `--again` and `--revive` name, each by the beginning of its id, and each once. @throws SweepError USAGE for
 * what names none or several.
 */
export function namedTrials(
  { again = [], revive = [] }: { readonly [flag in keyof OnDemand]?: readonly string[] | undefined },
  trials: readonly TrialPlan[],
  sweep: string,
  layout: ResultsLayout,
): OnDemand {
  const named = (flag: string, prefixes: readonly string[]): TrialId[] => [
    ...new Set(prefixes.map((prefix) => trialOf(flag, prefix.toLowerCase(), trials, sweep, layout))),
  ];
  return { again: named('--again', again), revive: named('--revive', revive) };
}

/** Those that nobody has seen to since they were named: of several processes with the same flags one does it, and once. */
export function stillAsked({ again, revive }: OnDemand, sweep: string, layout: ResultsLayout): OnDemand {
  const records = revive.length === 0 ? undefined : recordsOf(sweep, layout);
  return {
    again: again.filter((trial) => !layout.files(sweep, trial).has('weights')),
    revive: revive.filter((trial) => records!.get(trial)?.state === 'pruned'),
  };
}

/** Why nothing is to be done for some of them, which another process may have seen to by now. Nothing is said while one does. */
export function whyNotAsked(
  { again, revive }: OnDemand,
  sweep: string,
  layout: ResultsLayout,
): { readonly trial: TrialId; readonly message: string }[] {
  const records = revive.length === 0 ? undefined : recordsOf(sweep, layout);
  const kept = again.filter((trial) => layout.files(sweep, trial).has('weights'));
  return [
    ...kept.map((trial) => ({ trial, message: 'nothing to train again: its weights are there' })),
    ...revive.flatMap((trial) => {
      const { state = 'queued', isRevived = false } = records!.get(trial) ?? {};
      if (state === 'pruned' || (isRevived && !isSettled(state))) return [];
      return [{ trial, message: isRevived ? `revived already: it is ${state}` : whyNotRevived(state) }];
    }),
  ];
}

function whyNotRevived(state: TrialState): string {
  return `not revived: it is ${state}, and was not pruned`;
}

export interface OnDemandContext {
  /** Tries a write again while the storage has trouble that may pass. */
  readonly outwait: <T>(write: () => T) => Promise<T>;
  readonly warn: (message: string, trial: TrialId) => void;
}

/** Queues them, and warns of those that can't be. */
export async function queueOnDemand(
  { again, revive }: OnDemand,
  store: Pick<SweepStore, 'revive' | 'trainAgain'>,
  { outwait, warn }: OnDemandContext,
): Promise<void> {
  for (const trial of revive) {
    const state = await outwait(() => store.revive(trial));
    if (state !== 'pruned') warn(whyNotRevived(state), trial);
  }
  for (const trial of again) {
    const state = await outwait(() => store.trainAgain(trial));
    if (state === 'completed' || !isSettled(state)) continue;
    warn(`not trained again: it ${state}, and the same seed would come to the same end`, trial);
  }
}

function recordsOf(sweep: string, layout: ResultsLayout): ReadonlyMap<TrialId, TrialRecord> {
  if (!existsSync(layout.database)) return new Map();
  return readResults(layout, (results) => {
    const { trials = [] } = results.snapshot(sweep) ?? {};
    return new Map(trials.map((trial) => [trial.id, trial]));
  });
}

const LISTED = 5;

function trialOf(
  name: string,
  prefix: string,
  trials: readonly TrialPlan[],
  sweep: string,
  layout: ResultsLayout,
): TrialId {
  if (prefix === '') {
    throw new SweepError('USAGE', `${name} takes the id of a trial, or how it begins. ${WHERE_IDS_ARE}`);
  }
  const found = trials.flatMap(({ id }) => (id.startsWith(prefix) ? [id] : []));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const flag = `${name} ${plain(prefix)}`;
  if (first !== undefined) {
    const listed = found.slice(0, LISTED).join(', ') + (found.length > LISTED ? ', …' : '');
    throw new SweepError('USAGE', `${flag}: the ids of ${found.length} trials begin so: ${listed}. Give more digits.`);
  }
  const outside = recorded(prefix, sweep, layout);
  if (outside !== undefined) {
    throw new SweepError(
      'USAGE',
      `${flag}: trial ${outside} of ${sweep} is outside the present plan, and only what the plan names is trained. ` +
        `\`sweep show ${outside}\` tells its values: name them in the spec, or by key=value after it.`,
    );
  }
  throw new SweepError('USAGE', `${flag}: no trial of ${sweep} has an id that begins so. ${WHERE_IDS_ARE}`);
}

const WHERE_IDS_ARE = '`sweep plan SPEC --list` lists the ids of a sweep.';

/** A trial that the sweep has from earlier plans. */
function recorded(prefix: string, sweep: string, layout: ResultsLayout): TrialId | undefined {
  if (!/^[0-9a-f]+$/.test(prefix)) return undefined;
  try {
    return readResults(layout, (results) => results.trialsByPrefix(prefix, sweep)[0]?.id);
  } catch (error) {
    // Nothing was recorded yet.
    if (error instanceof SweepError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
