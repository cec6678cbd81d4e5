import { nonDominated } from '../../search/non-dominated.ts';
import type { ConfigId } from '../../trial/trial.ts';
import type { ConfigurationSummary } from './report-model.ts';

/** Configurations that trade rate against distortion, by their means over seeds: noise makes no part of it. */
export interface RateDistortion {
  /** Of which images: `val`. */
  readonly split: string;
  /**
   * None of `of` has both a lower rate R and a lower distortion D, or one of them lower and the other equal. In order of
   * rank; this front is what Alemi et al. (2018, "Fixing a Broken ELBO") draw.
   */
  readonly optimal: readonly { readonly configId: ConfigId; readonly rank: number }[];
  /** Configurations that were looked at: those of which every seed has ended with a result. */
  readonly of: number;
  /** Those that were not: they lost seeds, or wait for some. Whether they belong to the set, nobody knows. */
  readonly leftOut: number;
}

/** Of `all` configurations those that are `ranked`. Null where fewer than two have both terms. */
export function rateDistortion(
  ranked: readonly ConfigurationSummary[],
  all: number,
  metric: string,
): RateDistortion | null {
  const split = metric.includes('/') ? metric.slice(0, metric.indexOf('/')) : 'val';
  const points = ratePoints(ranked, split);
  if (points.length < 2) return null;
  const optimal = nonDominated(points, ({ rate, distortion }) => [rate, distortion]).map(({ configId, rank }) => ({
    configId,
    rank,
  }));
  return { split, optimal, of: points.length, leftOut: all - points.length };
}

/** Configurations of which every seed has ended with both terms, and their places in the list. */
function ratePoints(configurations: readonly ConfigurationSummary[], split: string) {
  return configurations.flatMap(({ configId, rank, planned, trials, metrics }, place) => {
    const [rate, distortion] = [metrics[`${split}/kl`], metrics[`${split}/reconstruction`]];
    if (rank === null || trials.length < planned || rate === undefined || distortion === undefined) return [];
    return [{ place, configId, rank, rate: rate.mean, distortion: distortion.mean }];
  });
}
