import { median } from 'simple-statistics';
import { weightsRemedy, type LostWeights } from '../lost-weights.ts';
import type { TrialRecord } from '../store/read-model.ts';
import { isFinished } from '../trial/state.ts';
import { count, formatNumber } from '../format-number.ts';
import { halfWidth, shortId } from '../render/format.ts';
import { quantityOf } from '../metrics/index.ts';
import { describeParams, distinctValues } from './parameters.ts';
import { hasLost, type Ranking } from './ranking.ts';
import type { ConfigurationSummary, Warning } from './report-model.ts';
import {
  describeFall,
  describeShortfall,
  FALL_ADVICE,
  hasHardlyLearnt,
  shortfallAdvice,
  shortfallOf,
} from './shortfall.ts';
import { plain } from '../printable.ts';

/** A trial's code carries nothing when its rate is below this many nats and no latent dimension is active. */
const COLLAPSED_KL_NATS = 0.1;

/** What a reader must know before believing the ranking, most serious first. */
export function reportWarnings(
  trials: readonly TrialRecord[],
  ranking: Ranking,
  configurations: readonly ConfigurationSummary[],
  differing: readonly string[],
  { idLength, lostWeights }: { idLength: number | undefined; lostWeights: readonly LostWeights[] },
): Warning[] {
  const describe = trialDescriber(differing, idLength);
  return [
    ...endedBadly('diverged', trials, describe),
    ...endedBadly('failed', trials, describe),
    ...withoutWeights(trials, lostWeights, describe),
    ...worseThanConstant(trials, describe),
    ...worseAfterBest(trials, describe),
    ...collapsed(trials, describe),
    ...unfinished(trials),
    ...seedsLost(ranking),
    // Seeds that are still to come are missing to nobody.
    ...(ranking.goal !== null && !trials.some(isOpen) ? fewSeeds(ranking, configurations) : []),
    ...weightedObjective(trials, ranking),
  ];
}

/** What follows `2 trials failed`: the trial, or the region that several share with the first of them. */
type DescribeTrials = (trials: readonly TrialRecord[]) => string;

function trialDescriber(differing: readonly string[], idLength: number | undefined): DescribeTrials {
  return (trials) => {
    const [first] = trials;
    if (first === undefined) return '';
    const shared = differing.filter(
      (name) => trials.every(({ params }) => Object.hasOwn(params, name)) && distinctValues(trials, name).length === 1,
    );
    const region = describeParams(first.params, shared);
    if (trials.length === 1) {
      return `: ${[shortId(first.id, idLength), region, `seed ${first.seed}`].filter((part) => part !== '').join(' ')}`;
    }
    const shown = trials.slice(0, 3).map((trial) => shortId(trial.id, idLength));
    const ids = shown.join(', ') + (trials.length > shown.length ? ', …' : '');
    return region === '' ? `: ${ids}` : `, all with ${region}: ${ids}`;
  };
}

/** Grouped by cause; causes that differ only in numbers (the epoch, a size) are one. */
function endedBadly(state: 'diverged' | 'failed', trials: readonly TrialRecord[], describe: DescribeTrials): Warning[] {
  const ended = trials.filter((trial) => trial.state === state);
  const byCause = Map.groupBy(ended, (trial) => (trial.cause ?? '').replaceAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g, '#'));
  return [...byCause.values()].map((group) => {
    const cause = plain(group[0]!.cause ?? 'no cause recorded');
    const isOneCause = group.every((trial) => trial.cause === group[0]!.cause);
    return {
      kind: state,
      message: `${count(group.length, 'trial')} ${state}${describe(group)} (${isOneCause ? '' : 'e.g. '}${cause})`,
      trials: group.map((trial) => trial.id),
    };
  });
}

/** The figures stand; what they were computed with is gone. */
function withoutWeights(
  trials: readonly TrialRecord[],
  lostWeights: readonly LostWeights[],
  describe: DescribeTrials,
): Warning[] {
  const lost = new Map(lostWeights.map((one) => [one.trial, one]));
  const group = trials.filter(({ id }) => lost.has(id));
  const first = group[0] && lost.get(group[0].id);
  if (first === undefined) return [];
  const example = `${group.length === 1 ? '' : 'e.g. '}${plain(first.file)} ${first.problem}`;
  const message =
    `${count(group.length, 'trial')} completed, but without weights${describe(group)} ` +
    `(${example})${weightsRemedy(first.trial, first.takenFrom)}`;
  return [{ kind: 'weights_lost', message, trials: group.map(({ id }) => id) }];
}

/** Those that have hardly learnt, and those that went wrong: what helps differs. */
function worseThanConstant(trials: readonly TrialRecord[], describe: DescribeTrials): Warning[] {
  const short = trials.flatMap((trial) => {
    const shortfall = trial.state === 'completed' ? shortfallOf(trial.metrics) : undefined;
    if (shortfall === undefined) return [];
    const kind = hasHardlyLearnt(shortfall) ? 'hardly_learnt' : 'worse_than_constant';
    // A collapsed trial is a constant image; that is said by itself.
    return kind === 'hardly_learnt' && isCollapsed(trial) ? [] : [{ trial, shortfall, kind } as const];
  });
  return (['worse_than_constant', 'hardly_learnt'] as const).flatMap((kind): Warning[] => {
    const group = short.filter((one) => one.kind === kind).sort((a, b) => a.shortfall.elbo - b.shortfall.elbo);
    const [worst] = group;
    if (worst === undefined) return [];
    const members = group.map(({ trial }) => trial);
    const example = `${group.length === 1 ? '' : 'at worst '}${describeShortfall(worst.shortfall)}`;
    const what = kind === 'hardly_learnt' ? 'hardly learnt anything' : 'ended worse than a constant image';
    const message =
      `${count(group.length, 'trial')} ${what}${describe(members)} (${example}); ` +
      shortfallAdvice(worst.shortfall, worst.trial.config.train);
    return [{ kind, message, trials: members.map(({ id }) => id) }];
  });
}

