import type { TrialRecord } from '../store/read-model.ts';
import { isFinished } from '../trial/state.ts';
import { count, formatNumber, shortId } from './format.ts';
import { describeParams, distinctValues } from './parameters.ts';
import type { Ranking } from './ranking.ts';
import type { Warning } from './report-model.ts';
import { plain } from './text.ts';

/** A trial's code carries nothing when its rate is below this many nats and no latent dimension is active. */
const COLLAPSED_KL_NATS = 0.1;

/** What a reader must know before believing the ranking, most serious first. */
export function reportWarnings(
  trials: readonly TrialRecord[],
  ranking: Ranking,
  differing: readonly string[],
  idLength: number | undefined,
): Warning[] {
  const describe = trialDescriber(differing, idLength);
  return [
    ...endedBadly('diverged', trials, describe),
    ...endedBadly('failed', trials, describe),
    ...collapsed(trials, describe),
    ...unfinished(trials),
    // Seeds that are still to come are missing to nobody.
    ...(trials.every(({ state }) => isFinished(state)) ? fewSeeds(ranking) : []),
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
  const byCause = Map.groupBy(ended, (trial) => (trial.cause ?? '').replaceAll(/\d+/g, '#'));
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

function collapsed(trials: readonly TrialRecord[], describe: DescribeTrials): Warning[] {
  const group = trials.filter(({ state, metrics }) => {
    const kl = metrics['val/kl'] ?? metrics['train/kl'];
    return (
      state === 'completed' && kl !== undefined && kl < COLLAPSED_KL_NATS && (metrics['val/active_units'] ?? 0) === 0
    );
  });
  if (group.length === 0) return [];
  const kl = formatNumber(COLLAPSED_KL_NATS, 1);
  const message =
    `${count(group.length, 'trial')} collapsed${describe(group)} ` +
    `(KL below ${kl} nats, no active unit: the latent code is not used)`;
  return [{ kind: 'collapsed', message, trials: group.map((trial) => trial.id) }];
}

function unfinished(trials: readonly TrialRecord[]): Warning[] {
  const open = trials.filter((trial) => !isFinished(trial.state));
  if (open.length === 0) return [];
  const verb = open.length === 1 ? 'is' : 'are';
  const message = `${count(open.length, 'trial')} ${verb} not finished yet: the order may still change`;
  return [{ kind: 'unfinished', message, trials: open.map((trial) => trial.id) }];
}

function fewSeeds({ ranked, metric }: Ranking): Warning[] {
  const [best, second] = ranked;
  if (best === undefined) return [];
  const warnings: Warning[] = [];
  if (best.completed.length < best.trials.length) {
    warnings.push({
      kind: 'seeds_missing',
      message: `the best rests on ${best.completed.length} of its ${count(best.trials.length, 'seed')}`,
      trials: best.trials.filter((trial) => trial.state !== 'completed').map((trial) => trial.id),
    });
  }
  const seeds = Math.max(...ranked.map(({ completed }) => completed.length));
  if (second !== undefined && seeds < 3) {
    const message =
      seeds < 2
        ? `one seed each: without a second, no difference in ${metric} can be told from chance`
        : `two seeds each: few differences in ${metric} can be told from chance`;
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
