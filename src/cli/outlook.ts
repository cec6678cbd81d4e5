/** What a run of a plan would do, told from what is recorded. Reads only. */
import { existsSync } from 'node:fs';
import { discoverDevices } from '../executor/devices.ts';
import { trialsToTest } from '../analysis/ranking.ts';
import { countOutdated } from '../analysis/whole-sweep.ts';
import { testTargets } from '../scheduler/test-task.ts';
import { sweptParameters } from '../sweep-file/naming.ts';
import type { SweepRecord, TrialRecord } from '../store/read-model.ts';
import type { PlannedSweep } from '../plan-sweep.ts';
import { distinctDigits } from '../trial/identity.ts';
import { nextStep, type NextStep } from '../trial/next-step.ts';
import type { TrialConfig, TrialId, TrialPlan } from '../trial/trial.ts';
import { checkIdentity } from './check-identity.ts';
import { estimateBytes, estimateTime, type TimeEstimate } from './estimate.ts';
import { layoutOf, type GlobalFlags } from './flags.ts';
import { withResults } from './results.ts';

/** What becomes of a planned trial. */
export interface Prospect {
  readonly plan: TrialPlan;
  readonly step: NextStep;
  /** As its own sweep has it; undefined for a new one. */
  readonly own: TrialRecord | undefined;
  /** The sweep it is taken over from, else its own. */
  readonly source: string;
  /** Training starts at its last checkpoint. */
  readonly resumes: boolean;
}

export interface Outlook {
  /** In the plan's order. */
  readonly prospects: readonly Prospect[];
  readonly kept: readonly Prospect[];
  readonly takenOver: readonly Prospect[];
  readonly toRun: readonly Prospect[];
  /** Trials to evaluate on the test images; null where that is known only after training. */
  readonly toTest: number | null;
  /** Trials of this sweep that the plan doesn't name. */
  readonly outside: number;
  /** Those of them that an earlier version's arithmetic computed. */
  readonly outdated: number;
  /** Of those to run, what other sweeps train at this moment, by sweep: a run waits for these and takes them over. */
  readonly trainedElsewhere: ReadonlyMap<string, number>;
  /** The sweep has a coordinator at present. */
  readonly isRunning: boolean;
  readonly idLength: number;
  readonly devices: readonly { readonly label: string; readonly slots: number }[];
  readonly time: TimeEstimate;
  readonly bytes: number;
}

export async function lookAhead(planned: PlannedSweep, flags: GlobalFlags): Promise<Outlook> {
  const { spec, trials } = planned;
  const { past, elsewhere, isRunning } = await readPast(spec.name, flags);
  const own = new Map(past.flatMap((trial) => (trial.sweep === spec.name ? [[trial.id, trial] as const] : [])));
  const layout = layoutOf(flags);
  const folder = layout.sweep(spec.name);
  const hasFolder = existsSync(folder);

  const prospects = trials.map((plan): Prospect => {
    const known = own.get(plan.id);
    const source = elsewhere.get(plan.id);
    const step = nextStep(known?.state === 'running' ? 'queued' : known?.state, source !== undefined);
    const resumes =
      hasFolder && (step === 'train' || step === 'retry') && layout.files(spec.name, plan.id).has('checkpoint');
    return {
      plan,
      step,
      own: known,
      source: (step === 'take_over' ? source : undefined) ?? spec.name,
      resumes,
    };
  });
  const withStep = (...steps: readonly NextStep[]) => prospects.filter(({ step }) => steps.includes(step));
  const [kept, takenOver, toRun] = [withStep('keep'), withStep('take_over'), withStep('train', 'retry')];

  const { device: request, slots } = flags;
  const { devices } = await discoverDevices({ request, ...(slots !== undefined && { slots }) });
  const totalSlots = devices.reduce((sum, device) => sum + device.slots, 0);
  const toTrain = toRun.map(remainder);
  const planIds = new Set(trials.map(({ id }) => id));
  const outside = [...own.values()].filter(({ id }) => !planIds.has(id));
  return {
    ...{ prospects, kept, takenOver, toRun, devices, isRunning },
    toTest: toRun.length > 0 ? null : countTests(planned, prospects, past, flags),
    outside: outside.length,
    outdated: countOutdated(outside),
    trainedElsewhere: countTrainedElsewhere(toRun, past, spec.name),
    idLength: distinctDigits([...planIds, ...past.map(({ id }) => id)]),
    time: estimateTime(toTrain, { past, slots: totalSlots }),
    bytes: estimateBytes(toTrain, totalSlots),
  };
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

function countTrainedElsewhere(
  toRun: readonly Prospect[],
  past: readonly TrialRecord[],
  sweep: string,
): ReadonlyMap<string, number> {
  const wanted = new Set(toRun.map(({ plan }) => plan.id));
  const theirs = past.filter(({ id, state, sweep: other }) => other !== sweep && state === 'running' && wanted.has(id));
  return new Map([...Map.groupBy(theirs, (trial) => trial.sweep)].map(([name, trials]) => [name, trials.length]));
}

/** What is left to train of a trial. */
function remainder({ plan: { config }, own, resumes }: Prospect): TrialConfig {
  const done = resumes ? (own?.epochs ?? 0) : 0;
  return { ...config, train: { ...config.train, epochs: Math.max(0, config.train.epochs - done) } };
}

/** Tests that a run of trained trials alone would do: what it selects can be told from their results. */
function countTests(
  { spec, specText, source: dataset }: PlannedSweep,
  prospects: readonly Prospect[],
  past: readonly TrialRecord[],
  flags: GlobalFlags,
): number {
  const records = new Map(past.map((trial) => [`${trial.sweep}/${trial.id}`, trial]));
  const trials = prospects.flatMap(({ plan, step, own, source }) => {
    return (step === 'take_over' ? records.get(`${source}/${plan.id}`) : own) ?? [];
  });
  const { name, objective, evaluateTest } = spec;
  const now = new Date();
  const sweep: SweepRecord = {
    ...{ name, objective, evaluateTest, specText, state: 'running', overrides: [], swept: sweptParameters(spec) },
    ...{ datasetFingerprint: dataset.fingerprint, createdAt: now, startedAt: now, endedAt: null, coordinator: null },
  };
  return testTargets({ sweep, trials, outside: [] }, trialsToTest, layoutOf(flags)).length;
}