/** The best epoch is a result; that the last is no more should not go unsaid. */
function worseAfterBest(trials: readonly TrialRecord[], describe: DescribeTrials): Warning[] {
  const group = trials.flatMap((trial) => {
    const fall = describeFall(trial);
    return fall === undefined ? [] : [{ trial, fall }];
  });
  const [first] = group;
  if (first === undefined) return [];
  const message =
    `${count(group.length, 'trial')} got worse than a constant image after the best epoch` +
    `${describe(group.map(({ trial }) => trial))} (${group.length === 1 ? '' : 'e.g. '}${first.fall}); ` +
    FALL_ADVICE;
  return [{ kind: 'worse_after_best', message, trials: group.map(({ trial }) => trial.id) }];
}

/** Where held-out images can't tell which dimensions are active (there are none, or one), the training images' rate does. */
function isCollapsed({ state, metrics }: TrialRecord): boolean {
  const active = metrics['val/active_units'];
  const kl = active === undefined ? metrics['train/kl'] : metrics['val/kl'];
  return state === 'completed' && kl !== undefined && kl < COLLAPSED_KL_NATS && (active ?? 0) === 0;
}

function collapsed(trials: readonly TrialRecord[], describe: DescribeTrials): Warning[] {
  const group = trials.filter(isCollapsed);
  if (group.length === 0) return [];
  const kl = formatNumber(COLLAPSED_KL_NATS, 1);
  const areCounted = group.every(({ metrics }) => metrics['val/active_units'] !== undefined);
  const message =
    `${count(group.length, 'trial')} collapsed${describe(group)} ` +
    `(KL below ${kl} nats${areCounted ? ', no active unit' : ''}: the latent code is not used)`;
  return [{ kind: 'collapsed', message, trials: group.map((trial) => trial.id) }];
}

/** A run will still finish it: none does that for a trial outside the plan. */
function isOpen({ state, inPlan }: TrialRecord): boolean {
  return inPlan && !isFinished(state);
}

function unfinished(trials: readonly TrialRecord[]): Warning[] {
  const open = trials.filter(isOpen);
  if (open.length === 0) return [];
  const verb = open.length === 1 ? 'is' : 'are';
  const message = `${count(open.length, 'trial')} ${verb} not finished yet: the order may still change`;
  return [{ kind: 'unfinished', message, trials: open.map((trial) => trial.id) }];
}

/** Of configurations that lost seeds: their place in the ranking is not what their mean says. */
function seedsLost({ ranked, metric }: Ranking): Warning[] {
  const losers = ranked.filter(hasLost);
  if (losers.length === 0) return [];
  const isAll = losers.length === ranked.length;
  const message = isAll
    ? `every configuration lost seeds: they are ranked by what is left, which says nothing of ${metric} where they diverge or fail`
    : `${count(losers.length, 'configuration')} lost seeds and ${losers.length === 1 ? 'is' : 'are'} ranked last, whatever the seeds that are left say`;
  return [{ kind: 'seeds_lost', message, trials: losers.flatMap(({ lost }) => lost.map(({ id }) => id)) }];
}

function fewSeeds({ ranked, metric }: Ranking, configurations: readonly ConfigurationSummary[]): Warning[] {
  const [best] = ranked;
  if (best === undefined) return [];
  const warnings: Warning[] = [];
  if (best.completed.length + best.lost.length < best.trials.length) {
    warnings.push({
      kind: 'seeds_missing',
      message: `the best rests on ${best.completed.length} of its ${count(best.trials.length, 'seed')}`,
      trials: best.trials.filter((trial) => trial.state !== 'completed').map((trial) => trial.id),
    });
  }
  // Those that lost seeds are told of by themselves.
  const sizes = ranked.filter((one) => !hasLost(one)).map(({ completed }) => completed.length);
  const seeds = Math.max(...sizes);
  if (sizes.length > 1 && seeds < 3) {
    const amount = `${seeds < 2 ? 'one seed' : 'two seeds'} each`;
    const each = sizes.every((size) => size === seeds) ? amount : `at most ${amount}`;
    const halves = configurations.flatMap(({ vsBest }) => (vsBest === null ? [] : (halfWidth(vsBest) ?? [])));
    const message =
      seeds < 2
        ? `${each}: without a second, no difference in ${metric} can be told from chance`
        : halves.length === 0
          ? `${each}: few differences in ${metric} can be told from chance`
          : `${each}: a difference in ${metric} must be about ${formatNumber(median(halves), quantityOf(metric).decimals)} or more to be told from chance`;
    warnings.push({ kind: 'few_seeds', message: `${message} (5 or more are better)`, trials: [] });
  }
  return warnings;
}

/** The trained objective weighs the KL by β, so trials of different β minimise different things. */
function weightedObjective(trials: readonly TrialRecord[], { metric }: Ranking): Warning[] {
  if (!metric.endsWith('/objective') || distinctValues(trials, 'beta').length < 2) return [];
  const message = `${metric} is weighted by beta, and beta differs: rank by val/elbo, which is at β = 1 for every trial`;
  return [{ kind: 'weighted_objective', message, trials: [] }];
}
