import { mean } from 'simple-statistics';
import type { SweepRecord, TrialRecord } from '../store/read-model.ts';
import type { ConfigId, TrialConfig, TrialId } from '../trial/trial.ts';
import { quantityOf } from '../metrics/index.ts';
import { byFamily } from './families.ts';
import { findMetric, measure } from './metric.ts';
import type { Goal } from '../metrics/metric.ts';
import { assertComparable, assertSameObjective } from './comparable.ts';

/** The trials of one configuration: its seeds, in ascending order. */
export interface Configuration {
  readonly id: ConfigId;
  readonly params: TrialRecord['params'];
  readonly config: TrialConfig;
  readonly images: TrialRecord['images'];
  readonly trials: readonly TrialRecord[];
  /** How far it came in a sweep that confirms its best configurations with more seeds; null in all others. */
  readonly stage: Stage | null;
  /** Those of the trials that it is judged by: of a confirmed one not those that it was chosen by, which flatter it. */
  readonly judgedBy: readonly TrialRecord[];
  /** Those of these that count towards a mean. */
  readonly completed: readonly TrialRecord[];
  /** Those that ended without a result: what a mean over the others leaves out. */
  readonly lost: readonly TrialRecord[];
}

/** `chosen`: to be confirmed, and not yet judged by a seed that had no part in the choice. In the order of a ranking. */
const STAGES = ['confirmed', 'chosen', 'screened'] as const;
export type Stage = (typeof STAGES)[number];

export interface Ranking {
  readonly metric: string;
  /** Null where the metric has no better end: then there is an order, and no best. */
  readonly goal: Goal | null;
  /**
   * Best first, by the mean over completed seeds; without a goal, the largest first. The plan's order decides between
   * equals. Configurations that lost seeds come after all others: a mean over survivors says nothing of those that did
   * not survive. Those that are confirmed come before all that aren't.
   */
  readonly ranked: readonly Configuration[];
  /** Configurations without a completed trial that has the metric, in plan order. */
  readonly unranked: readonly Configuration[];
}

/** What a ranking needs of a sweep. */
export interface Rankable {
  readonly sweep: Pick<SweepRecord, 'objective'>;
  readonly trials: readonly TrialRecord[];
}

/** Folds trials that differ only in the seed, in plan order. */
export function foldSeeds(trials: readonly TrialRecord[]): Configuration[] {
  return [...Map.groupBy(trials, (trial) => trial.configId)].map(([id, members]) => {
    const bySeed = members.toSorted((a, b) => a.seed - b.seed);
    const { params, config, images } = bySeed[0]!;
    const confirming = bySeed.filter(({ phase }) => phase === 'confirm');
    const isConfirmed = confirming.some(({ state }) => state === 'completed');
    const judgedBy = isConfirmed ? confirming : bySeed.filter(({ phase }) => phase !== 'confirm');
    const completed = judgedBy.filter(({ state }) => state === 'completed');
    const isStaged = bySeed.some(({ phase }) => phase != null);
    const stage = !isStaged ? null : isConfirmed ? 'confirmed' : confirming.length > 0 ? 'chosen' : 'screened';
    const lost = bySeed.filter(({ state }) => state === 'diverged' || state === 'failed');
    return { id, params, config, images, trials: bySeed, stage, judgedBy, completed, lost };
  });
}

/** The metric's values over the completed seeds that have it. */
export function valuesOf(configuration: Configuration, metric: string): number[] {
  return configuration.completed.flatMap((trial) => measure(trial, metric) ?? []);
}

export function hasLost({ lost }: Configuration): boolean {
  return lost.length > 0;
}

/** Whether its place is a result: what was only chosen from, by the best of few seeds, has none. */
export function isContender({ stage }: Configuration): boolean {
  return stage === null || stage === 'confirmed';
}

