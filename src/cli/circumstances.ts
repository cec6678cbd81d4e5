import { existsSync } from 'node:fs';
import type { Circumstances } from '../analysis/outlook.ts';
import { discoverDevices } from '../executor/devices.ts';
import type { TrialId } from '../trial/trial.ts';
import { checkIdentity } from './check-identity.ts';
import { layoutOf, type GlobalFlags } from './flags.ts';
import { withResults } from './results.ts';

/** What a run of the sweep would find. Reads only. */
export async function readCircumstances(sweep: string, flags: GlobalFlags): Promise<Circumstances> {
  const past = await readPast(sweep, flags);
  const { device: request, slots } = flags;
  const { devices } = await discoverDevices({ request, ...(slots !== undefined && { slots }) });
  const layout = layoutOf(flags);
  const hasFolder = existsSync(layout.sweep(sweep));
  const hasCheckpoint = (trial: TrialId): boolean => hasFolder && layout.files(sweep, trial).has('checkpoint');
  return { ...past, devices, hasCheckpoint };
}

/** All trials in the results folder, and whose results others take over; none where there is no database yet. */
async function readPast(sweep: string, flags: GlobalFlags) {
  if (!existsSync(layoutOf(flags).database))
    return { past: [], elsewhere: new Map<TrialId, string>(), isRunning: false };
  return withResults(flags, (results) => {
    const snapshots = results.sweeps().flatMap(({ name }) => results.snapshot(name) ?? []);
    const own = snapshots.find(({ sweep: { name } }) => name === sweep);
    if (own !== undefined) checkIdentity([...own.trials, ...own.outside], own.sweep, results.file);
    return {
      past: snapshots.flatMap(({ trials, outside }) => [...trials, ...outside]),
      elsewhere: results.completedElsewhere(sweep),
      isRunning: own?.sweep.state === 'running',
    };
  });
}
