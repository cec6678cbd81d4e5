import { createHash } from 'node:crypto';
import { chooseSampler, type SamplerChoice } from '../../search/auto.ts';
import { bayes } from '../../search/bayes.ts';
import type { Observation } from '../../search/history.ts';
import { asOneLoss, type TradedObservation } from '../../search/one-loss.ts';
import { isLearnt, propose, type Proposing } from '../../search/propose.ts';
import type { Sampler } from '../../search/sampler.ts';
import { tpe } from '../../search/tpe.ts';
import { NUMERICS_VERSION } from '../../trial/identity.ts';
import type { Point } from '../../search/space.ts';
import type { ConfigId, Objective, TrialPlan } from '../../trial/trial.ts';
import type { Parameters } from '../../model/parameter.ts';
import { searchSpace } from './search-space.ts';
import { trialPlans } from './trial-plans.ts';
import type { LearnerName } from './samplers.ts';
import type { LearningSearch, SweepSpec } from '../spec.ts';

/**
 * Raise when what an earlier version proposed can't be gone on with. A sampler that became better is no reason: recorded
 * proposals stay what they are, and it proposes those that follow.
 */
const SEARCH_VERSION = 2;

/** What all seeds of a configuration came to in one metric. */
export interface FoldedMetric {
  /** Mean, as the metric has it; null where a seed failed or diverged. */
  readonly value: number | null;
  /** Standard error of that mean; null with one seed. */
  readonly error: number | null;
}

/** The same of the objective. */
export interface FoldedResult extends FoldedMetric {
  /** Of each of several objectives, in the order of the spec; absent where there is one. */
  readonly traded?: readonly FoldedMetric[] | undefined;
}

/** What a configuration of another sweep came to, known before the search begins. Of several objectives there are none. */
export interface Lesson extends FoldedMetric {
  readonly sweep: string;
  readonly configId: ConfigId;
  readonly parameters: Parameters;
}

/**
 * A spec whose trials are proposed one after another. Proposal i, from 0, follows from the results of the proposals up to
 * i − `lookahead`, from what else was proposed before it and from the lessons: from nothing else, so neither the order in which
 * trials end nor a kill changes it. The first are those of `try`.
 */
export interface LearnedSearch {
  /** A hash of all that proposals depend on but results: one version gives equal proposals for equal keys and results. */
  readonly key: string;
  /** How many configurations at most. */
  readonly proposals: number;
  readonly lookahead: number;
  readonly seeds: readonly number[];
  readonly objective: Objective;
  /** What it goes towards in place of the objective; empty for that. */
  readonly objectives: readonly Objective[];
  /** As the spec names it; `because` says what `auto` stands for, and why. */
  readonly kind: LearnerName;
  readonly because: string | null;
  /** What `learn_from` comes to as long as nothing is on record: a run goes by what is (`SweepStore.recordLessons`). */
  readonly lessons: readonly Lesson[];
  /** The same search, with these lessons. */
  taught(lessons: readonly Lesson[]): LearnedSearch;
  /** Who proposes at an index; `even`: nobody learns yet, and points are spread evenly. */
  samplerAt(index: number): 'try' | 'even' | SamplerChoice;
  /** How many results the proposal at an index knows: those of the first so many. */
  seenBy(index: number): number;
  /** The next configuration after `before`, of which the first have these results; undefined where there seems to be none. */
  next(before: readonly Parameters[], results: readonly FoldedResult[]): Parameters | undefined;
  /** Its trials, one a seed. */
  trialsOf(parameters: Parameters): TrialPlan[];
}

