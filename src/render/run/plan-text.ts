/** What a plan says, for a terminal and as JSON. */
import { sampleNoun, type SampleNoun } from '../../text/sample-noun.ts';
import { ASSUMED_GFLOPS, type TimeEstimate } from '../../analysis/progress/cost.ts';
import { describeLeftOut } from '../../analysis/search/lessons.ts';
import type { Outlook, Prospect } from '../../analysis/progress/outlook.ts';
import { describeParams, distinctValues, isSameValue } from '../../analysis/parameters.ts';
import { quantityOf } from '../../metrics/index.ts';
import { describeBudget } from '../../text/describe-budget.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import type { LearnedSearch } from '../../sweep-file/expansion/learned-search.ts';
import type { Teaching } from '../../run/lessons.ts';
import type { PlannedSweep } from '../../plan-sweep.ts';
import { joinWords } from '../../text/join-words.ts';
import { plain } from '../../text/printable.ts';
import type { TrialState } from '../../trial/state.ts';
import type { TrialPlan } from '../../trial/trial.ts';
import { sweptParameters } from '../../sweep-file/naming.ts';
import { isLearning } from '../../sweep-file/spec.ts';
import { possibleValues } from '../../sweep-file/expansion/space.ts';
import { seedsText } from '../report/confirmation-text.ts';
import { outdatedNote } from '../data-text.ts';
import { formatBytes, formatRoughly, shortId } from '../format.ts';
import { describePruning } from './pruning-text.ts';
import { nextLine, unbroken, wrap, type Layout } from '../layout/text.ts';

/** `next`: commands that lead on. */
export function planLines(
  planned: PlannedSweep,
  outlook: Outlook,
  { columns }: Layout,
  next: readonly string[],
): string[] {
  const { spec, search } = planned;
  const { configurations, prospects, unknown, time, bytes } = outlook;
  const { metric, goal } = spec.objective;
  const confirming = confirmingCount(outlook);
  return [
    `${spec.name} · ${spec.dataset.name} · ${goal} ${metric}`,
    '',
    ...describeAxes(planned, columns),
    '',
    `  ${count(configurations, 'configuration')}${describeTried(spec.tried.length)} × ${count(spec.seeds.length, 'seed')} = ${count(prospects.length + unknown - confirming, 'trial')}${describeMore(spec.confirm, confirming)}`,
    ...(spec.confirm === null ? [] : [wrap(describeConfirmation(spec, outlook), columns, '    ', '  ')]),
    ...(search === undefined && spec.objectives.length > 0 ? [wrap(describeTraded(spec), columns, '    ', '  ')] : []),
    ...(search === undefined ? [] : [wrap(describeSearch(search, outlook), columns, '    ', '  ')]),
    ...describeTeaching(planned.teaching).map((line) => wrap(line, columns, '    ', '  ')),
    ...(spec.prune === null ? [] : [wrap(describePruning(spec, configurations), columns, '    ', '  ')]),
    ...describeLimits(spec, outlook).map((line) => wrap(line, columns, '    ', '  ')),
    ...[...describeSteps(outlook, sampleNoun(planned.spec.dataset.own)), ...describeClasses(planned.trials)].map(
      (line) => wrap(line, columns, '    ', '  '),
    ),
    '',
    ...(outlook.affordable === 0 ? [] : [`  time   ${formatTime(time)}`, `  disk   about ${formatBytes(bytes)}`, '']),
    'Nothing was started.',
    ...(next.length === 0 ? [] : [nextLine(next, columns)]),
  ];
}

/** Of what the search isn't steered by: the report has their Pareto set. */
function describeTraded({ objectives }: PlannedSweep['spec']): string {
  return `objectives: ${joinWords(objectives.map(({ metric, goal }) => `${metric} (${goal})`))}, whose Pareto set the report has`;
}

/** Who proposes, and how much of it is known. */
function describeSearch(
  { kind, because, lookahead, objectives }: LearnedSearch,
  { prospects, unknown, toConfirm, configurations }: Outlook,
): string {
  const told =
    unknown === toConfirm
      ? 'all are proposed'
      : `${formatCount(known(prospects))} of ${count(configurations, 'configuration')} are known, the others are proposed by results, at most ${formatCount(lookahead)} at a time`;
  const goals = joinWords(objectives.map(({ metric, goal }) => `${metric} (${goal})`));
  const towards = goals === '' ? '' : ` towards ${goals}`;
  return `search: ${kind}${because === null ? '' : ` (${because})`}${towards}; ${told}`;
}

/** Configurations that are to be chosen from. */
function known(prospects: readonly Prospect[]): number {
  return new Set(prospects.flatMap(({ plan }) => (plan.phase === 'confirm' ? [] : plan.configId))).size;
}

