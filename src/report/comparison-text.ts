/** The words of a comparison. */
import type { ComparedMetric, Comparison } from './comparison-model.ts';
import { count, formatNumber } from './format.ts';
import { metricInfo } from './metric.ts';
import type { Goal } from './metric.ts';
import { outsideNote } from './whole-sweep.ts';
import { FEWEST_PAIRS, isSignificant, tooFewPairsNote } from './statistics.ts';

/** "conv is better than mlp by 3.10 nats of ELBO (95 % 2.40 to 3.80, 10 pairs)", the better side first. */
export function comparisonSentence(
  { name, difference, pairs }: ComparedMetric,
  goal: Goal,
  left: string,
  right: string,
): string {
  const isRightAhead = difference.mean > 0 === (goal === 'maximize');
  const [ahead, behind] = isRightAhead ? [right, left] : [left, right];
  const { amount, decimals } = metricInfo(name);
  const sign = difference.mean < 0 ? -1 : 1;
  const ends = [difference.low, difference.high].map((end) => (end === null ? null : sign * end));
  const [low, high] = sign < 0 ? ends.toReversed() : ends;
  const interval =
    low == null || high == null ? '' : `95 % ${formatNumber(low, decimals)} to ${formatNumber(high, decimals)}, `;
  const by = `${formatNumber(Math.abs(difference.mean), decimals)} ${amount}`;
  const evidence = `(${interval}${count(pairs, 'pair')})`;
  if (difference.mean === 0) return `${right} and ${left} are equal in ${amount} ${evidence}`;
  if (isSignificant(difference)) return `${ahead} is better than ${behind} by ${by} ${evidence}`;
  if (pairs < FEWEST_PAIRS) return `${ahead} is ahead of ${behind} by ${by} ${evidence}: too few pairs to be sure`;
  return `${ahead} and ${behind} can't be told apart: ${ahead} is ahead by ${by} ${evidence}`;
}

/** What a reader must know before believing the sentence. */
export function comparisonNotes({
  left,
  right,
  pairs,
  plannedPairs,
  ratio,
  outside,
}: Pick<Comparison, 'left' | 'right' | 'pairs' | 'plannedPairs' | 'ratio' | 'outside'>): string[] {
  const { trainableWeights, seconds } = ratio;
  const effort = [
    { ratio: trainableWeights, what: 'weights', atLeast: 1.05 },
    // A machine with other work to do times equal work as differently as this.
    { ratio: seconds, what: 'seconds', atLeast: 1.25 },
  ].flatMap(({ ratio: one, what, atLeast }) => {
    return one === null || Math.abs(Math.log(one)) <= Math.log(atLeast) ? [] : `${formatRatio(one)} the ${what}`;
  });
  const seeds = new Set(pairs.map((pair) => pair.left.seed)).size;
  const unfinished = plannedPairs - pairs.length;
  const notes = [
    tooFewPairsNote(pairs.length),
    pairs.length >= FEWEST_PAIRS && seeds < FEWEST_PAIRS
      ? `${count(pairs.length, 'pair')}, but ${count(seeds, 'seed')}: pairs of one seed share their noise and the order of ` +
        'images, so these are weaker evidence than as many seeds'
      : undefined,
    effort.length === 0
      ? undefined
      : `equal epochs, not equal effort: ${right.label} has ${effort.join(' and ')} of ${left.label}`,
    unfinished === 0
      ? undefined
      : `${unfinished} of ${count(plannedPairs, 'pair')} left out: not completed on both sides`,
    ...[left, right].map(({ unmatched, label }) => {
      const trials = count(unmatched.length, 'completed trial');
      return unmatched.length === 0 ? undefined : `${trials} of ${label} left out: nothing on the other side matches`;
    }),
    outside === 0 ? undefined : `${outsideNote(outside)!}, not compared (--all: with them)`,
  ];
  return notes.filter((note) => note !== undefined);
}

/** `0.41 ×`, `12 ×`. */
function formatRatio(ratio: number): string {
  return `${formatNumber(ratio, ratio < 10 ? 2 : 0)} ×`;
}