/**
 * Ranks configurations by the sweep's objective, or by the metric `askedFor`, whose name may be short, towards its own
 * better end; sorts them where it has none.
 * @throws SweepError as `findMetric`; USAGE if the ranked configurations were measured on different data or with different
 *   likelihoods.
 */
export function rankConfigurations(
  snapshot: Rankable,
  trials: readonly TrialRecord[] = snapshot.trials,
  askedFor?: string,
): Ranking {
  const configurations = foldSeeds(trials);
  const completed = configurations.flatMap((configuration) => configuration.completed);
  const by = askedFor === undefined ? undefined : findMetric(askedFor, completed);
  const { objective: wanted } = snapshot.sweep;
  const metric = by ?? rankedMetric(wanted.metric, configurations);
  const goal = by === undefined || by === wanted.metric ? wanted.goal : quantityOf(by).goal;

  const order = orderConfigurations(configurations, metric, goal);
  assertComparable(order.ranked);
  assertSameObjective(metric, order.ranked);
  return { metric, goal, ...order };
}

/** The order of a ranking, whether or not the configurations may be compared. */
export function orderConfigurations(
  configurations: readonly Configuration[],
  metric: string,
  goal: Goal | null,
): Pick<Ranking, 'ranked' | 'unranked'> {
  const sign = goal === 'minimize' ? 1 : -1;
  const scored = configurations.map((configuration) => {
    const values = valuesOf(configuration, metric);
    return { configuration, order: values.length === 0 ? null : sign * mean(values) };
  });
  const ranked = scored
    .filter(({ order }) => order !== null)
    .sort(
      ({ configuration: a, order: first }, { configuration: b, order: second }) =>
        stageOrder(a) - stageOrder(b) || Number(hasLost(a)) - Number(hasLost(b)) || first! - second!,
    )
    .map(({ configuration }) => configuration);
  const unranked = scored.filter(({ order }) => order === null).map(({ configuration }) => configuration);
  return { ranked, unranked };
}

function stageOrder({ stage }: Configuration): number {
  return stage === null ? -1 : STAGES.indexOf(stage);
}

/**
 * The objective; for a single configuration that was trained without validation images, what stands in for it.
 * Several configurations are never ranked by test or training images.
 */
function rankedMetric(wanted: string, configurations: readonly Configuration[]): string {
  const [only] = configurations;
  if (configurations.length !== 1 || only === undefined || !wanted.startsWith('val/')) return wanted;
  if (only.config.dataset.validation !== 0) return wanted;
  const standIns = [wanted.replace('val/', 'test/'), wanted.replace('val/', 'train/')];
  return [wanted, ...standIns].find((metric) => valuesOf(only, metric).length > 0) ?? wanted;
}

/**
 * The completed trials, by seed, of the configuration the sweep selects: the best by the objective, or the only one
 * (also where nothing was held out to rank by); of several scales one of each family. Empty while there is none. These
 * are the trials that may see the test images.
 */
export function selectedTrials({ sweep, trials }: Rankable): readonly TrialId[] {
  return byFamily(trials).flatMap((family) => {
    const configurations = foldSeeds(family);
    const selected =
      configurations.length === 1 ? configurations[0] : rankConfigurations({ sweep, trials: family }).ranked[0];
    return (selected?.completed ?? []).map((trial) => trial.id);
  });
}

/** Completed trials whose test images are to be looked at and were not: the selected ones, or all where the spec says so. */
export function trialsToTest(
  snapshot: Rankable & { readonly sweep: Pick<SweepRecord, 'evaluateTest'> },
): readonly TrialId[] {
  const { sweep, trials } = snapshot;
  const wanted = new Set(sweep.evaluateTest === 'all' ? trials.map(({ id }) => id) : selectedTrials(snapshot));
  return trials
    .filter(({ id, state, metrics }) => wanted.has(id) && state === 'completed' && !isTested(metrics))
    .map(({ id }) => id);
}

function isTested(metrics: TrialRecord['metrics']): boolean {
  return Object.keys(metrics).some((name) => name.startsWith('test/'));
}