/** `starts from 48 configurations of beta (12 left out: 8 with epochs: 5, 4 outside this space by beta)`, a line a sweep. */
function describeTeaching({ lessons, isRecorded, sources }: Teaching): string[] {
  if (isRecorded) {
    const bySweep = [...Map.groupBy(lessons, ({ sweep }) => sweep)];
    const known = bySweep.map(([sweep, { length }]) => `${formatCount(length)} of ${plain(sweep)}`);
    return [
      `starts from ${count(lessons.length, 'configuration')}, as they were at its first run: ${known.join(', ')}`,
    ];
  }
  const first = new Set(lessons);
  return sources.map((source) => {
    const own = source.lessons.filter((lesson) => first.has(lesson)).length;
    const others = source.configurations - source.lessons.length;
    const twice = source.lessons.length - own;
    const rest = [
      ...(others === 0 ? [] : [`${formatCount(others)} left out: ${plain(describeLeftOut(source))}`]),
      ...(twice === 0 ? [] : [`${formatCount(twice)} known from the sweeps before`]),
    ].join('; ');
    return `starts from ${count(own, 'configuration')} of ${plain(source.sweep)}${rest === '' ? '' : ` (${rest})`}`;
  });
}

/** `ends at 100 trials, 8 hours, or val/elbo -45.00, whichever comes first, over all of its runs: 12 trials, 3 hours are left`. */
function describeLimits({ budget, until }: PlannedSweep['spec'], { budgetLeft }: Outlook): string[] {
  const most = describeBudget(budget);
  const { metric, reached = null, patience = null } = until ?? {};
  const aim = reached === null ? '' : `at ${metric!} ${formatNumber(reached, quantityOf(metric!).decimals)}`;
  const vain =
    patience === null ? '' : `after ${count(patience, 'configuration')} in a row without a better ${metric!}`;
  const limits = [most === '' ? '' : `at ${most}`, aim, vain].filter((limit) => limit !== '').join(', or ');
  const first = limits.includes(', ') ? ', whichever comes first' : '';
  const left = describeBudget(budgetLeft);
  const rest = left === most ? '' : `: ${left} left`;
  return limits === '' ? [] : [`ends ${limits}${first}, over all of its runs${rest}`];
}

/** Trials that confirm the best, known or not. */
function confirmingCount({ prospects, toConfirm }: Outlook): number {
  return toConfirm + prospects.filter(({ plan }) => plan.phase === 'confirm').length;
}

/** `, and 3 × 4 more at the end`. */
function describeMore(confirm: PlannedSweep['spec']['confirm'], confirming: number): string {
  if (confirm === null) return '';
  const { length } = confirm.seeds;
  return `, and ${formatCount(confirming / length)} × ${formatCount(length)} more at the end`;
}

/** `confirmation: the best 3 by val/elbo are trained with seeds 1 to 4, too, and ranked by these alone`. */
function describeConfirmation({ confirm, objective, budget, until }: PlannedSweep['spec'], outlook: Outlook): string {
  const { top, seeds } = confirm!;
  const best = top === 1 ? 'the best one' : `the best ${formatCount(top)}`;
  const are = top === 1 ? 'is' : 'are';
  const these = seeds.length === 1 ? 'this' : 'these';
  const kept = budget.trials === null && budget.epochs === null ? '' : '; the budget keeps room for it';
  const after = budget.hours === null && until === null ? '' : '; hours and `until` end only what it chooses from';
  const chosen = confirmingCount(outlook) / seeds.length;
  const few = outlook.toConfirm === 0 && chosen < top ? `; only ${formatCount(chosen)} could be chosen` : '';
  return `confirmation: ${best} by ${objective.metric} ${are} trained with ${seedsText(seeds)}, too, and ranked by ${these} alone${kept}${after}${few}`;
}

/** ` (2 of them to try first)`. */
function describeTried(tried: number): string {
  return tried === 0 ? '' : ` (${formatCount(tried)} of them to try first)`;
}

/** Only agents have classes. */
function describeClasses(trials: readonly TrialPlan[]): string[] {
  const classes = Map.groupBy(trials, ({ deviceClass }) => deviceClass);
  const asked = [...classes].flatMap(([name, { length }]) =>
    name === undefined ? [] : `${formatCount(length)} on agents of class ${name}`,
  );
  return asked.length === 0 ? [] : [`with --redis ${asked.join(', ')}`];
}

