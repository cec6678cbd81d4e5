import { existsSync } from 'node:fs';
import type { Circumstances } from './analysis/progress/outlook.ts';
import { checkIdentity } from './answers/check-identity.ts';
import { discoverDevices } from './executor/devices.ts';
import { ResultsLayout } from './files/paths.ts';
import { confirmingTrials, recordedProposals } from './run/known-trials.ts';
import { UntilLimit } from './scheduler/sources/until-limit.ts';
import { readResults } from './store/read-results.ts';
import type { PlannedTrials } from './plan-sweep.ts';
import { pruningKey } from './sweep-file/expansion/pruning-key.ts';
import { runMilliseconds } from './run/run-records.ts';
import type { TrialRecord } from './store/read-model.ts';
import type { RunOptions } from './sweep.ts';
import { isSettled } from './trial/state.ts';
import type { TrialId, TrialPlan } from './trial/trial.ts';

/**
 * What a run of the sweep would find. Reads only.
 * Throws what `readResults` throws, and USAGE or DEVICE_UNAVAILABLE for devices that can't be had.
 */
export async function readCircumstances(
  planned: PlannedTrials,
  { resultsDir, device: request, slots }: Pick<RunOptions, 'resultsDir' | 'device' | 'slots'>,
): Promise<Circumstances> {
  const layout = new ResultsLayout(resultsDir);
  const { spec, search } = planned;
  const { name: sweep } = spec;
  const past = readPast(sweep, pruningKey(spec, search), layout);
  const { devices } = await discoverDevices({ request, ...(slots !== undefined && { slots }) });
  const proposals = search === undefined ? [] : recordedProposals(sweep, search, layout).slice(0, search.proposals);
  const screening = search === undefined ? planned.trials : proposals.flatMap((one) => search.trialsOf(one));
  const confirming = confirmingTrials(planned, screening, layout);
  const hasCheckpoint = (trial: TrialId, reusedFrom: string | null): boolean =>
    layout.files(reusedFrom ?? sweep, trial).has('checkpoint');
  const untilMet = metUntil(planned, screening, past.past);
  return { ...past, devices, proposals, confirming, untilMet, hasCheckpoint };
}

/** Why a run would begin nothing, as `until` has it; undefined where it would. */
function metUntil(
  { spec, search }: PlannedTrials,
  screening: readonly TrialPlan[],
  past: readonly TrialRecord[],
): string | undefined {
  const { until, seeds } = spec;
  if (until === null) return undefined;
  const own = new Map(past.flatMap((trial) => (trial.sweep === spec.name ? [[trial.id, trial] as const] : [])));
  const planned = screening.map(({ id, configId }) => {
    return own.get(id) ?? ({ id, configId, state: 'queued', attempts: 0, metrics: {} } as const);
  });
  const open = planned.filter(({ state }) => !isSettled(state));
  // What has begun is trained to its end.
  if (open.some(({ attempts }) => attempts > 0)) return undefined;
  const isComplete = search === undefined || screening.length >= search.proposals * seeds.length;
  // Whatever the search would propose next.
  const next = open[0]?.configId ?? (isComplete ? undefined : 'next');
  const standing = next && new UntilLimit(until, seeds.length, planned).standingOf(next);
  return typeof standing === 'object' ? standing.over : undefined;
}

/** All trials in the results folder, and whose results others take over; none where there is no database yet. */
function readPast(
  sweep: string,
  pruning: string | undefined,
  layout: ResultsLayout,
): Pick<Circumstances, 'past' | 'elsewhere' | 'isRunning' | 'leftPruned' | 'hours'> {
  if (!existsSync(layout.database)) {
    return { past: [], elsewhere: new Map(), isRunning: false, leftPruned: new Set(), hours: 0 };
  }
  return readResults(layout, (results) => {
    const snapshots = results.sweeps().flatMap(({ name }) => results.snapshot(name) ?? []);
    const own = snapshots.find(({ sweep: { name } }) => name === sweep);
    if (own !== undefined) checkIdentity([...own.trials, ...own.outside], own.sweep, results.file);
    return {
      past: snapshots.flatMap(({ trials, outside }) => [...trials, ...outside]),
      elsewhere: results.completedElsewhere(sweep),
      isRunning: own?.sweep.state === 'running',
      leftPruned: pruning === undefined ? new Set() : results.leftPruned(sweep, pruning),
      hours: runMilliseconds(results.runs(sweep)) / 3_600_000,
    };
  });
}
