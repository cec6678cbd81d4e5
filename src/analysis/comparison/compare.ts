import { sampleNoun } from '../../text/sample-noun.ts';
import { mean } from 'simple-statistics';
import { SweepError } from '../../errors.ts';
import type { SweepSnapshot, TrialRecord } from '../../store/read-model.ts';
import { isFinished } from '../../trial/state.ts';
import type { TrialId } from '../../trial/trial.ts';
import { mixedBitClasses } from '../bit-classes.ts';
import type { ComparedMetric, ComparedSide, Comparison, ComparisonVerdict } from './comparison-model.ts';
import { shellWord } from '../../text/shell-word.ts';
import { countStates } from '../progress/count-states.ts';
import { matchesFilter, type Filter } from '../filter.ts';
import { count, tally } from '../../text/format-number.ts';
import { quantityOf } from '../../metrics/index.ts';
import { measure, measuredNames } from '../metric.ts';
import type { Goal } from '../../metrics/metric.ts';
import { describeSide, pairTrials, type Block, type Pair, type PairingSide } from '../statistics/pairing.ts';
import { distinctValues, parameterNames } from '../parameters.ts';
import { assertComparable } from '../comparable.ts';
import { severeShortfall } from '../trial/shortfall.ts';
import { failureP, isSignificant, pairedDifference } from '../statistics/statistics.ts';
import { commonTrainedOn } from '../trained-on.ts';
import { countOutdated } from '../whole-sweep.ts';

/** Metrics that a comparison tells beside the objective. */
export const COMPARED = [
  ...['val/elbo', 'val/reconstruction', 'val/kl', 'val/active_units'],
  ...['test/elbo', 'test/reconstruction', 'test/kl', 'seconds', 'trainable_weights'],
];

/** From so few pairs, a difference that can't be told from chance may yet be large. */
const FEW_PAIRS = 6;

/** A machine with other work to do times equal work as differently as this. */
const UNEQUAL_FROM = { trainableWeights: 1.05, seconds: 1.25 };

/**
 * Compares two settings by pairs of trials that share seed and all other parameters. Differences are right minus left,
 * over pairs that completed on both sides: mean, 95 % interval and p of one paired t. Pairs count as independent, also
 * those of one seed: a note says so. A trial that diverged is evidence, too: how often each side diverged is compared
 * pair by pair, and a side that did so more often is never called better by its survivors.
 * @throws SweepError USAGE if the sides share trials, pair ambiguously or have no common scale, NOT_FOUND without a
 *   pair that completed on both sides with the objective or diverged on one
 */
export function compare(snapshot: SweepSnapshot, leftFilter: Filter, rightFilter: Filter): Comparison {
  const [left, right] = [leftFilter, rightFilter].map((filter) => pairingSide(snapshot, filter)) as [
    PairingSide,
    PairingSide,
  ];
  return compareSides(snapshot, left, right);
}

/** The trials of a sweep that pass a filter. */
export function pairingSide({ trials }: SweepSnapshot, filter: Filter): PairingSide {
  return { sweep: null, filter, trials: trials.filter((trial) => matchesFilter(filter, trial)) };
}

/**
 * The same of sides that may be of several sweeps; `snapshot` has what is said of them together, `where` by what both were
 * chosen. Throws as `compare`.
 */
export function compareSides(
  snapshot: SweepSnapshot,
  leftSide: PairingSide,
  rightSide: PairingSide,
  where: Filter | null = null,
): Comparison {
  const { objective, name: sweep } = snapshot.sweep;
  const planned = pairTrials(leftSide, rightSide);
  const pairs = planned.pairs.filter(({ left, right }) => left.state === 'completed' && right.state === 'completed');
  assertComparable(trialsOf(pairs));

  const divergence = comparedDivergence(planned.pairs);
  const measured = comparedMetrics(pairs, objective.metric, objective.goal);
  const main = measured.find(({ name }) => name === objective.metric);
  if (main === undefined && divergence.p === null) {
    throw noPairs(sweep, leftSide, rightSide, planned.pairs.length, objective.metric);
  }
  const verdict = overallVerdict(main?.verdict ?? 'unclear', divergence);
  const matched = pairs.map((pair) => pair.left);
  const seeds = new Set(matched.map(({ seed }) => seed)).size;
  const ratioOf = (name: string): number | null => {
    const found = measured.find((metric) => metric.name === name);
    return found === undefined || found.left === 0 ? null : found.right / found.left;
  };
  const ratio = { trainableWeights: ratioOf('trainable_weights'), seconds: ratioOf('seconds') };
  return {
    sweep,
    where,
    metric: objective.metric,
    goal: objective.goal,
    verdict,
    lead: main === undefined ? null : leadOf(main, objective.goal),
    left: compareSide(leftSide, planned.pairs),
    right: compareSide(rightSide, planned.pairs),
    pairs,
    seeds,
    failures: trialsOf(pairs).flatMap(({ id, metrics }) => (severeShortfall(metrics) === undefined ? [] : [id])),
    divergenceP: divergence.p,
    isDivergenceSignificant: isSignificant(divergence.p),
    plannedPairs: planned.pairs.length,
    hasLost: trialsOf(planned.pairs).some(({ state }) => state === 'diverged' || state === 'failed'),
    bitClasses: mixedBitClasses(trialsOf(pairs)),
    differs: planned.free,
    varies: [
      ...parameterNames(matched, snapshot.sweep.swept).filter(
        (name) => !planned.free.includes(name) && distinctValues(matched, name).length > 1,
      ),
      ...(seeds > 1 ? ['seed'] : []),
    ],
    metrics: measured.map((metric) => (metric === main ? { ...metric, verdict } : metric)),
    ratio,
    unequal: (['trainableWeights', 'seconds'] as const).filter((name) => {
      const isTold = name !== 'seconds' || measured.find((metric) => metric.name === name)?.verdict !== 'unclear';
      return isTold && Math.abs(Math.log(ratio[name] ?? 1)) > Math.log(UNEQUAL_FROM[name]);
    }),
    outside: snapshot.outside.length,
    outdated: countOutdated(snapshot.outside),
    trainedOn: commonTrainedOn(trialsOf(planned.pairs))!,
    noun: sampleNoun(planned.pairs[0]?.left.config.dataset.own),
  };
}

