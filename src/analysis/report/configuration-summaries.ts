/** Each configuration as a row of the report: its means over seeds, and how it stands beside the best. */
import { measure, measuredNames } from '../metric.ts';
import { hasLost, isContender, valuesOf, type Configuration, type Ranking } from '../ranking.ts';
import type { ConfigurationSummary, ReportModel } from './report-model.ts';
import { estimate } from '../statistics/statistics.ts';
import { trainedOn } from '../trained-on.ts';
import { differencesToBest } from './versus-best.ts';

export function summarizeRanked({ ranked, metric, goal }: Ranking): ConfigurationSummary[] {
  const whole = ranked.filter((configuration) => isContender(configuration) && !hasLost(configuration));
  const differences =
    whole.length < 2 || goal === null
      ? []
      : differencesToBest(
          whole.map((configuration) => seedValues(configuration, metric)),
          goal === 'maximize' ? 1 : -1,
        );
  const isAnyTied = differences.some(({ standing }) => standing === 'tied');
  return ranked.map((configuration, index) => {
    const isJudged = isContender(configuration);
    const vsBest = hasLost(configuration) || !isJudged ? null : (differences[index - 1] ?? null);
    const standing = !isJudged
      ? 'screened'
      : hasLost(configuration)
        ? 'lost'
        : goal === null
          ? null
          : (vsBest?.standing ?? 'best');
    const tied = standing === 'best' ? isAnyTied : standing === 'tied';
    const n = valuesOf(configuration, metric).length;
    return { ...fold(configuration), rank: index + 1, n, standing, tied, vsBest };
  });
}

export function countStandings(ranked: readonly ConfigurationSummary[]): ReportModel['standings'] {
  const groups = Map.groupBy(ranked, ({ standing }) => standing);
  return Object.fromEntries(
    [...groups].flatMap(([standing, { length }]) => (standing === null ? [] : [[standing, length]])),
  );
}

export function seedValues({ completed }: Configuration, metric: string): Map<number, number> {
  return new Map(
    completed.flatMap((trial) => {
      const value = measure(trial, metric);
      return value === undefined ? [] : [[trial.seed, value] as const];
    }),
  );
}

export function summarizeUnranked(configuration: Configuration): ConfigurationSummary {
  const isPruned = configuration.trials.some(({ state }) => state === 'pruned');
  const standing = hasLost(configuration) ? 'lost' : isPruned ? 'pruned' : null;
  return { ...fold(configuration), rank: null, n: 0, standing, tied: false, vsBest: null };
}

function fold({ id, params, trials, judgedBy, completed, lost }: Configuration) {
  const metrics = measuredNames(completed).map((name) => {
    return [name, estimate(completed.flatMap((trial) => measure(trial, name) ?? []))] as const;
  });
  return {
    configId: id,
    params,
    trainedOn: trainedOn(trials[0]!),
    planned: judgedBy.length,
    lost: {
      diverged: lost.filter(({ state }) => state === 'diverged').length,
      failed: lost.filter(({ state }) => state === 'failed').length,
    },
    metrics: Object.fromEntries(metrics),
    trials: completed.map((trial) => trial.id),
    tags: [...new Set(trials.flatMap(({ tags }) => tags))].sort(),
  };
}
