import { mean } from 'simple-statistics';
import { SweepError } from '../errors.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import { isFinished } from '../trial/state.ts';
import type { TrialId } from '../trial/trial.ts';
import type { ComparedMetric, ComparedSide, Comparison } from './comparison-model.ts';
import { comparisonNotes, comparisonSentence } from '../render/comparison-text.ts';
import { countStates } from './count-states.ts';
import { describeFilter, matches } from './filter.ts';
import type { Filter } from './filter.ts';
import { count } from '../format-number.ts';
import { formatValue } from '../format-value.ts';
import { quantityOf } from '../metrics/index.ts';
import { measure, measuredNames } from './metric.ts';
import type { Goal } from '../metrics/metric.ts';
import { pairTrials } from './pairing.ts';
import type { Pair, PairingSide } from './pairing.ts';
import { distinctValues, parameterNames } from './parameters.ts';
import { assertComparable } from './ranking.ts';
import { failureP, isSignificant, pairedDifference } from './statistics.ts';
import { commonTrainedOn } from './trained-on.ts';
import { countOutdated } from './whole-sweep.ts';

const COMPARED = [
  ...['val/elbo', 'val/reconstruction', 'val/kl', 'val/active_units'],
  ...['test/elbo', 'test/reconstruction', 'test/kl', 'seconds', 'trainable_weights'],
];

/**
 * Compares two settings by pairs of trials that share seed and all other parameters. Differences are right minus left,
 * over pairs that completed on both sides: mean, 95 % interval and p of one paired t. Pairs count as independent, also
 * those of one seed: a note says so. A trial that diverged is evidence, too: how often each side diverged is compared
 * pair by pair, and a side that did so more often is never called better by its survivors.
 * @throws SweepError USAGE if the sides share trials, pair ambiguously or have no common scale, NOT_FOUND without a
 *   pair that completed on both sides with the objective or diverged on one
 */
export function compare(snapshot: SweepSnapshot, leftFilter: Filter, rightFilter: Filter): Comparison {
  const { objective, name: sweep } = snapshot.sweep;
  const [leftSide, rightSide] = [leftFilter, rightFilter].map((filter): PairingSide => {
    return { filter, trials: snapshot.trials.filter((trial) => matches(filter, trial)) };
  }) as [PairingSide, PairingSide];
  const planned = pairTrials(leftSide, rightSide);
  const pairs = planned.pairs.filter(({ left, right }) => left.state === 'completed' && right.state === 'completed');
  assertComparable(pairs.flatMap(({ left, right }) => [left, right]));

  const left = compareSide(leftSide, planned.pairs);
  const right = compareSide(rightSide, planned.pairs);
  const divergence = comparedDivergence(planned.pairs);
  const divergenceP = divergence.p;
  const measured = comparedMetrics(pairs, objective.metric, objective.goal);
  const hasObjective = measured[0]?.name === objective.metric;
  if (!hasObjective && divergenceP === null) {
    throw noPairs(leftSide, rightSide, planned.pairs.length, objective.metric);
  }
  const verdict = overallVerdict(hasObjective ? measured[0]!.verdict : 'unclear', divergence);
  const metrics = measured.map((metric) => (metric.name === objective.metric ? { ...metric, verdict } : metric));
  const plannedPairs = planned.pairs.length;
  const matched = pairs.map((pair) => pair.left);
  const aside = { outside: snapshot.outside.length, outdated: countOutdated(snapshot.outside) };
  const ratioOf = (name: string): number | null => {
    const found = metrics.find((metric) => metric.name === name);
    return found === undefined || found.left === 0 ? null : found.right / found.left;
  };
  const ratio = { trainableWeights: ratioOf('trainable_weights'), seconds: ratioOf('seconds') };
  return {
    sweep,
    metric: objective.metric,
    goal: objective.goal,
    sentence: comparisonSentence({
      main: hasObjective ? metrics[0]! : null,
      verdict,
      goal: objective.goal,
      left,
      right,
      divergenceP,
    }),
    left,
    right,
    pairs,
    divergenceP,
    plannedPairs,
    differs: planned.free,
    varies: [
      ...parameterNames(matched, snapshot.sweep.swept).filter(
        (name) => !planned.free.includes(name) && distinctValues(matched, name).length > 1,
      ),
      ...(new Set(matched.map(({ seed }) => seed)).size > 1 ? ['seed'] : []),
    ],
    metrics,
    ratio,
    notes: comparisonNotes({ left, right, pairs, planned: planned.pairs, ratio, ...aside }),
    ...aside,
    trainedOn: commonTrainedOn(planned.pairs.flatMap((pair) => [pair.left, pair.right]))!,
  };
}

