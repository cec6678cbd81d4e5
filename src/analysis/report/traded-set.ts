import type { Goal } from '../../metrics/metric.ts';
import { hypervolume } from '../../search/hypervolume.ts';
import { nonDominated, type LossVector } from '../../search/non-dominated.ts';
import type { TradedObjective } from '../../sweep-file/spec.ts';
import type { ConfigurationSummary } from './report-model.ts';
import { CONFIDENCE, type Estimate } from '../statistics/statistics.ts';
import { criticalT } from '../statistics/student-t.ts';
import { differencesOf, type SeedValues } from './versus-best.ts';

/** What a sweep of several objectives came to: no single best, but a set. */
export interface TradedSet {
  readonly objectives: readonly {
    readonly metric: string;
    readonly goal: Goal;
    /** What the hypervolume reaches up to. */
    readonly reference: number;
    /** By the spec; otherwise it is the worst mean there is. */
    readonly isGiven: boolean;
  }[];
  /** By means: none of `of` is as good in all objectives and better in one. In order of the first objective, best first. */
  readonly members: readonly TradedMember[];
  /** Configurations that were looked at: those of which every seed has ended with all objectives. */
  readonly of: number;
  readonly leftOut: number;
  /** Of the members' means, in the product of the metrics' units. */
  readonly hypervolume: number;
}

export interface TradedMember extends Pick<ConfigurationSummary, 'configId' | 'rank' | 'params'> {
  /** In the order of the objectives. */
  readonly values: readonly Estimate[];
  /**
   * Whether the seeds tell it from each other configuration in an objective in which it is the better one: then it belongs to the
   * set, with 95 % for this member. Null where no configuration has seeds enough to know any noise.
   */
  readonly isCertain: boolean | null;
}

/** `seeds`: of each of the configurations, by place, its values of a metric. Null without objectives. */
export function tradedSet(
  configurations: readonly ConfigurationSummary[],
  objectives: readonly TradedObjective[],
  seeds: (place: number, metric: string) => SeedValues,
): TradedSet | null {
  if (objectives.length === 0) return null;
  const judged = configurations.flatMap((one, place) => {
    const values = objectives.flatMap(({ metric }) => one.metrics[metric] ?? []);
    const isWhole = values.length === objectives.length && one.trials.length === one.planned;
    return isWhole
      ? [{ ...one, place, values, losses: values.map((value, i) => lossOf(value.mean, objectives[i]!)) }]
      : [];
  });
  const references = objectives.map((objective, i) => {
    if (objective.reference !== null) return lossOf(objective.reference, objective);
    return judged.reduce((worst, { losses }) => Math.max(worst, losses[i]!), -Infinity);
  });
  const set = nonDominated(judged, ({ losses }) => losses).sort((a, b) => a.losses[0]! - b.losses[0]!);
  const certainty = certaintyOf(
    objectives.map(({ metric, goal }) => ({ goal, values: judged.map(({ place }) => seeds(place, metric)) })),
  );
  return {
    objectives: objectives.map(({ metric, goal, reference }, i) => {
      return { metric, goal, reference: lossOf(references[i]!, { goal }), isGiven: reference !== null };
    }),
    members: set.map((one) => {
      const { configId, rank, params, values } = one;
      return { configId, rank, params, values, isCertain: certainty(judged.indexOf(one)) };
    }),
    of: judged.length,
    leftOut: configurations.length - judged.length,
    hypervolume: hypervolume(
      set.map(({ losses }): LossVector => losses),
      references,
    ),
  };
}

/** To be made small; the same takes it back. */
function lossOf(value: number, { goal }: { readonly goal: Goal }): number {
  return goal === 'maximize' ? -value : value;
}

/**
 * That a configuration belongs to the set is that against each other there is an objective in which it is better. Each of these
 * claims is tested at 5 %, shared by the objectives (Bonferroni); all of them are needed, so more of them need no
 * correction (an intersection–union test: Berger 1982).
 */
function certaintyOf(
  objectives: readonly { readonly goal: Goal; readonly values: readonly SeedValues[] }[],
): (place: number) => boolean | null {
  const count = objectives[0]!.values.length;
  const differences = objectives.map(({ goal, values }) => ({
    sign: goal === 'maximize' ? -1 : 1,
    of: differencesOf(values),
  }));
  const confidence = 1 - (2 * (1 - CONFIDENCE)) / objectives.length;
  return (place) => {
    let isKnown = count === 1;
    const isToldFrom = (other: number): boolean =>
      differences.some(({ sign, of }) => {
        const { mean, error, freedom } = of(place, other);
        if (freedom === 0) return false;
        isKnown = true;
        return sign * mean > criticalT(freedom, confidence) * error;
      });
    const others = Array.from({ length: count }, (_, i) => i).filter((other) => other !== place);
    const isCertain = others.every(isToldFrom);
    return isKnown ? isCertain : null;
  };
}
