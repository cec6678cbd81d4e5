import { scaleOf } from '../../model/scale.ts';
import type { SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import type { FoldedResult, Lesson } from '../../sweep-file/expansion/learned-search.ts';
import { outsideSpace } from '../../sweep-file/expansion/outside-space.ts';
import type { LearningSearch, SweepSpec } from '../../sweep-file/spec.ts';
import { trialPlans } from '../../sweep-file/expansion/trial-plans.ts';
import { hashedDataset, NUMERICS_VERSION } from '../../trial/identity.ts';
import { isSettled } from '../../trial/state.ts';
import type { ConfigId, DatasetSettings, TrialConfig, TrialPlan } from '../../trial/trial.ts';
import { foldResults } from './fold-results.ts';
import { foldSeeds, type Configuration } from '../ranking.ts';

/** Of one sweep: what a search can learn from it, and why not from the rest. */
export interface Lessons {
  readonly sweep: string;
  readonly configurations: number;
  readonly lessons: readonly Lesson[];
  /** How many configurations by reason, the most frequent first. */
  readonly leftOut: readonly { readonly reason: string; readonly configurations: number }[];
}

export interface Pupil {
  readonly spec: SweepSpec & { readonly search: LearningSearch; readonly dataset: DatasetSettings };
  readonly fingerprint: string;
}

/**
 * What the finished configurations of another sweep tell a search: those that it could have proposed itself, and would have
 * trained to the same bits, seed by seed. What was pruned counts, as it does in its own search, as what it had when it was
 * (`prunedAt`, by the search's metric; undefined where that isn't known).
 */
export function lessonsOf(
  { sweep, trials, outside }: SweepSnapshot,
  { spec, fingerprint }: Pupil,
  prunedAt: (configuration: ConfigId) => number | undefined,
): Lessons {
  const plansOf = trialPlans(spec, fingerprint);
  const outsideOf = outsideSpace(spec);
  const reasons = new Map<string, number>();
  // As its own search would: what confirms the best has no part in it.
  const configurations = foldSeeds([...trials, ...outside].filter(({ phase }) => phase !== 'confirm'));
  const lessons = configurations.flatMap((configuration): Lesson[] => {
    const { id: configId, config } = configuration;
    const { parameters } = config;
    const found =
      unlike(configuration, plansOf(parameters)(0), outsideOf(parameters)) ??
      resultOf(configuration, spec.objective.metric, prunedAt(configId));
    if (typeof found !== 'string') return [{ sweep: sweep.name, configId, parameters, ...found }];
    reasons.set(found, (reasons.get(found) ?? 0) + 1);
    return [];
  });
  const leftOut = [...reasons].map(([reason, count]) => ({ reason, configurations: count }));
  return {
    sweep: sweep.name,
    configurations: configurations.length,
    lessons,
    leftOut: leftOut.sort((a, b) => b.configurations - a.configurations),
  };
}

/** Why a configuration is not one of the search's; undefined where it is. */
function unlike(
  { id, config, trials }: Configuration,
  { configId, config: own }: TrialPlan,
  outside: string | undefined,
): string | undefined {
  if (!isSameSettings(hashedDataset(config.dataset), hashedDataset(own.dataset))) return 'on other data';
  if (config.train.epochs !== own.train.epochs) return `with epochs: ${config.train.epochs}`;
  if (!isSameSettings(config.train, own.train)) return 'with another batch_size or clip_norm';
  const families = [config, own].map(scaleOf);
  if (families[0] !== families[1]) return 'of another family of likelihoods';
  if (outside !== undefined) return `outside this space by ${outside}`;
  if (id === configId) return undefined;
  if (hashesOf(config) !== hashesOf(own)) return "with other definitions of one's own";
  return trials.some(({ numericsVersion }) => numericsVersion !== NUMERICS_VERSION)
    ? "by an earlier version's arithmetic"
    : 'on other data';
}

function hashesOf({ ownLikelihood, ownMetrics = [] }: TrialConfig): string {
  return [ownLikelihood?.hash, ...ownMetrics.map(({ name, hash }) => `${name} ${hash}`)].join();
}

function isSameSettings(a: object, b: object): boolean {
  const text = (one: object): string => JSON.stringify(Object.entries(one).sort(([x], [y]) => (x < y ? -1 : 1)));
  return text(a) === text(b);
}

/** What it came to, or why that can't be said. */
function resultOf({ trials }: Configuration, metric: string, pruned: number | undefined): FoldedResult | string {
  if (!trials.every(({ state }) => isSettled(state))) return 'not finished';
  if (trials.some(({ state }) => state === 'pruned')) {
    return pruned === undefined ? `pruned, without ${metric}` : { value: pruned, error: null };
  }
  const value = ({ metrics }: TrialRecord): number | undefined => metrics[metric];
  if (trials.some((trial) => trial.state === 'completed' && value(trial) === undefined)) return `without ${metric}`;
  return foldResults(trials, metric)!;
}

/** Of several sweeps each configuration once, by the first that has it. */
export function eachOnce(all: readonly Lessons[]): Lesson[] {
  const lessons = all.flatMap((one) => one.lessons);
  const first = new Map(lessons.toReversed().map((lesson) => [lesson.configId, lesson]));
  return lessons.filter((lesson) => first.get(lesson.configId) === lesson);
}

/** `12 with epochs: 5, 3 outside this space by beta`. */
export function describeLeftOut({ leftOut }: Lessons): string {
  return leftOut.map(({ reason, configurations }) => `${configurations} ${reason}`).join(', ');
}
