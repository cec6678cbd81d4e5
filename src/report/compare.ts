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
import { isSignificant, pairedDifference } from './statistics.ts';
import type { PairedDifference } from './statistics.ts';

const COMPARED = [
  ...['val/elbo', 'val/reconstruction', 'val/kl', 'val/active_units'],
  ...['test/elbo', 'test/reconstruction', 'test/kl', 'seconds', 'trainable_weights'],
];

/**
 * Compares two settings by pairs of completed trials that share seed and all other parameters. Differences are right
 * minus left: mean, 95 % interval (see `pairedDifference`), sign-flip permutation p. Better or worse is only said where
 * both tell the difference from 0 at 5 %. Pairs count as independent, also those of one seed: a note says so.
 * @throws SweepError USAGE if the sides share trials, pair ambiguously or have no common scale, NOT_FOUND without a
 *   pair that has the objective
 */
export function compare(snapshot: SweepSnapshot, leftFilter: Filter, rightFilter: Filter): Comparison {
  const { objective, name: sweep } = snapshot.sweep;
  const [leftSide, rightSide] = [leftFilter, rightFilter].map((filter): PairingSide => {
    return { filter, trials: snapshot.trials.filter((trial) => matches(filter, trial)) };
  }) as [PairingSide, PairingSide];
  const planned = pairTrials(leftSide, rightSide);
  const pairs = planned.pairs.filter(({ left, right }) => left.state === 'completed' && right.state === 'completed');
  assertComparable(pairs.flatMap(({ left, right }) => [left, right]));

  const metrics = comparedMetrics(pairs, objective.metric, objective.goal);
  const [main] = metrics;
  if (main?.name !== objective.metric) throw noPairs(leftSide, rightSide, planned.pairs.length, objective.metric);
  const isPaired = new Set(planned.pairs.flatMap(({ left, right }) => [left.id, right.id]));
  const left = compareSide(leftSide, isPaired);
  const right = compareSide(rightSide, isPaired);
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
    sentence: comparisonSentence(main, objective.goal, left.label, right.label),
    left,
    right,
    pairs,
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
    notes: comparisonNotes({ left, right, pairs, plannedPairs, ratio }),
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
      const difference = pairedDifference(
        values.map(({ ours, theirs }) => theirs - ours),
        name,
      );
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

function verdictOf(difference: PairedDifference, goal: Goal | null): ComparedMetric['verdict'] {
  if (goal === null) return null;
  if (!isSignificant(difference)) return 'unclear';
  return difference.mean > 0 === (goal === 'maximize') ? 'better' : 'worse';
}

function compareSide({ filter, trials }: PairingSide, isPaired: ReadonlySet<TrialId>): ComparedSide {
  const [only, ...others] = filter.terms;
  const [value, ...more] = only?.values ?? [];
  const isWord = others.length === 0 && more.length === 0 && typeof value === 'string';
  const label = isWord ? formatValue(value) : describeFilter(filter);
  const unmatched = trials.filter(({ state, id }) => state === 'completed' && !isPaired.has(id)).map(({ id }) => id);
  return { filter, label, unmatched };
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
