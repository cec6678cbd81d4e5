import { count, formatCount } from '../format-number.ts';
import { formatBytes, formatRoughly, shortId } from '../render/format.ts';
import { formatValue } from '../format-value.ts';
import { toJsonLine } from '../render/json.ts';
import { distinctValues, isSameValue } from '../analysis/parameters.ts';
import { describeParams } from '../render/format.ts';
import { nextLine, unbroken, wrap } from '../render/text.ts';
import { plain } from '../printable.ts';
import { outdatedNote } from '../render/data-text.ts';
import { sweptParameters } from '../sweep-file/naming.ts';
import { possibleValues } from '../sweep-file/space.ts';
import { planSweep, type PlannedSweep } from '../plan-sweep.ts';
import { defineCommand } from './command.ts';
import { ASSUMED_GFLOPS, type TimeEstimate } from '../analysis/cost.ts';
import { readCircumstances } from './circumstances.ts';
import { OWN_FLAGS, repeatFlags, specCommand, withSpec, type SpecFlags } from './flags.ts';
import { lookAhead, type Outlook, type Prospect } from '../analysis/outlook.ts';
import { note, print, stdoutLayout } from './output.ts';

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
    const outlook = lookAhead(planned, await readCircumstances(planned.spec.name, flags));
    if (!flags.quiet) {
      for (const warning of planned.warnings) note(warning, '!');
      if (planned.missingData !== null) note(planned.missingData, '!');
    }
    if (flags.json) print(toJsonLine(toJson(planned, outlook, flags)));
    else print((flags.list ? listTrials(planned, outlook) : describe(planned, outlook, flags)).join('\n'));
    return 0;
  },
});

function describe(planned: PlannedSweep, outlook: Outlook, flags: SpecFlags): string[] {
  const { spec, trials } = planned;
  const { toRun, toTest, time, bytes } = outlook;
  const configurations = new Set(trials.map(({ configId }) => configId)).size;
  const { metric, goal } = spec.objective;
  const isDone = toRun.length === 0 && toTest === 0;
  const next = [
    ...(isDone ? [`sweep report ${spec.name} --best${repeatFlags(flags)}`] : specCommand('run', flags)),
    ...specCommand('plan', flags).map((command) => `${command} --list`),
  ];
  return [
    `${spec.name} · ${spec.dataset.name} · ${goal} ${metric}`,
    '',
    ...describeAxes(spec, trials),
    '',
    `  ${count(configurations, 'configuration')} × ${count(spec.seeds.length, 'seed')} = ${count(trials.length, 'trial')}`,
    ...describeSteps(outlook).map((line) => wrap(line, stdoutLayout().columns, '    ', '  ')),
    '',
    ...(toRun.length === 0 ? [] : [`  time   ${formatTime(time)}`, `  disk   about ${formatBytes(bytes)}`, '']),
    'Nothing was started.',
    ...(next.length === 0 ? [] : [nextLine(next, stdoutLayout().columns)]),
  ];
}

