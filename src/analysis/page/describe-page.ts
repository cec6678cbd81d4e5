import type { AttemptRecord, MetricRow, SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import type { SweepSpec } from '../../sweep-file/spec.ts';
import { quantityOf } from '../../metrics/index.ts';
import { measure } from '../metric.ts';
import { describeParams } from '../parameters.ts';
import type { ConfigurationSummary, ReportModel } from '../report/report-model.ts';
import { estimate, type Interval } from '../statistics/statistics.ts';
import { isInitial, type CourseStep } from '../search/search-course.ts';
import { axesOf, placeOn } from './axes.ts';
import type { Effects } from '../effects/effects.ts';
import { pageEffects } from './page-effects.ts';
import { failuresOf } from './failures.ts';
import { saidOf } from '../../text/sample-noun.ts';
import { curvesOf } from './learning-curves.ts';
import type { PageAxis, PageConfiguration, PageModel, PageStep, PageTimeline } from './page-model.ts';
import { timelineOf } from './timeline.ts';

export interface PageSources {
  readonly report: ReportModel;
  /** The trials that the report is about. */
  readonly trials: readonly TrialRecord[];
  readonly sweep: SweepSnapshot['sweep'];
  /** Undefined where an earlier version's can't be read any more. */
  readonly spec: SweepSpec | undefined;
  readonly metrics: Iterable<MetricRow>;
  /** Of each trial. */
  readonly attempts: readonly (readonly AttemptRecord[])[];
  readonly effects: Effects;
  readonly now: Date;
}

/** What the page shows, from what the report says and the records behind it. */
export function describePage({ report, trials, sweep, spec, metrics, attempts, effects, now }: PageSources): PageModel {
  const { metric, goal, differing, configurations } = report;
  const { label, unit, decimals } = quantityOf(metric);
  const split = report.epoch === 'last' ? (metric.startsWith('test/') ? 'test' : 'train') : 'val';
  const axes = axesOf(configurations, differing, spec);
  const places = new Map(trials.map(({ id }, place) => [id, place]));
  const byConfig = Map.groupBy(trials, ({ configId }) => configId);
  const described = configurations.map((one) =>
    describeConfiguration(one, byConfig.get(one.configId) ?? [], { metric, split, axes, differing, places, report }),
  );
  const configPlaces = new Map(configurations.map(({ configId }, place) => [configId, place]));
  const pageTrials = trials.map((trial) => ({
    id: trial.id.slice(0, report.idLength),
    configuration: configPlaces.get(trial.configId)!,
    seed: trial.seed,
    state: trial.state,
    device: trial.device,
    bestEpoch: trial.bestEpoch,
    value: trial.state === 'completed' ? (measure(trial, metric) ?? null) : null,
    rate: trial.metrics[`${split}/kl`] ?? null,
    distortion: trial.metrics[`${split}/reconstruction`] ?? null,
  }));
  const timeline = timelineOf(
    pageTrials,
    trials.map(({ reusedFrom }) => reusedFrom !== null),
    attempts,
    goal,
    now,
  );
  return {
    schema: 'vae-sweep.page/1',
    sweep: sweep.name,
    metric: { name: metric, label, unit: saidOf(report.noun, unit), decimals, goal },
    split,
    axes,
    configurations: described,
    trials: pageTrials,
    pareto: paretoOf(report, described),
    effects: pageEffects(effects),
    curves: curvesOf(
      trials.map(({ id }) => id),
      metrics,
      metric,
      report.noun,
    ),
    timeline,
    course: report.search && courseSteps(report.search.course, configPlaces, trials, timeline),
    failures: failuresOf(trials, differing),
  };
}

/** `at` is of the trials that a search proposed, not of those that confirm the best. */
function courseSteps(
  course: readonly CourseStep[],
  configPlaces: ReadonlyMap<string, number>,
  trials: readonly TrialRecord[],
  { attempts }: PageTimeline,
): PageStep[] {
  const ends = new Map<string, number>();
  for (const { trial, end } of attempts) {
    const { configId, phase } = trials[trial]!;
    if (phase !== 'confirm') ends.set(configId, Math.max(end, ends.get(configId) ?? 0));
  }
  return course.flatMap(({ configId, ...step }) => {
    const configuration = configPlaces.get(configId);
    const at = ends.get(configId) ?? null;
    return configuration === undefined ? [] : [{ ...step, configuration, isInitial: isInitial(step), at }];
  });
}

interface Surroundings {
  readonly metric: string;
  readonly split: PageModel['split'];
  readonly axes: readonly PageAxis[];
  readonly differing: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly report: ReportModel;
}

function describeConfiguration(
  one: ConfigurationSummary,
  members: readonly TrialRecord[],
  { metric, split, axes, differing, places, report }: Surroundings,
): PageConfiguration {
  const { rank, params, metrics, standing } = one;
  const bySeed = members.toSorted((a, b) => a.seed - b.seed);
  const first = one.trials[0] ?? bySeed[0]!.id;
  const latentDim = bySeed[0]!.config.parameters['latent_dim'];
  return {
    id: first.slice(0, report.idLength),
    rank,
    label: describeParams(params, differing),
    at: axes.map((axis) => placeOn(axis, params)),
    value: rank === null ? null : intervalOf(metrics[metric]),
    standing,
    rate: intervalOf(metrics[`${split}/kl`]),
    distortion: intervalOf(metrics[`${split}/reconstruction`]),
    activeUnits: metrics[`${split}/active_units`]?.mean ?? null,
    latentDim: typeof latentDim === 'number' ? latentDim : 0,
    klPerDimension: sortedKl(bySeed),
    seconds: metrics['seconds']?.mean ?? null,
    trials: bySeed.map(({ id }) => places.get(id)!),
  };
}

function intervalOf(found: Interval | undefined): Interval | null {
  return found === undefined ? null : { mean: found.mean, low: found.low, high: found.high };
}

function paretoOf(
  { trade, configurations }: ReportModel,
  described: readonly PageConfiguration[],
): PageModel['pareto'] {
  if (trade === null) return null;
  const optimal = new Set(trade.optimal.map(({ configId }) => configId));
  const rate = (place: number): number => described[place]!.rate?.mean ?? Infinity;
  const places = configurations.flatMap(({ configId }, place) => (optimal.has(configId) ? [place] : []));
  return { places: places.sort((a, b) => rate(a) - rate(b)), of: trade.of, leftOut: trade.leftOut };
}

/** Which dimension carries what is arbitrary in each trial, so they are matched by size. */
function sortedKl(trials: readonly TrialRecord[]): number[] | null {
  const sorted = trials
    .filter(({ state }) => state === 'completed')
    .flatMap(({ klPerDimension }) => (klPerDimension === null ? [] : [klPerDimension.toSorted((a, b) => b - a)]));
  return (
    sorted[0]?.map((_, dimension) => {
      return Number(estimate(sorted.map((kl) => kl[dimension] ?? 0)).mean.toPrecision(4));
    }) ?? null
  );
}
