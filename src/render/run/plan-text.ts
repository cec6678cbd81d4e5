/** What a plan says, for a terminal. */
import { sampleNoun } from '../../text/sample-noun.ts';
import { ASSUMED_GFLOPS, type TimeEstimate } from '../../analysis/progress/cost.ts';
import { describeLeftOut } from '../../analysis/search/lessons.ts';
import type { Outlook } from '../../analysis/progress/outlook.ts';
import type { Prospect } from '../../analysis/progress/prospects.ts';
import { quantityOf } from '../../metrics/index.ts';
import { describeBudget } from '../../text/describe-budget.ts';
import { count, formatCount, formatNumber } from '../../text/format-number.ts';
import type { LearnedSearch } from '../../sweep-file/expansion/learned-search.ts';
import type { Teaching } from '../../run/lessons.ts';
import type { PlannedSweep } from '../../plan-sweep.ts';
import { joinWords } from '../../text/join-words.ts';
import { plain } from '../../text/printable.ts';
import type { TrialPlan } from '../../trial/trial.ts';
import { seedsText } from '../report/confirmation-text.ts';
import { formatBytes, formatRoughly } from '../format.ts';
import { describePruning } from './pruning-text.ts';
import { nextLine, wrap, type Layout } from '../layout/text.ts';
import { describeAxes } from './plan-axes.ts';
import { describeSteps } from './plan-steps.ts';

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
export function confirmingCount({ prospects, toConfirm }: Outlook): number {
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

function formatTime({ lowSeconds, highSeconds, measuredTrials }: TimeEstimate): string {
  const [low, high] = [formatRoughly(lowSeconds), formatRoughly(highSeconds)];
  const basis =
    measuredTrials > 0
      ? `from ${count(measuredTrials, 'finished trial')} here`
      : `assuming ${ASSUMED_GFLOPS} GFLOP/s a core where no finished trial tells`;
  return `${low === high ? low : `${low} to ${high}`}   (${basis})`;
}
