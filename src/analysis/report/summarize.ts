import { sampleNoun } from '../../text/sample-noun.ts';
import type { LostWeights } from '../trial/lost-weights.ts';
import type { SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import { isFinished } from '../../trial/state.ts';
import { countStates } from '../progress/count-states.ts';
import { edgesOf } from './edges.ts';
import { resultKeys, selectTrials, type Filter } from '../filter.ts';
import { rateDistortion } from './pareto.ts';
import { distinctValues, parameterNames } from '../parameters.ts';
import { isNeutral } from '../../model/parameters.ts';
import { hasLost, isContender, rankConfigurations, trialsToTest, type Ranking } from '../ranking.ts';
import type { ConfigurationSummary, ReportModel, Warning } from './report-model.ts';
import { reportTable, testedRows } from './report-table.ts';
import { adviseSeeds } from './seed-advice.ts';
import { tradedSet } from './traded-set.ts';
import { commonTrainedOn } from '../trained-on.ts';
import { countOutdated } from '../whole-sweep.ts';
import type { TrialVerdict } from '../trial/verdict.ts';
import { reportWarnings } from './warnings.ts';
import type { TradedObjective } from '../../sweep-file/spec.ts';
import type { TrialId } from '../../trial/trial.ts';
import { findWinner } from './winner.ts';
import { countStandings, seedValues, summarizeRanked, summarizeUnranked } from './configuration-summaries.ts';

/** How many `--best` shows without a number. */
export const DEFAULT_BEST = 5;

export interface SummarizeOptions {
  /** Only so many of the best configurations; all, also those without a rank, if absent. */
  readonly best?: number | undefined;
  /** Rank by this metric instead of the sweep's objective. */
  readonly by?: string | undefined;
  readonly where?: Filter | undefined;
  /** How many digits of a trial's id to write; see `ReadModel.idLength`. */
  readonly idLength?: number | undefined;
  /** Whether the snapshot is of `wholeSweep`: suggested commands then ask for the same trials. */
  readonly all?: boolean | undefined;
  /** Of the trials, those without a file of weights. */
  readonly lostWeights?: readonly LostWeights[] | undefined;
  /** Of the trials, what their curves say. */
  readonly verdicts?: ReadonlyMap<TrialId, TrialVerdict> | undefined;
  /** Those of the spec, where it names several. */
  readonly objectives?: readonly TradedObjective[] | undefined;
}

/**
 * Folds the seeds of every configuration and ranks them by the objective at each trial's best epoch. What the seeds say
 * of each beside the best is told by versus-best.ts; with 95 % confidence the truly best configuration of those without
 * losses is one that isn't `worse`.
 *
 * A sweep without completed trials gives a model without ranked configurations.
 * @throws SweepError NOT_FOUND for an unknown metric `by`, USAGE where data or likelihoods differ
 */
export function summarize(
  snapshot: SweepSnapshot,
  { best, by, where, idLength, all = false, lostWeights = [], verdicts, objectives = [] }: SummarizeOptions = {},
): ReportModel {
  const { sweep } = snapshot;
  const trials = selectTrials(snapshot.trials, where);
  const ranking = rankConfigurations(snapshot, trials, by);
  const { metric, goal } = ranking;
  const names = parameterNames(trials, sweep.swept);
  const differing = names.filter((name) => distinctValues(trials, name).length > 1);
  const ranked = summarizeRanked(ranking);
  const contenders = ranking.ranked.filter(isContender);
  const isStaged = trials.some(({ phase }) => phase != null);
  const whole = [...ranked, ...ranking.unranked.map((one) => summarizeUnranked(one))];
  const folded = [...ranking.ranked, ...ranking.unranked];
  const configurations = best === undefined ? whole : ranked.slice(0, best);
  const [only, ...others] = testedRows(configurations);
  return {
    sweep: sweep.name,
    where: where ?? null,
    by: by === undefined ? null : metric,
    all,
    state: sweep.state,
    tags: sweep.tags,
    note: sweep.note,
    metric,
    goal,
    epoch: trials[0]?.config.dataset.validation === 0 ? 'last' : 'best',
    trials: countStates(trials),
    trainedOn: commonTrainedOn(trials),
    noun: sampleNoun(trials[0]?.config.dataset.own),
    parameters: names,
    differing,
    constants: findConstants(trials, names, differing),
    configurations,
    table: reportTable(configurations, { metric, goal, differing }),
    tested: only === undefined || others.length > 0 || metric.startsWith('test/') ? null : only,
    omitted: best === undefined ? 0 : Math.max(0, ranked.length - best),
    standings: countStandings(ranked),
    unranked: ranking.unranked.length,
    idLength,
    // Of the plan alone, also where the snapshot is of the whole sweep.
    untested:
      sweep.state === 'finished'
        ? trialsToTest({ ...snapshot, trials: snapshot.trials.filter(({ inPlan }) => inPlan) })
        : [],
    warnings: [...chosenByResult(where), ...reportWarnings(trials, ranking, ranked, differing, lostWeights, verdicts)],
    trade: tradeOf(ranked, contenders.length > 0 ? folded.filter(isContender).length : whole.length, metric),
    traded: tradedSet(whole, objectives, (place, name) => seedValues(folded[place]!, name)),
    edges:
      goal === null || ranked[0] === undefined
        ? []
        : edgesOf(
            ranked[0].params,
            trials.filter(({ state }) => isFinished(state)),
            differing,
            metric,
          ),
    advice: trials.every(({ state }) => isFinished(state))
      ? adviseSeeds(
          contenders,
          ranked,
          contenders.filter((one) => !hasLost(one)).map((one) => seedValues(one, metric)),
          isStaged
            ? contenders.flatMap((one) => one.trials.filter(({ inPlan }) => inPlan))
            : snapshot.trials.filter(({ inPlan }) => inPlan),
          isStaged,
        )
      : null,
    outside: snapshot.outside.length,
    outdated: countOutdated(snapshot.outside),
    search: null,
    confirmation: isStaged ? describeConfirmation(trials, ranking) : null,
    winner: findWinner({ ...ranking, ranked: contenders.length > 0 ? contenders : ranking.ranked }, differing, {
      ...snapshot,
      trials,
    }),
  };
}

function describeConfirmation(
  trials: readonly TrialRecord[],
  { ranked, unranked }: Ranking,
): NonNullable<ReportModel['confirmation']> {
  const seedsOf = (which: TrialRecord['phase']): number[] => {
    const seeds = new Set(trials.flatMap(({ phase, seed }) => (phase === which ? [seed] : [])));
    return [...seeds].sort((a, b) => a - b);
  };
  return {
    screened: ranked.length + unranked.length,
    confirmed: ranked.filter(isContender).length,
    chosenBy: seedsOf('screen'),
    judgedBy: seedsOf('confirm'),
  };
}

/** Means over trials that were picked by how they did say nothing of the configuration. */
function chosenByResult(where: Filter | undefined): Warning[] {
  const keys = resultKeys(where ?? null);
  return keys.length === 0 ? [] : [{ kind: 'chosen_by_result', trials: [], keys }];
}

/** Once some are confirmed, of these alone: one seed of what was only screened can't be held against their means. */
function tradeOf(ranked: readonly ConfigurationSummary[], all: number, metric: string): ReportModel['trade'] {
  const confirmed = ranked.filter(({ standing }) => standing !== 'screened');
  return rateDistortion(confirmed.length === 0 ? ranked : confirmed, all, metric);
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
    })
    .filter(({ name, value }) => !isNeutral(name, value));
  const common = commonTrainedOn(trials)!;
  const settings = [
    { name: 'epochs', value: common.planned_epochs },
    { name: 'batch_size', value: common.batch_size },
    { name: 'clip_norm', value: common.clip_norm },
  ]
    // With `--all` they are parameters, and stand there.
    .filter(({ name, value }) => value !== null && !names.includes(name))
    .map((setting) => ({ ...setting, isPartial: false }));
  return [...parameters, ...settings];
}
