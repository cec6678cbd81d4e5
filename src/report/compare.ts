import { mean } from 'simple-statistics';
import { SweepError } from '../errors.ts';
import type { SweepSnapshot } from '../store/read-model.ts';
import type { TrialId } from '../trial/trial.ts';
import type { ComparedMetric, ComparedSide, Comparison } from './comparison-model.ts';
import { comparisonNotes, comparisonSentence } from './comparison-text.ts';
import { describeFilter, matches } from './filter.ts';
import type { Filter } from './filter.ts';
import { count, formatValue } from './format.ts';
import { measure, measuredNames, metricInfo } from './metric.ts';
import type { Goal } from './metric.ts';
import { pairTrials } from './pairing.ts';
import type { Pair, PairingSide } from './pairing.ts';
import { distinctValues, parameterNames } from './parameters.ts';
import { assertComparable } from './ranking.ts';
import { failureP, isSignificant, pairedDifference } from './statistics.ts';
import { trainedOn } from './trained-on.ts';

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

  const isPaired = new Set(planned.pairs.flatMap(({ left, right }) => [left.id, right.id]));
  const left = compareSide(leftSide, isPaired);
  const right = compareSide(rightSide, isPaired);
  const divergenceP = comparedDivergence(planned.pairs);
  const measured = comparedMetrics(pairs, objective.metric, objective.goal);
  const hasObjective = measured[0]?.name === objective.metric;
  if (!hasObjective && divergenceP === null) {
    throw noPairs(leftSide, rightSide, planned.pairs.length, objective.metric);
  }
  const verdict = overallVerdict(hasObjective ? measured[0]!.verdict : 'unclear', left, right, divergenceP);
  const metrics = measured.map((metric) => (metric.name === objective.metric ? { ...metric, verdict } : metric));
  const plannedPairs = planned.pairs.length;
  const matched = pairs.map((pair) => pair.left);
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
    notes: comparisonNotes({ left, right, pairs, planned: planned.pairs, ratio, outside: snapshot.outside.length }),
    outside: snapshot.outside.length,
    trainedOn: trainedOn(planned.pairs[0]!.left),
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
      const direction = name === metric ? goal : metricInfo(name).goal;
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

/** Null where no pair of one that diverged and one that completed tells anything. */
function comparedDivergence(planned: readonly Pair[]): number | null {
  const [onlyLeft, onlyRight] = [
    planned.filter(({ left, right }) => left.state === 'diverged' && right.state === 'completed').length,
    planned.filter(({ left, right }) => left.state === 'completed' && right.state === 'diverged').length,
  ];
  return onlyLeft + onlyRight === 0 ? null : failureP(onlyLeft, onlyRight);
}

/** What the objective says of the right side, and what the divergences say. */
function overallVerdict(
  ofSurvivors: ComparedMetric['verdict'],
  left: ComparedSide,
  right: ComparedSide,
  divergenceP: number | null,
): ComparedMetric['verdict'] {
  const surplus = right.lost.diverged - left.lost.diverged;
  if (divergenceP === null || surplus === 0) return ofSurvivors;
  const ofDivergence = surplus > 0 ? 'worse' : 'better';
  if (ofSurvivors === ofDivergence) return ofSurvivors;
  return ofSurvivors === 'unclear' && isSignificant(divergenceP) ? ofDivergence : 'unclear';
}

function compareSide({ filter, trials }: PairingSide, isPaired: ReadonlySet<TrialId>): ComparedSide {
  const [only, ...others] = filter.terms;
  const [value, ...more] = only?.values ?? [];
  const isWord = others.length === 0 && more.length === 0 && typeof value === 'string';
  const label = isWord ? formatValue(value) : describeFilter(filter);
  const unmatched = trials.filter(({ state, id }) => state === 'completed' && !isPaired.has(id)).map(({ id }) => id);
  const partnered = trials.filter(({ id }) => isPaired.has(id));
  const lost = {
    diverged: partnered.filter(({ state }) => state === 'diverged').length,
    failed: partnered.filter(({ state }) => state === 'failed').length,
    of: partnered.length,
  };
  return { filter, label, unmatched, lost };
}

function noPairs(left: PairingSide, right: PairingSide, planned: number, metric: string): SweepError {
  const side = ({ filter, trials }: PairingSide): string => {
    const completed = trials.filter(({ state }) => state === 'completed').length;
    return `${completed} of ${count(trials.length, 'trial')} of ${describeFilter(filter)} completed`;
  };
  const reason =
    planned === 0
      ? 'no trial of one side shares its seed and all other parameters with one of the other'
      : `of ${count(planned, 'pair')} none is completed on both sides with ${metric}`;
  return new SweepError('NOT_FOUND', `Nothing to compare: ${reason} (${side(left)}, ${side(right)})`);
}
