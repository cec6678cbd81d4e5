import { median } from 'simple-statistics';
import { mixedBitClasses } from '../bit-classes.ts';
import { byCause } from './by-cause.ts';
import { COLLAPSED_KL_NATS, collapsedRate } from '../trial/collapse.ts';
import type { LostWeights } from '../trial/lost-weights.ts';
import type { TrialRecord } from '../../store/read-model.ts';
import { isFinished } from '../../trial/state.ts';
import type { TrialId } from '../../trial/trial.ts';
import { sharedParams } from '../parameters.ts';
import { hasLost, isContender, type Ranking } from '../ranking.ts';
import type { ConfigurationSummary, Region, Warning } from './report-model.ts';
import { fallOf, hasHardlyLearnt, shortfallOf, optimizerSteps } from '../trial/shortfall.ts';
import { halfWidth } from '../statistics/statistics.ts';
import { countVerdicts, type TrialVerdict, type VerdictKind } from '../trial/verdict.ts';

/** What a reader must know before believing the ranking, most serious first. */
export function reportWarnings(
  trials: readonly TrialRecord[],
  ranking: Ranking,
  configurations: readonly ConfigurationSummary[],
  differing: readonly string[],
  lostWeights: readonly LostWeights[],
  verdicts: ReadonlyMap<TrialId, TrialVerdict> = new Map<TrialId, TrialVerdict>(),
): Warning[] {
  const about = (group: readonly TrialRecord[]): Affected => ({ trials: idsOf(group), ...regionOf(group, differing) });
  return [
    ...endedBadly('diverged', trials, about),
    ...endedBadly('failed', trials, about),
    ...withoutWeights(trials, lostWeights, about),
    ...worseThanConstant(trials, about),
    ...worseAfterBest(trials, about),
    ...collapsed(trials, about),
    ...otherVerdicts(trials, verdicts),
    ...unfinished(trials),
    ...seedsLost(ranking),
    // Seeds that are still to come are missing to nobody.
    ...(ranking.goal !== null && !trials.some(isOpen) ? fewSeeds(ranking, configurations) : []),
    ...bitClasses(ranking),
  ];
}

type Affected = Region & { readonly trials: readonly TrialId[] };
type About = (trials: readonly TrialRecord[]) => Affected;

function idsOf(trials: readonly TrialRecord[]): TrialId[] {
  return trials.map(({ id }) => id);
}

function regionOf(trials: readonly TrialRecord[], differing: readonly string[]): Region {
  return { region: sharedParams(trials, differing), seed: trials.length === 1 ? trials[0]!.seed : null };
}

/** Grouped by cause; causes that differ only in numbers (the epoch, a size) are one. */
function endedBadly(kind: 'diverged' | 'failed', trials: readonly TrialRecord[], about: About): Warning[] {
  return byCause(trials.filter(({ state }) => state === kind)).map((group) => {
    const { cause } = group[0]!;
    return { kind, ...about(group), cause, isOneCause: group.every((trial) => trial.cause === cause) };
  });
}

/** The figures stand; what they were computed with is gone. */
function withoutWeights(trials: readonly TrialRecord[], lostWeights: readonly LostWeights[], about: About): Warning[] {
  const lost = new Map(lostWeights.map((one) => [one.trial, one]));
  const group = trials.filter(({ id }) => lost.has(id));
  const first = group[0] && lost.get(group[0].id);
  return first === undefined ? [] : [{ kind: 'weights_lost', ...about(group), first }];
}

/** Those that have hardly learnt, and those that went wrong: what helps differs. */
function worseThanConstant(trials: readonly TrialRecord[], about: About): Warning[] {
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
    const { trial, shortfall } = worst;
    const how = { clipNorm: trial.config.train.clipNorm, steps: optimizerSteps(trial) };
    return [{ kind, ...about(group.map(({ trial }) => trial)), worst: shortfall, ...how }];
  });
}

/** The best epoch is a result; that the last is no more should not go unsaid. */
function worseAfterBest(trials: readonly TrialRecord[], about: About): Warning[] {
  const group = trials.filter((trial) => fallOf(trial) !== undefined);
  return group.length === 0 ? [] : [{ kind: 'worse_after_best', ...about(group), first: fallOf(group[0]!)! }];
}