/** What a run would do with the trials, a line a kind. */
function describeSteps(outlook: Outlook, noun: SampleNoun): string[] {
  const {
    kept,
    takenOver,
    toRun,
    confirmedBefore,
    resumed,
    retried,
    toTest,
    outside,
    trainedElsewhere,
    affordable,
    withinRungs,
    untilMet,
  } = outlook;
  const unknown = outlook.unknown - confirmedBefore;
  const ended = (state: TrialState): number => kept.filter(({ own }) => own?.state === state).length;
  const others = (['diverged', 'pruned'] as const).flatMap((state) =>
    ended(state) === 0 ? [] : [`, ${formatCount(ended(state))} of them ${state}`],
  );
  const sources = [...new Set(takenOver.map(({ source }) => plain(source)))].join(', ');
  const of = [
    ...(resumed > 0 ? [`${formatCount(resumed)} from ${resumed === 1 ? 'its' : 'their'} last checkpoint`] : []),
    ...(retried > 0 ? [`${formatCount(retried)} again after ${retried === 1 ? 'it' : 'they'} failed`] : []),
  ];
  const places = outlook.devices.map(({ label, slots }) => `${label} × ${count(slots, 'slot')}`).join(', ');
  const those = (trials: number, one: string, several: string): string => (trials === 1 ? one : several);
  const hasFinisher = kept.some(({ own }) => own?.state === 'completed');
  const firstOfRung =
    affordable === 0 ? '' : `: the best of a rung go on first${hasFinisher ? '' : ', and one of them to the end'}`;
  const lines = [
    kept.length > 0 && `${formatCount(kept.length)} already finished${others.join('')}`,
    takenOver.length > 0 && `${formatCount(takenOver.length)} to take over from ${sources}`,
    confirmedBefore > 0 &&
      `${formatCount(confirmedBefore)} or more of what is to confirm the best ${confirmedBefore === 1 ? 'has' : 'have'} a result already`,
    `${formatCount(toRun.length + unknown)} to run on ${places}${of.length === 0 ? '' : ` (${of.join(', ')})`}`,
    ...goingOn(outlook),
    ...outlook.anew,
    affordable < toRun.length + unknown &&
      `${withinRungs === null ? '' : 'about '}${formatCount(affordable)} of these ${untilMet === undefined ? 'within what is left of the budget' : `begin, since \`until\` has ended the sweep: ${untilMet}`}`,
    withinRungs !== null &&
      `the budget has room for ${formatCount(withinRungs.epochs)} of about ${count(withinRungs.of, 'epoch')}${firstOfRung}`,
    ...[...trainedElsewhere].map(
      ([sweep, trials]) =>
        `${formatCount(trials)} of these ${those(trials, 'is', 'are')} trained by ${plain(sweep)} right now: ` +
        `a run waits for ${those(trials, 'it, and takes it', 'them, and takes them')} over once complete`,
    ),
    toTest !== null && toTest > 0 && `${formatCount(toTest)} to evaluate on the test ${noun}s`,
    outside > 0 &&
      `${formatCount(outside)} more, outside this plan, stay as they are${outdatedNote(outside, outlook.outdated)}`,
    outlook.isRunning && 'This sweep is running: it can be run again when that run has ended.',
  ];
  return lines.filter((line) => line !== false);
}

/** `10 of 15 epochs each of 5 trials: they go on from epoch 5 of an earlier plan`. */
function goingOn({ toRun }: Outlook): string[] {
  const groups = Map.groupBy(
    toRun.filter(({ goesOnAfter }) => goesOnAfter > 0),
    ({ plan, goesOnAfter }) => `${plan.config.train.epochs - goesOnAfter} of ${plan.config.train.epochs} epochs`,
  );
  return [...groups].map(([left, { length, 0: first }]) => {
    const each = length === 1 ? 'of 1 trial: it goes on' : `each of ${formatCount(length)} trials: they go on`;
    return `${left} ${each} from epoch ${first!.goesOnAfter} of an earlier plan`;
  });
}

/** What varies: name, the values, how many they are. */
function describeAxes({ spec, trials }: PlannedSweep, columns: number): string[] {
  // Values in the order of the search; those that only `try` names come last.
  const named = new Set(spec.tried.map((parameters) => JSON.stringify(parameters)));
  const isTried = ({ config }: TrialPlan): boolean => named.has(JSON.stringify(config.parameters));
  const [tried, searched] = [true, false].map((which) => trials.filter((trial) => isTried(trial) === which));
  const configurations = [...searched!, ...tried!].map(({ config }) => ({ params: config.parameters }));
  const axes = sweptParameters(spec).map((name) => {
    return { name, text: describeValues(spec, name, distinctValues(configurations, name)) };
  });
  axes.push({ name: 'seed', text: describeSeeds(spec.seeds) });
  const nameColumns = Math.max(...axes.map(({ name }) => name.length));
  return axes.map(({ name, text }) => {
    const head = `  ${name.padEnd(nameColumns)}  `;
    return wrap(text, columns, ' '.repeat(head.length), head);
  });
}

const MAX_LISTED_DRAWS = 8;

/** `0.5  1  2   (3 values)`; of many draws from a range the ends: `0.0012 … 0.93   (20 values drawn)`. */
function describeValues({ axes, when, search, tried }: PlannedSweep['spec'], name: string, found: unknown[]): string {
  const axis = axes.find(({ parameter }) => parameter === name);
  const possible = axis && possibleValues({ axes, when }, axis);
  const declared = possible && [...possible, ...tried.flatMap((parameters) => parameters[name] ?? [])];
  // Draws come in any order; choices are known in the order of the file.
  const position = (value: unknown): number =>
    typeof value === 'number' ? value : (declared ?? []).findIndex((choice) => isSameValue(choice, value));
  if (isLearning(search)) {
    if (declared !== undefined)
      return `${declared.map(formatValue).join('  ')} ${unbroken(`  (${count(declared.length, 'value')})`)}`;
    if (axis?.domain.kind === 'range') {
      const { min, max, scale } = axis.domain;
      return `${formatValue(min)} … ${formatValue(max)} ${unbroken(`  (a ${scale === 'log' ? 'log ' : ''}range)`)}`;
    }
  }
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

/** Every trial, a line each. */
export function trialLines({ spec }: PlannedSweep, { prospects, idLength }: Outlook): string[] {
  const names = sweptParameters(spec);
  return prospects.map((prospect) => {
    const { id, seed, config } = prospect.plan;
    const parameters = describeParams({ ...config.parameters, seed }, [...names, 'seed']);
    const fate = describeProspect(prospect);
    return `${shortId(id, idLength)}  ${parameters}${fate === '' ? '' : `  ${fate}`}`;
  });
}

function describeProspect({ step, source, own, resumes, goesOnAfter }: Prospect): string {
  switch (step) {
    case 'keep':
      return own?.state === 'completed' ? `finished in ${plain(source)}` : `${own!.state} in ${plain(source)}`;
    case 'take_over':
      return `finished in ${plain(source)}`;
    case 'retry':
      return 'failed before, to be tried again';
    case 'train':
      if (goesOnAfter > 0) return `to go on from epoch ${goesOnAfter} of an earlier plan`;
      return resumes ? 'to go on from its last checkpoint' : '';
  }
}

/** `vae-sweep.plan/1`. */
export function planJson({ spec, teaching, warnings, missingData }: PlannedSweep, outlook: Outlook, isListed: boolean) {
  const { prospects, kept, takenOver, toRun, unknown, time } = outlook;
  return {
    schema: 'vae-sweep.plan/1',
    sweep: spec.name,
    dataset: spec.dataset.name,
    metric: spec.objective.metric,
    goal: spec.objective.goal,
    configurations: outlook.configurations,
    seeds: spec.seeds,
    confirmation: spec.confirm && { ...spec.confirm, trials: confirmingCount(outlook) },
    trials: {
      total: prospects.length + unknown,
      finished: kept.length + takenOver.length + outlook.confirmedBefore,
      to_run: toRun.length + unknown - outlook.confirmedBefore,
      to_propose: unknown - outlook.toConfirm,
      reused: takenOver.length,
      resumed: outlook.resumed,
      retried: outlook.retried,
    },
    devices: outlook.devices.map(({ label, slots }) => ({ label, slots })),
    seconds: { low: time.lowSeconds, high: time.highSeconds, measured_trials: time.measuredTrials },
    disk_bytes: outlook.bytes,
    ...(isListed && {
      list: prospects.map(({ plan: { id, configId, seed, config }, step, source, resumes, goesOnAfter }) => ({
        trial: id,
        config_id: configId,
        seed,
        params: config.parameters,
        finished_in: step === 'keep' || step === 'take_over' ? source : null,
        step,
        resumes,
        goes_on_after: goesOnAfter,
      })),
    }),
    to_test: outlook.toTest,
    outside_plan: outlook.outside,
    trained_elsewhere: [...outlook.trainedElsewhere.values()].reduce((sum, trials) => sum + trials, 0),
    budget_left: outlook.budgetLeft,
    affordable: outlook.affordable,
    learns_from: {
      configurations: teaching.lessons.length,
      recorded: teaching.isRecorded,
      sweeps: teaching.sources.map(({ sweep, configurations, lessons, leftOut }) => ({
        sweep,
        configurations,
        usable: lessons.length,
        left_out: leftOut,
      })),
    },
    warnings: [...warnings, ...(outlook.changedData === null ? [] : [outlook.changedData])],
    missing_data: missingData,
  };
}
