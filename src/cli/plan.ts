import { existsSync } from 'node:fs';
import { styleText } from 'node:util';
import { discoverDevices } from '../executor/devices.ts';
import { count, formatBytes, formatCount, formatRoughly, formatValue, shortId } from '../report/format.ts';
import { toJsonLine } from '../report/json.ts';
import { describeParams, distinctValues, isSameValue } from '../report/parameters.ts';
import { nextLine, plain, unbroken, wrap } from '../report/text.ts';
import { snakeCase, sweptParameters, toUserParams } from '../spec/naming.ts';
import { possibleValues } from '../spec/space.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { planSweep, type PlannedSweep } from '../sweep.ts';
import { isFinished } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import { defineCommand } from './command.ts';
import { ASSUMED_GFLOPS, estimateBytes, estimateTime, type TimeEstimate } from './estimate.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, specCommand, withSpec, type GlobalFlags, type SpecFlags } from './flags.ts';
import { note, print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';

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
    if (!flags.quiet)
      for (const warning of planned.warnings)
        note(`${styleText('yellow', '!', { stream: process.stderr })} ${warning}`);
    if (flags.json) print(toJsonLine(toJson(planned, outlook, flags)));
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
  const { metric, goal } = spec.objective;
  const toRun = trials.length - finished.size;
  const next = [
    ...(toRun > 0 ? specCommand('run', flags) : [`sweep report ${spec.name} --best${repeatFlags(flags)}`]),
    ...specCommand('plan', flags).map((command) => `${command} --list`),
  ];
  const sources = [...new Set(finished.values())].map((name) => (name === spec.name ? 'this sweep' : name));
  return [
    `${spec.name} · ${spec.dataset.name} · ${goal} ${metric}`,
    '',
    ...describeAxes(spec, trials),
    '',
    `  ${count(configurations, 'configuration')} × ${count(spec.seeds.length, 'seed')} = ${count(trials.length, 'trial')}`,
    ...(finished.size > 0 ? [`  ${formatCount(finished.size)} already finished, from ${sources.join(', ')}`] : []),
    `  ${formatCount(toRun)} to run on ${devices.map(({ label, slots }) => `${label} × ${count(slots, 'slot')}`).join(', ')}`,
    '',
    ...(toRun === 0 ? [] : [`  time   ${formatTime(time)}`, `  disk   about ${formatBytes(bytes)}`, '']),
    'Nothing was started.',
    ...(next.length === 0 ? [] : [nextLine(next, stdoutLayout().columns)]),
  ];
}

/** What varies: name, the values, how many they are. */
function describeAxes(spec: PlannedSweep['spec'], trials: PlannedSweep['trials']): string[] {
  const configurations = trials.map(({ config }) => ({ params: toUserParams(config.parameters) }));
  const axes = sweptParameters(spec).map((name) => {
    return { name, text: describeValues(spec, name, distinctValues(configurations, name)) };
  });
  axes.push({ name: 'seed', text: describeSeeds(spec.seeds) });
  const nameColumns = Math.max(...axes.map(({ name }) => name.length));
  return axes.map(({ name, text }) => {
    const head = `  ${name.padEnd(nameColumns)}  `;
    return wrap(text, stdoutLayout().columns, ' '.repeat(head.length), head);
  });
}

const MAX_LISTED_DRAWS = 8;

/** `0.5  1  2   (3 values)`; of many draws from a range the ends: `0.0012 … 0.93   (20 values drawn)`. */
function describeValues({ axes, when, search }: PlannedSweep['spec'], name: string, found: unknown[]): string {
  const axis = axes.find(({ parameter }) => snakeCase(parameter) === name);
  const declared = axis && possibleValues({ axes, when }, axis);
  // Draws come in any order; choices are known in the order of the file.
  const position = (value: unknown): number =>
    typeof value === 'number' ? value : (declared ?? []).findIndex((choice) => isSameValue(choice, value));
  const values = search.kind === 'grid' ? found : found.toSorted((a, b) => position(a) - position(b));
  const size = unbroken(`  (${count(values.length, 'value')}${declared === undefined ? ' drawn' : ''})`);
  if (declared !== undefined || values.length <= MAX_LISTED_DRAWS) {
    return `${values.map(formatValue).join('  ')} ${size}`;
  }
  return `${formatValue(values[0])} … ${formatValue(values.at(-1))} ${size}`;
}

/** `0  1  2   (3 seeds)`, and `0 … 99   (100 seeds)` where there are many in a row. */
function describeSeeds(seeds: readonly number[]): string {
  const [first = 0] = seeds;
  const isRow = seeds.length > 5 && seeds.every((seed, i) => seed === first + i);
  const size = unbroken(`  (${count(seeds.length, 'seed')})`);
  return `${isRow ? `${first} … ${seeds.at(-1)!}` : seeds.join('  ')} ${size}`;
}

function formatTime({ lowSeconds, highSeconds, measuredTrials }: TimeEstimate): string {
  const [low, high] = [formatRoughly(lowSeconds), formatRoughly(highSeconds)];
  const basis =
    measuredTrials > 0
      ? `from ${count(measuredTrials, 'finished trial')} here`
      : `assuming ${ASSUMED_GFLOPS} GFLOP/s a core where no finished trial tells`;
  return `${low === high ? low : `${low} to ${high}`}   (${basis})`;
}

function listTrials({ spec, trials }: PlannedSweep, { finished }: Outlook): string[] {
  const names = sweptParameters(spec);
  return trials.map(({ id, seed, config }) => {
    const parameters = describeParams({ ...toUserParams(config.parameters), seed }, [...names, 'seed']);
    const source = finished.get(id);
    return `${shortId(id)}  ${parameters}${source === undefined ? '' : `  finished in ${plain(source)}`}`;
  });
}

function toJson(
  { spec, trials, warnings }: PlannedSweep,
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
    warnings,
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
