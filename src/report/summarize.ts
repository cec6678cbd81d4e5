import type { SweepSnapshot, TrialRecord } from '../store/read-model.ts';
import { countStates } from './count-states.ts';
import { describeFilter, matches } from './filter.ts';
import type { Filter } from './filter.ts';
import { formatValue, shortIdLength } from './format.ts';
import { measure, measuredNames } from './metric.ts';
import { distinctValues, isSameValue, parameterNames } from './parameters.ts';
import { rankConfigurations, valuesOf } from './ranking.ts';
import type { Configuration, Ranking } from './ranking.ts';
import type { ConfigurationSummary, DifferenceToBest, ReportModel } from './report-model.ts';
import { estimate, includesZero, simultaneousConfidence, unpairedDifference } from './statistics.ts';
import { plain, shellWord } from './text.ts';
import { trainedOn } from './trained-on.ts';
import type { TrainedOn } from './trained-on.ts';
import { reportWarnings } from './warnings.ts';

/** How many `--best` shows without a number. */
export const DEFAULT_BEST = 5;

export interface SummarizeOptions {
  /** Only so many of the best configurations; all, also those without a rank, if absent. */
  readonly best?: number | undefined;
  /** Rank by this metric instead of the sweep's objective. */
  readonly by?: string | undefined;
  readonly where?: Filter | undefined;
  /** What suggested commands end with, e.g. ` --results other`. */
  readonly flags?: string | undefined;
}

/**
 * Folds the seeds of every configuration and ranks them by the objective at each trial's best epoch.
 *
 * `tied` asks whether the interval of the difference to the best includes 0: Student's t over the differences at shared
 * seeds, or the unpaired interval where fewer than two seeds are shared. These intervals hold together in 95 % of cases
 * (Bonferroni): the best was picked by the same figures, and the more there are to pick from, the luckier it is. So with
 * 95 % confidence the truly best configuration is the first or a tied one. Between two single seeds no interval exists,
 * so they count as tied.
 *
 * A sweep without completed trials gives a model without ranked configurations.
 * @throws SweepError NOT_FOUND for an unknown metric `by`, USAGE where data or likelihoods differ
 */
export function summarize(
  snapshot: SweepSnapshot,
  { best, by, where, flags = '' }: SummarizeOptions = {},
): ReportModel {
  const { sweep } = snapshot;
  const trials = where === undefined ? snapshot.trials : snapshot.trials.filter((trial) => matches(where, trial));
  const ranking = rankConfigurations(snapshot, trials, by);
  const { metric, goal } = ranking;
  const names = parameterNames(trials, sweep.swept);
  const differing = names.filter((name) => distinctValues(trials, name).length > 1);
  const ranked = summarizeRanked(ranking);
  const configurations =
    best === undefined ? [...ranked, ...ranking.unranked.map((one) => summarizeUnranked(one))] : ranked.slice(0, best);
  return {
    sweep: sweep.name,
    where: where === undefined ? null : describeFilter(where),
    state: sweep.state,
    metric,
    goal,
    epoch: trials[0]?.config.dataset.validation === 0 ? 'last' : 'best',
    trials: countStates(trials),
    trainedOn: trials[0] === undefined ? null : trainedOn(trials[0]),
    parameters: names,
    differing,
    constants: findConstants(trials, names, differing),
    configurations,
    omitted: best === undefined ? 0 : Math.max(0, ranked.length - best),
    warnings: reportWarnings(snapshot, trials, ranking, differing),
    next: nextCommands(snapshot, ranking, differing).map((command) => command + flags),
  };
}

function summarizeRanked({ ranked, metric }: Ranking): ConfigurationSummary[] {
  const [best] = ranked;
  if (best === undefined) return [];
  const confidence = simultaneousConfidence(ranked.length - 1);
  const others = ranked.slice(1).map((configuration, index) => {
    const vsBest = differenceToBest(best, configuration, metric, confidence);
    const n = valuesOf(configuration, metric).length;
    return { ...fold(configuration), rank: index + 2, n, tied: includesZero(vsBest), vsBest };
  });
  const n = valuesOf(best, metric).length;
  return [{ ...fold(best), rank: 1, n, tied: others.some(({ tied }) => tied), vsBest: null }, ...others];
}

function summarizeUnranked(configuration: Configuration): ConfigurationSummary {
  return { ...fold(configuration), rank: null, n: 0, tied: false, vsBest: null };
}

function fold({
  id,
  params,
  trials,
  completed,
}: Configuration): Pick<ConfigurationSummary, 'configId' | 'params' | 'trainedOn' | 'planned' | 'metrics' | 'trials'> {
  const metrics = measuredNames(completed).map((name) => {
    return [name, estimate(completed.flatMap((trial) => measure(trial, name) ?? []))] as const;
  });
  return {
    configId: id,
    params,
    trainedOn: trainedOn(trials[0]!),
    planned: trials.length,
    metrics: Object.fromEntries(metrics),
    trials: completed.map((trial) => trial.id),
  };
}

function differenceToBest(
  best: Configuration,
  other: Configuration,
  metric: string,
  confidence: number,
): DifferenceToBest {
  const bestBySeed = new Map(best.completed.map((trial) => [trial.seed, measure(trial, metric)]));
  const differences = other.completed.flatMap((trial) => {
    const [own, its] = [measure(trial, metric), bestBySeed.get(trial.seed)];
    return own === undefined || its === undefined ? [] : own - its;
  });
  if (differences.length >= 2) {
    const { mean, low, high } = estimate(differences, confidence);
    return { method: 'paired', mean, low, high };
  }
  return { method: 'unpaired', ...unpairedDifference(valuesOf(best, metric), valuesOf(other, metric), confidence) };
}

function findConstants(
  trials: readonly TrialRecord[],
  names: readonly string[],
  differing: readonly string[],
): ReportModel['constants'] {
  const [first] = trials;
  if (first === undefined) return [];
  const parameters = names
    .filter((name) => !differing.includes(name))
    .map((name) => {
      const isPartial = !trials.every(({ params }) => Object.hasOwn(params, name));
      return { name, value: distinctValues(trials, name)[0], isPartial };
    });
  const [one, ...others] = trials.map((trial) => trainedOn(trial)) as [TrainedOn, ...TrainedOn[]];
  const settings = (['planned_epochs', 'batch_size', 'clip_norm'] as const)
    .filter((name) => one[name] !== null && others.every((other) => other[name] === one[name]))
    .map((name) => ({ name: name === 'planned_epochs' ? 'epochs' : name, value: one[name], isPartial: false }));
  return [...parameters, ...settings];
}

/** Look at the winner; compare it with the next value of the parameter that the spec names first; write it down. */
function nextCommands({ sweep, trials }: SweepSnapshot, { ranked }: Ranking, differing: readonly string[]): string[] {
  const winner = ranked[0]?.completed[0];
  if (winner === undefined) return [];
  const commands = [`sweep show ${winner.id.slice(0, shortIdLength(trials.map(({ id }) => id)))}`];
  for (const name of differing) {
    if (!Object.hasOwn(winner.params, name)) continue;
    const value = winner.params[name];
    const rival = ranked.find(({ params }) => Object.hasOwn(params, name) && !isSameValue(params[name], value));
    if (rival === undefined) continue;
    const sides = [rival.params[name], value].map((side) => shellWord(`${name}=${formatValue(side)}`));
    commands.push(`sweep compare ${shellWord(plain(sweep.name))} ${sides.join(' ')}`);
    break;
  }
  return [...commands, `sweep report ${shellWord(plain(sweep.name))} --format md`];
}