/** Of a spec as `effectiveSettings` leaves it; undefined where the search doesn't learn. */
export function learnedSearch(
  spec: SweepSpec & { readonly search: LearningSearch },
  fingerprint: string,
  lessons: readonly Lesson[] = [],
): LearnedSearch {
  const { search, tried, seeds, objective, objectives } = spec;
  const space = searchSpace(spec);
  const proposals = tried.length + search.trials;
  const { kind } = search;
  const auto = kind === 'auto' ? chooseSampler(space.dimensions) : undefined;
  const samplers: Record<SamplerChoice, Sampler> = { tpe, bayes: bayes() };
  const observed = (point: Point, { value, error }: FoldedMetric): Observation => {
    return { point, loss: value === null ? null : lossOf(value, objective), error };
  };
  const known = lessons.map(({ parameters, value, error }) => observed(space.pointOf(parameters), { value, error }));
  // By how many results there are at most.
  const learnerAt = (index: number): SamplerChoice => (kind === 'auto' ? auto!.at(lessons.length + index) : kind);
  const plansOf = trialPlans(spec, fingerprint);
  const seenBy = (index: number): number => Math.max(0, index - search.lookahead + 1);

  return {
    key: keyOf(spec, fingerprint),
    ...{ kind, proposals, seeds, objective, objectives, seenBy, lessons },
    taught: (others) => learnedSearch(spec, fingerprint, others),
    lookahead: search.lookahead,
    because: auto?.because ?? null,

    samplerAt(index) {
      if (index < tried.length) return 'try';
      return isLearnt(lessons.length + index, lessons.length + seenBy(index)) ? learnerAt(index) : 'even';
    },

    next(before, results) {
      const index = before.length;
      if (index < tried.length) return tried[index];
      const seen = seenBy(index);
      if (results.length < seen) throw new Error(`proposal ${index} needs ${seen} results, and has ${results.length}`);
      const points = before.map((parameters) => space.pointOf(parameters));
      const learner = learnerAt(index);
      const own = results.slice(0, seen);
      const observations =
        objectives.length === 0
          ? [...known, ...own.map((result, i) => observed(points[i]!, result))]
          : asOneLoss(
              learner,
              own.map(({ traded = [] }, i) => ({ point: points[i]!, ...lossesOf(traded, objectives) })),
              search.seed,
              index,
            );
      const history = { observations, pending: points.slice(seen) };
      const proposing: Proposing<Parameters> = { space, sampler: samplers[learner], seed: search.seed };
      return propose(proposing, index - tried.length, history)?.configuration;
    },

    trialsOf(parameters) {
      return seeds.map(plansOf(parameters));
    },
  };
}

function lossOf(value: number, { goal }: Objective): number {
  return goal === 'maximize' ? -value : value;
}

function lossesOf(
  traded: readonly FoldedMetric[],
  objectives: readonly Objective[],
): Pick<TradedObservation, 'losses' | 'errors'> {
  const losses = traded.flatMap(({ value }, i) => (value === null ? [] : [lossOf(value, objectives[i]!)]));
  return { losses: losses.length < objectives.length ? null : losses, errors: traded.map(({ error }) => error) };
}

/** What a spec proposes whatever comes out: at most as many as may train at a time. */
export function firstProposals(search: LearnedSearch): Parameters[] {
  const first: Parameters[] = [];
  while (first.length < Math.min(search.proposals, search.lookahead)) {
    const next = search.next(first, []);
    if (next === undefined) break;
    first.push(next);
  }
  return first;
}

/** How many are asked for isn't part of it: a search with more `trials` goes on where it ended. */
function keyOf(spec: SweepSpec & { readonly search: LearningSearch }, fingerprint: string): string {
  const { axes, zip, when, exclude, where, tried, seeds, train, dataset, objective, objectives, search, prune, own } =
    spec;
  const asked = where.map(({ text }) => text);
  // Where a trial is trained is no part of a search.
  const rules = when.filter(({ then }) => Object.keys(then).length > 0).map(({ if: holds, then }) => [holds, then]);
  const facts = [
    ...[SEARCH_VERSION, NUMERICS_VERSION, search.kind, search.seed, search.lookahead, fingerprint],
    ...[
      axes,
      zip,
      rules,
      exclude,
      asked,
      tried,
      seeds,
      train,
      { ...dataset, path: undefined, own: undefined },
      objective,
    ],
    ...(own.likelihoods.length === 0 ? [] : [own.likelihoods.map(({ hash, likelihood }) => [likelihood.name, hash])]),
    ...(own.metrics.length === 0 ? [] : [own.metrics.map(({ name, hash }) => [name, hash])]),
    ...(prune === null ? [] : [prune]),
    ...(search.learnFrom.length === 0 ? [] : [search.learnFrom]),
    // A reference is the report's business.
    ...(objectives.length === 0 ? [] : [objectives.map(({ metric, goal }) => [metric, goal])]),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}