function isCollapsed(trial: TrialRecord): boolean {
  return collapsedRate(trial) !== undefined;
}

function collapsed(trials: readonly TrialRecord[], about: About): Warning[] {
  const group = trials.filter(isCollapsed);
  if (group.length === 0) return [];
  const areUnitsCounted = group.every(({ metrics }) => metrics['val/active_units'] !== undefined);
  return [{ kind: 'collapsed', ...about(group), klBelow: COLLAPSED_KL_NATS, areUnitsCounted }];
}

/** What no warning of its own tells. */
const OTHER_VERDICTS: readonly VerdictKind[] = ['unstable', 'overfitting', 'undertrained', 'too_short', 'healthy'];

/** Longer or shorter training might change the order. Nothing where all is well. */
function otherVerdicts(trials: readonly TrialRecord[], verdicts: ReadonlyMap<TrialId, TrialVerdict>): Warning[] {
  const told = trials.flatMap(({ id }) => {
    const verdict = verdicts.get(id);
    return verdict !== undefined && OTHER_VERDICTS.includes(verdict.kind) ? [{ id, verdict }] : [];
  });
  const doubtful = told.filter(({ verdict }) => verdict.kind !== 'healthy').map(({ id }) => id);
  if (doubtful.length === 0) return [];
  return [{ kind: 'verdicts', trials: doubtful, counts: countVerdicts(told.map(({ verdict }) => verdict)) }];
}

/** A run will still finish it: none does that for a trial outside the plan. */
function isOpen({ state, inPlan }: TrialRecord): boolean {
  return inPlan && !isFinished(state);
}

function unfinished(trials: readonly TrialRecord[]): Warning[] {
  const open = trials.filter(isOpen);
  return open.length === 0 ? [] : [{ kind: 'unfinished', trials: idsOf(open) }];
}

/** Of configurations that lost seeds: their place in the ranking is not what their mean says. */
function seedsLost({ ranked }: Ranking): Warning[] {
  const losers = ranked.filter(hasLost);
  if (losers.length === 0) return [];
  const trials = losers.flatMap(({ lost }) => idsOf(lost));
  return [{ kind: 'seeds_lost', trials, configurations: losers.length, isEvery: losers.length === ranked.length }];
}

function fewSeeds(ranking: Ranking, configurations: readonly ConfigurationSummary[]): Warning[] {
  const ranked = ranking.ranked.filter(isContender);
  const [best] = ranked;
  if (best === undefined) return [];
  const { completed, lost, judgedBy: planned } = best;
  // Those that lost seeds are told of by themselves.
  const sizes = ranked.filter((one) => !hasLost(one)).map((one) => one.completed.length);
  const seeds = Math.max(...sizes);
  const halves = configurations.flatMap(({ vsBest }) => (vsBest === null ? [] : (halfWidth(vsBest) ?? [])));
  const isAtMost = sizes.some((size) => size !== seeds);
  const least = seeds < 2 || halves.length === 0 ? null : median(halves);
  const missing = idsOf(planned.filter(({ state }) => state !== 'completed'));
  return [
    ...(completed.length + lost.length < planned.length
      ? [{ kind: 'seeds_missing', trials: missing, completed: completed.length, planned: planned.length } as const]
      : []),
    ...(sizes.length > 1 && seeds < 3 ? [{ kind: 'few_seeds', trials: [], seeds, isAtMost, least } as const] : []),
  ];
}

/** Of machines that round differently. `trials`: those of all classes but the most frequent. */
function bitClasses({ ranked }: Ranking): Warning[] {
  const compared = ranked.flatMap(({ completed }) => completed);
  const classes = mixedBitClasses(compared);
  const [most] = classes;
  if (most === undefined) return [];
  const others = compared.filter(({ bitClass }) => bitClass !== null && bitClass !== most.bitClass);
  return [{ kind: 'bit_classes', trials: idsOf(others), classes }];
}
