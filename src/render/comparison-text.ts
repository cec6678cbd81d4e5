/** The words of a comparison. */
import type { ComparedMetric, ComparedSide, Comparison } from '../analysis/comparison-model.ts';
import { count, formatNumber } from '../format-number.ts';
import { formatP, shortId } from './format.ts';
import { quantityOf } from '../metrics/index.ts';
import type { Goal } from '../metrics/metric.ts';
import type { Pair } from '../analysis/pairing.ts';
import { failureOf } from '../analysis/shortfall.ts';
import { isSignificant } from '../analysis/statistics.ts';
import { outsideNote } from '../analysis/whole-sweep.ts';

/** From so few pairs, a difference that can't be told from chance may yet be large. */
const FEW_PAIRS = 6;

interface Verdict extends Pick<Comparison, 'goal' | 'left' | 'right' | 'divergenceP'> {
  /** The objective over pairs that completed on both sides; null where there are none. */
  readonly main: ComparedMetric | null;
  /** Of the right side, divergences considered. */
  readonly verdict: ComparedMetric['verdict'];
}

/**
 * "conv is better than mlp by 3.10 nats of ELBO (95 % 2.40 to 3.80, 10 pairs)", the better side first. Trials without a
 * result are named, before the survivors where they decide.
 */
export function comparisonSentence({ main, verdict, goal, left, right, divergenceP }: Verdict): string {
  const losses = describeLosses(left, right);
  if (main !== null && losses === undefined) return survivorSentence(main, goal, left.label, right.label, verdict);
  const isDecided = verdict === 'better' || verdict === 'worse';
  const survivors =
    main === null
      ? 'no pair completed on both sides'
      : `of those completed on both sides, ${leadOf(main, goal, left, right)}`;
  if (main === null || (isDecided && isSignificant(divergenceP))) {
    const [better, worse] = verdict === 'better' ? [right, left] : [left, right];
    const claim = isDecided
      ? `${better.label} is better than ${worse.label}`
      : `${left.label} and ${right.label} can't be told apart`;
    const p = divergenceP === null ? '' : ` (p ${equality(formatP(divergenceP))})`;
    return `${claim}: ${losses ?? ''}${p}; ${survivors}`;
  }
  if (isDecided) return `${survivorSentence(main, goal, left.label, right.label, verdict)}; ${losses ?? ''}`;
  return `${losses ?? ''}; ${survivors}, and survivors alone decide nothing`;
}

function survivorSentence(
  main: ComparedMetric,
  goal: Goal,
  left: string,
  right: string,
  verdict: ComparedMetric['verdict'],
): string {
  const { ahead, behind, by, evidence, amount } = leadParts(main, goal, left, right);
  if (main.difference.mean === 0) return `${right} and ${left} are equal in ${amount} ${evidence}`;
  if (verdict === 'better' || verdict === 'worse') return `${ahead} is better than ${behind} by ${by} ${evidence}`;
  if (main.pairs < FEW_PAIRS) return `${ahead} is ahead of ${behind} by ${by} ${evidence}: too few pairs to be sure`;
  return `${ahead} and ${behind} can't be told apart: ${ahead} is ahead by ${by} ${evidence}`;
}

/** `conv is ahead by 3.10 nats of ELBO (95 % 2.40 to 3.80, 10 pairs)`. */
function leadOf(main: ComparedMetric, goal: Goal, left: ComparedSide, right: ComparedSide): string {
  const { ahead, by, amount, evidence } = leadParts(main, goal, left.label, right.label);
  if (main.difference.mean === 0) return `${right.label} and ${left.label} are equal in ${amount} ${evidence}`;
  return `${ahead} is ahead by ${by} ${evidence}`;
}

function leadParts({ name, difference, pairs }: ComparedMetric, goal: Goal, left: string, right: string) {
  const isRightAhead = difference.mean > 0 === (goal === 'maximize');
  const [ahead, behind] = isRightAhead ? [right, left] : [left, right];
  const { amount, decimals } = quantityOf(name);
  const sign = difference.mean < 0 ? -1 : 1;
  const ends = [difference.low, difference.high].map((end) => (end === null ? null : sign * end));
  const [low, high] = sign < 0 ? ends.toReversed() : ends;
  const interval =
    low == null || high == null ? '' : `95 % ${formatNumber(low, decimals)} to ${formatNumber(high, decimals)}, `;
  const by = `${formatNumber(Math.abs(difference.mean), decimals)} ${amount}`;
  return { ahead, behind, by, amount, evidence: `(${interval}${count(pairs, 'pair')})` };
}

