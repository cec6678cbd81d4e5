import { existsSync } from 'node:fs';
import { discoverDevices } from '../executor/devices.ts';
import { formatValue } from '../report/format.ts';
import { renderGrid } from '../report/grid.ts';
import { distinctValues } from '../report/parameters.ts';
import { plain, shellWord } from '../report/text.ts';
import { sweptParameters, toUserParams } from '../spec/naming.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { planSweep, type PlannedSweep } from '../sweep.ts';
import { isFinished } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import { defineCommand } from './command.ts';
import { ASSUMED_GFLOPS, estimateBytes, estimateTime, type TimeEstimate } from './estimate.ts';
import { layoutOf, OWN_FLAGS, type GlobalFlags } from './flags.ts';
import { formatBytes, formatCount, formatParameters, formatRoughly, plural, shortId } from './format.ts';
import { print, printJson, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';
import { withSpec, type SpecFlags } from './spec-arguments.ts';

export const plan = defineCommand({
  options: (yargs) =>
    withSpec(yargs)
      .option('list', { group: OWN_FLAGS, type: 'boolean', default: false, describe: 'List every trial' })
      .example('$0 plan sweeps/beta.yaml', 'trials, time, disk')
      .example('$0 plan sweeps/beta.yaml seeds=10 --slots 4', 'what if?')
      .example('$0 plan sweeps/beta.yaml --list', 'every trial, with its id')
      .epilogue('Reads only: nothing is started, written or downloaded.'),

  run: async (flags) => {
    const planned = await planSweep({ specFile: flags.spec, overrides: flags.overrides, dataDir: flags.data });
    const outlook = await lookAhead(planned, await pastTrials(flags), flags);
    if (flags.json) printJson(toJson(planned, outlook, flags));
    else print((flags.list ? listTrials(planned, outlook) : describe(planned, outlook, flags)).join('\n'));
    return 0;
  },
});

interface Outlook {
  /** Trials that need no training any more, and the sweep that has their result. */
  readonly finished: ReadonlyMap<TrialId, string>;
  readonly devices: readonly { readonly label: string; readonly slots: number }[];
  readonly time: TimeEstimate;
  readonly bytes: number;
}

async function lookAhead(
  { spec, trials }: PlannedSweep,
  past: readonly TrialRecord[],
  flags: GlobalFlags,
): Promise<Outlook> {
  const completed = new Map(past.filter(({ state }) => state === 'completed').map((trial) => [trial.id, trial.sweep]));
  // Diverged and pruned trials are final in their own sweep; another sweep takes over completed ones only.
  const own = past.filter(({ sweep, state }) => sweep === spec.name && isFinished(state));
  for (const { id, state, sweep } of own) if (state !== 'failed' && state !== 'cancelled') completed.set(id, sweep);

  const finished = new Map(trials.flatMap(({ id }) => (completed.has(id) ? [[id, completed.get(id)!]] : [])));
  const toRun = trials.filter(({ id }) => !finished.has(id)).map(({ config }) => config);
  const { device: request, slots } = flags;
  const { devices } = await discoverDevices({ request, ...(slots !== undefined && { slots }) });
  const totalSlots = devices.reduce((sum, device) => sum + device.slots, 0);
  return {
    finished,
    devices,
    time: estimateTime(toRun, { past, slots: totalSlots }),
    bytes: estimateBytes(toRun, totalSlots),
  };
}

/** Trials of all sweeps in the results folder; none where there is no database yet. */
async function pastTrials(flags: GlobalFlags): Promise<readonly TrialRecord[]> {
  if (!existsSync(layoutOf(flags).database)) return [];
  return withResults(flags, (results) => results.sweeps().flatMap(({ name }) => results.snapshot(name)?.trials ?? []));
}

function describe(
  { spec, trials }: PlannedSweep,
  { finished, devices, time, bytes }: Outlook,
  flags: SpecFlags,
): string[] {
  const configurations = new Set(trials.map(({ configId }) => configId)).size;
  const words = [flags.spec, ...flags.overrides].map(shellWord).join(' ');
  const { metric, goal } = spec.objective;
  const toRun = trials.length - finished.size;
  const sources = [...new Set(finished.values())].map((name) => (name === spec.name ? 'this sweep' : name));
  return [
    `${spec.name} · ${spec.dataset.name} · ${goal} ${metric}`,
    '',
    ...describeAxes(spec, trials),
    '',
    `  ${plural(configurations, 'configuration')} × ${plural(spec.seeds.length, 'seed')} = ${plural(trials.length, 'trial')}`,
    ...(finished.size > 0 ? [`  ${formatCount(finished.size)} already finished, from ${sources.join(', ')}`] : []),
    `  ${formatCount(toRun)} to run on ${devices.map(({ label, slots }) => `${label} × ${plural(slots, 'slot')}`).join(', ')}`,
    '',
    ...(toRun === 0 ? [] : [`  time   ${formatTime(time)}`, `  disk   about ${formatBytes(bytes)}`, '']),
    'Nothing was started.',
    `Run: sweep run ${words}`,
    `All trials: sweep plan ${words} --list`,
  ];
}

function describeAxes(spec: PlannedSweep['spec'], trials: PlannedSweep['trials']): string[] {
  const configurations = trials.map(({ config }) => ({ params: toUserParams(config.parameters) }));
  const axes = [
    ...sweptParameters(spec).map((name) => ({ name, values: distinctValues(configurations, name) })),
    { name: 'seed', values: [...spec.seeds] },
  ];
  const column = (align: 'left' | 'right', cells: string[]) => ({ header: '', align, sacrifice: 0, cells });
  const grid = renderGrid(
    [
      column(
        'left',
        axes.map(({ name }) => name),
      ),
      column(
        'right',
        axes.map(({ values }) => `${values.length}`),
      ),
      column(
        'left',
        axes.map(({ values }) => values.map(formatValue).join('  ')),
      ),
    ],
    stdoutLayout(),
  );
  // Without heads, the first line is empty.
  return grid
    .split('\n')
    .slice(1)
    .map((line) => ` ${line}`);
}

function formatTime({ lowSeconds, highSeconds, measuredTrials }: TimeEstimate): string {
  const [low, high] = [formatRoughly(lowSeconds), formatRoughly(highSeconds)];
  const basis =
    measuredTrials > 0
      ? `from ${plural(measuredTrials, 'finished trial')} here`
      : `assuming ${ASSUMED_GFLOPS} GFLOP/s a core: no finished trials here to go by`;
  return `${low === high ? low : `${low} to ${high}`}   (${basis})`;
}

function listTrials({ spec, trials }: PlannedSweep, { finished }: Outlook): string[] {
  const names = sweptParameters(spec);
  return trials.map(({ id, seed, config }) => {
    const parameters = formatParameters({ ...toUserParams(config.parameters), seed }, [...names, 'seed']);
    const source = finished.get(id);
    return `${shortId(id)}  ${parameters}${source === undefined ? '' : `  finished in ${plain(source)}`}`;
  });
}

function toJson(
  { spec, trials }: PlannedSweep,
  { finished, devices, time, bytes }: Outlook,
  { list }: { list: boolean },
) {
  return {
    schema: 'vae-sweep.plan/1',
    sweep: spec.name,
    dataset: spec.dataset.name,
    metric: spec.objective.metric,
    goal: spec.objective.goal,
    configurations: new Set(trials.map(({ configId }) => configId)).size,
    seeds: spec.seeds,
    trials: { total: trials.length, finished: finished.size, to_run: trials.length - finished.size },
    devices: devices.map(({ label, slots }) => ({ label, slots })),
    seconds: { low: time.lowSeconds, high: time.highSeconds, measured_trials: time.measuredTrials },
    disk_bytes: bytes,
    ...(list && {
      list: trials.map(({ id, configId, seed, config }) => ({
        trial: id,
        config_id: configId,
        seed,
        params: toUserParams(config.parameters),
        finished_in: finished.get(id) ?? null,
      })),
    }),
  };
}