function trialsOf(pairs: readonly Pair[]): TrialRecord[] {
  return pairs.flatMap(({ left, right }) => [left, right]);
}

function leadOf({ difference, pairs }: ComparedMetric, goal: Goal): Comparison['lead'] {
  const { mean: center, low, high } = difference;
  const isReversed = center < 0;
  const by = isReversed
    ? { mean: -center, low: high === null ? null : -high, high: low === null ? null : -low }
    : { mean: center, low, high };
  const isRight = center === 0 || center > 0 === (goal === 'maximize');
  return { ahead: isRight ? 'right' : 'left', by, pairs, isByFew: pairs < FEW_PAIRS };
}

function comparedMetrics(pairs: readonly Pair[], metric: string, goal: Goal): ComparedMetric[] {
  const known = measuredNames(trialsOf(pairs));
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

function verdictOf({ mean: difference, p }: ComparedMetric['difference'], goal: Goal | null): ComparisonVerdict | null {
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
  ofSurvivors: ComparisonVerdict,
  { p, more }: ReturnType<typeof comparedDivergence>,
): ComparisonVerdict {
  if (more === null) return ofSurvivors;
  const ofDivergence = more === 'right' ? 'worse' : 'better';
  if (ofSurvivors === ofDivergence) return ofSurvivors;
  return ofSurvivors === 'unclear' && isSignificant(p) ? ofDivergence : 'unclear';
}

function compareSide(side: PairingSide, planned: readonly Pair[]): ComparedSide {
  return describeCompared(
    side,
    planned.map(({ left, right }) => [left, right]),
  );
}

/** What of a side is left out, and what ended without a result. */
export function describeCompared({ sweep, filter, trials }: PairingSide, planned: readonly Block[]): ComparedSide {
  const idsOf = (blocks: readonly Block[]): Set<TrialId> => new Set(blocks.flat().map(({ id }) => id));
  const paired = idsOf(planned);
  const unmatched = trials.filter(({ state, id }) => state === 'completed' && !paired.has(id)).map(({ id }) => id);
  // A trial whose partner is still to come tells nothing of one side beside the other.
  const ended = idsOf(planned.filter((block) => block.every(({ state }) => isFinished(state))));
  const both = trials.filter(({ id }) => ended.has(id));
  const lost = {
    diverged: both.filter(({ state }) => state === 'diverged').length,
    failed: both.filter(({ state }) => state === 'failed').length,
    of: both.length,
  };
  return { sweep, filter, unmatched, lost };
}

/** What answers where trials share too little to be matched, as those of a random search. */
export function effectsHint(name: string, { sweep }: PairingSide): string {
  return sweep !== null ? '' : `. What each parameter does, whatever the others: \`sweep effects ${shellWord(name)}\``;
}

function noPairs(sweep: string, left: PairingSide, right: PairingSide, planned: number, metric: string): SweepError {
  const side = (one: PairingSide): string => {
    const { trials } = one;
    const { completed, diverged, failed } = countStates(trials);
    const done = `${completed} of ${count(trials.length, 'trial')} of ${describeSide(one)} completed`;
    return [done, ...tally({ diverged, failed })].join(', ');
  };
  const reason =
    planned === 0
      ? 'no trial of one side shares its seed and all other parameters with one of the other'
      : `of ${count(planned, 'pair')} none is completed on both sides with ${metric}`;
  return new SweepError(
    'NOT_FOUND',
    `Nothing to compare: ${reason} (${side(left)}, ${side(right)})${planned === 0 ? effectsHint(sweep, left) : ''}`,
  );
}