/** What a run would do with the trials, a line a kind. */
function describeSteps({
  kept,
  takenOver,
  toRun,
  toTest,
  outside,
  outdated,
  trainedElsewhere,
  devices,
  isRunning,
}: Outlook): string[] {
  const diverged = kept.filter(({ own }) => own?.state === 'diverged').length;
  const sources = [...new Set(takenOver.map(({ source }) => plain(source)))].join(', ');
  const resumed = toRun.filter(({ step, resumes }) => step === 'train' && resumes).length;
  const retried = toRun.filter(({ step }) => step === 'retry').length;
  const of = [
    ...(resumed > 0 ? [`${formatCount(resumed)} from ${resumed === 1 ? 'its' : 'their'} last checkpoint`] : []),
    ...(retried > 0 ? [`${formatCount(retried)} again after ${retried === 1 ? 'it' : 'they'} failed`] : []),
  ];
  const places = devices.map(({ label, slots }) => `${label} × ${count(slots, 'slot')}`).join(', ');
  return [
    ...(kept.length > 0
      ? [
          `${formatCount(kept.length)} already finished${diverged > 0 ? `, ${formatCount(diverged)} of them diverged` : ''}`,
        ]
      : []),
    ...(takenOver.length > 0 ? [`${formatCount(takenOver.length)} to take over from ${sources}`] : []),
    `${formatCount(toRun.length)} to run on ${places}${of.length === 0 ? '' : ` (${of.join(', ')})`}`,
    ...[...trainedElsewhere].map(
      ([sweep, trials]) =>
        `${formatCount(trials)} of these ${trials === 1 ? 'is' : 'are'} trained by ${plain(sweep)} right now: a run waits for ${trials === 1 ? 'it, and takes it' : 'them, and takes them'} over once complete`,
    ),
    ...(toTest !== null && toTest > 0 ? [`${formatCount(toTest)} to evaluate on the test images`] : []),
    ...(outside > 0
      ? [`${formatCount(outside)} more, outside this plan, stay as they are${outdatedNote(outside, outdated)}`]
      : []),
    ...(isRunning ? ['This sweep is running: it can be run again when that run has ended.'] : []),
  ];
}

/** What varies: name, the values, how many they are. */
function describeAxes(spec: PlannedSweep['spec'], trials: PlannedSweep['trials']): string[] {
  const configurations = trials.map(({ config }) => ({ params: config.parameters }));
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
  const axis = axes.find(({ parameter }) => parameter === name);
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

function listTrials({ spec, trials }: PlannedSweep, { prospects, idLength }: Outlook): string[] {
  const names = sweptParameters(spec);
  return trials.map(({ id, seed, config }, index) => {
    const parameters = describeParams({ ...config.parameters, seed }, [...names, 'seed']);
    const fate = describeProspect(prospects[index]!);
    return `${shortId(id, idLength)}  ${parameters}${fate === '' ? '' : `  ${fate}`}`;
  });
}

function describeProspect({ step, source, own, resumes }: Prospect): string {
  switch (step) {
    case 'keep':
      return own?.state === 'completed' ? `finished in ${plain(source)}` : `${own!.state} in ${plain(source)}`;
    case 'take_over':
      return `finished in ${plain(source)}`;
    case 'retry':
      return 'failed before, to be tried again';
    case 'train':
      return resumes ? 'to go on from its last checkpoint' : '';
  }
}

function toJson({ spec, trials, warnings, missingData }: PlannedSweep, outlook: Outlook, { list }: { list: boolean }) {
  const { prospects, kept, takenOver, toRun, toTest, outside, trainedElsewhere, devices, time, bytes } = outlook;
  return {
    schema: 'vae-sweep.plan/1',
    sweep: spec.name,
    dataset: spec.dataset.name,
    metric: spec.objective.metric,
    goal: spec.objective.goal,
    configurations: new Set(trials.map(({ configId }) => configId)).size,
    seeds: spec.seeds,
    trials: {
      total: trials.length,
      finished: kept.length + takenOver.length,
      to_run: toRun.length,
      reused: takenOver.length,
      resumed: toRun.filter(({ step, resumes }) => step === 'train' && resumes).length,
      retried: toRun.filter(({ step }) => step === 'retry').length,
    },
    devices: devices.map(({ label, slots }) => ({ label, slots })),
    seconds: { low: time.lowSeconds, high: time.highSeconds, measured_trials: time.measuredTrials },
    disk_bytes: bytes,
    ...(list && {
      list: trials.map(({ id, configId, seed, config }, index) => ({
        trial: id,
        config_id: configId,
        seed,
        params: config.parameters,
        finished_in: ['keep', 'take_over'].includes(prospects[index]!.step) ? prospects[index]!.source : null,
        step: prospects[index]!.step,
        resumes: prospects[index]!.resumes,
      })),
    }),
    to_test: toTest,
    outside_plan: outside,
    trained_elsewhere: [...trainedElsewhere.values()].reduce((sum, trials) => sum + trials, 0),
    warnings,
    missing_data: missingData,
  };
}