/** `15 of 24 trials of learning_rate=0.1 diverged, none of learning_rate=0.001`; undefined where nothing was lost. */
function describeLosses(left: ComparedSide, right: ComparedSide): string | undefined {
  const kinds = (['diverged', 'failed'] as const).flatMap((kind) => {
    const sides = [left, right].toSorted((a, b) => b.lost[kind] - a.lost[kind]);
    const [most, least] = sides as [ComparedSide, ComparedSide];
    if (most.lost[kind] === 0) return [];
    const of = ({ lost, label }: ComparedSide): string =>
      lost[kind] === 0 ? `none of ${label}` : `${lost[kind]} of ${count(lost.of, 'trial')} of ${label}`;
    return [`${of(most)} ${kind}, ${of(least)}`];
  });
  return kinds.length === 0 ? undefined : kinds.join('; ');
}

function equality(p: string): string {
  return p.startsWith('<') ? p : `= ${p}`;
}

/** What a reader must know before believing the sentence. */
export function comparisonNotes({
  left,
  right,
  pairs,
  planned,
  ratio,
  outside,
  outdated,
}: Pick<Comparison, 'left' | 'right' | 'pairs' | 'ratio' | 'outside' | 'outdated'> & {
  readonly planned: readonly Pair[];
}): string[] {
  const { trainableWeights, seconds } = ratio;
  const effort = [
    { ratio: trainableWeights, what: 'weights', atLeast: 1.05 },
    // A machine with other work to do times equal work as differently as this.
    { ratio: seconds, what: 'seconds', atLeast: 1.25 },
  ].flatMap(({ ratio: one, what, atLeast }) => {
    return one === null || Math.abs(Math.log(one)) <= Math.log(atLeast) ? [] : `${formatRatio(one)} the ${what}`;
  });
  const worse = pairs.flatMap((pair) => [pair.left, pair.right]).filter(({ metrics }) => failureOf(metrics));
  const seeds = new Set(pairs.map((pair) => pair.left.seed)).size;
  const leftOut = planned.length - pairs.length;
  const isLost = planned.some((pair) =>
    [pair.left, pair.right].some(({ state }) => state === 'diverged' || state === 'failed'),
  );
  const notes = [
    pairs.length === 1
      ? '1 pair: nothing tells its difference from chance; give each setting more seeds (5 or more are better)'
      : undefined,
    pairs.length > seeds
      ? `${count(pairs.length, 'pair')}, but ${count(seeds, 'seed')}: pairs of one seed share their noise and the order of ` +
        'images, so these are weaker evidence than as many seeds'
      : undefined,
    worse.length === 0
      ? undefined
      : `${count(worse.length, 'trial')} compared here ended worse than a constant image, and count like the others: ` +
        worse.map(({ id }) => shortId(id)).join(', '),
    effort.length === 0
      ? undefined
      : `equal epochs, not equal effort: ${right.label} has ${effort.join(' and ')} of ${left.label}`,
    leftOut === 0
      ? undefined
      : `${leftOut} of ${count(planned.length, 'pair')} left out of the figures: not completed on both sides` +
        (isLost
          ? '; what diverges or fails is no random part of the trials, so the rest may look better than it is'
          : ''),
    ...[left, right].map(({ unmatched, label }) => {
      const trials = count(unmatched.length, 'completed trial');
      return unmatched.length === 0 ? undefined : `${trials} of ${label} left out: nothing on the other side matches`;
    }),
    outside === 0 ? undefined : `${outsideNote({ outside, outdated })!}, not compared (--all: with them)`,
  ];
  return notes.filter((note) => note !== undefined);
}

/** `0.41 ×`, `12 ×`. */
function formatRatio(ratio: number): string {
  return `${formatNumber(ratio, ratio < 10 ? 2 : 0)} ×`;
}