function comparedMetrics(pairs: readonly Pair[], metric: string, goal: Goal): ComparedMetric[] {
  const known = measuredNames(pairs.flatMap(({ left, right }) => [left, right]));
  return [...new Set([metric, ...COMPARED])]
    .filter((name) => known.includes(name))
    .flatMap((name) => {
      const values = pairs.flatMap(({ left, right }) => {
        const [ours, theirs] = [measure(left, name), measure(right, name)];
        return ours === undefined || theirs === undefined ? [] : [{ ours, theirs }];
      });
      if (values.length === 0) return [];
      const difference = pairedDifference(values.map(({ ours, theirs }) => theirs - ours));
      const direction = name === metric ? goal : quantityOf(name).goal;
      return {
        name,
        left: mean(values.map(({ ours }) => ours)),
        right: mean(values.map(({ theirs }) => theirs)),
        difference,
        pairs: values.length,
        verdict: verdictOf(difference, direction),
      };
    });
}

function verdictOf(
  { mean: difference, p }: ComparedMetric['difference'],
  goal: Goal | null,
): ComparedMetric['verdict'] {
  if (goal === null) return null;
  if (!isSignificant(p)) return 'unclear';
  return difference > 0 === (goal === 'maximize') ? 'better' : 'worse';
}

/** Pairs in which one side diverged and the other completed: all that tells which diverges more. */
function comparedDivergence(planned: readonly Pair[]): {
  readonly p: number | null;
  readonly more: 'left' | 'right' | null;
} {
  const [left, right] = [
    planned.filter((pair) => pair.left.state === 'diverged' && pair.right.state === 'completed').length,
    planned.filter((pair) => pair.left.state === 'completed' && pair.right.state === 'diverged').length,
  ];
  const more = left === right ? null : left > right ? 'left' : 'right';
  return { p: left + right === 0 ? null : failureP(left, right), more };
}

/** What the objective says of the right side, and what the divergences say. */
function overallVerdict(
  ofSurvivors: ComparedMetric['verdict'],
  { p, more }: ReturnType<typeof comparedDivergence>,
): ComparedMetric['verdict'] {
  if (more === null) return ofSurvivors;
  const ofDivergence = more === 'right' ? 'worse' : 'better';
  if (ofSurvivors === ofDivergence) return ofSurvivors;
  return ofSurvivors === 'unclear' && isSignificant(p) ? ofDivergence : 'unclear';
}

function compareSide({ filter, trials }: PairingSide, planned: readonly Pair[]): ComparedSide {
  const [only, ...others] = filter.terms;
  const [value, ...more] = only?.values ?? [];
  const isWord = others.length === 0 && more.length === 0 && typeof value === 'string';
  const label = isWord ? formatValue(value) : describeFilter(filter);
  const idsOf = (pairs: readonly Pair[]): Set<TrialId> =>
    new Set(pairs.flatMap((pair) => [pair.left.id, pair.right.id]));
  const paired = idsOf(planned);
  const unmatched = trials.filter(({ state, id }) => state === 'completed' && !paired.has(id)).map(({ id }) => id);
  // A trial whose partner is still to come tells nothing of one side beside the other.
  const ended = idsOf(planned.filter((pair) => isFinished(pair.left.state) && isFinished(pair.right.state)));
  const both = trials.filter(({ id }) => ended.has(id));
  const lost = {
    diverged: both.filter(({ state }) => state === 'diverged').length,
    failed: both.filter(({ state }) => state === 'failed').length,
    of: both.length,
  };
  return { filter, label, unmatched, lost };
}

function noPairs(left: PairingSide, right: PairingSide, planned: number, metric: string): SweepError {
  const side = ({ filter, trials }: PairingSide): string => {
    const { completed, diverged, failed } = countStates(trials);
    const losses = [diverged > 0 ? `, ${diverged} diverged` : '', failed > 0 ? `, ${failed} failed` : ''].join('');
    return `${completed} of ${count(trials.length, 'trial')} of ${describeFilter(filter)} completed${losses}`;
  };
  const reason =
    planned === 0
      ? 'no trial of one side shares its seed and all other parameters with one of the other'
      : `of ${count(planned, 'pair')} none is completed on both sides with ${metric}`;
  return new SweepError('NOT_FOUND', `Nothing to compare: ${reason} (${side(left)}, ${side(right)})`);
}
