/** The words of a comparison. */
import type { ComparedSide, Comparison } from '../../analysis/comparison/comparison-model.ts';
import { describeFilter } from '../../analysis/filter.ts';
import { describeMixedClasses } from '../trial/bit-class-text.ts';
import { count, formatNumber } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { quantityOf } from '../../metrics/index.ts';
import { outsideNote } from '../data-text.ts';
import { selectionNotes } from '../scope-text.ts';
import { FAVOURS_BETA_ONE } from '../report/trade-text.ts';
import { formatP, shortIds } from '../format.ts';

/** `conv` if architecture=conv is all that is asked for, else the filter: `beta=4`; of several sweeps `other:beta=4`, `other`. */
export function sideLabel({ sweep, filter }: Pick<ComparedSide, 'sweep' | 'filter'>): string {
  if (sweep !== null) return filter.terms.length === 0 ? sweep : `${sweep}:${describeFilter(filter)}`;
  const [only, ...others] = filter.terms;
  const [value, ...more] = only?.values ?? [];
  const isWord = only?.isNot === false && others.length === 0 && more.length === 0 && typeof value === 'string';
  return isWord ? formatValue(value) : describeFilter(filter);
}

/**
 * "conv is better than mlp by 3.10 nats of ELBO (95 % 2.40 to 3.80, 10 pairs)", the better side first. Trials without a
 * result are named, before the survivors where they decide.
 */
export function comparisonSentence(comparison: Comparison): string {
  const { verdict, left, right, lead, divergenceP } = comparison;
  const losses = describeLosses(left, right);
  if (lead !== null && losses === undefined) return describeVerdict(comparison, lead);
  const isDecided = verdict !== 'unclear';
  const survivors =
    lead === null
      ? 'no pair completed on both sides'
      : `of those completed on both sides, ${describeLead(comparison, lead)}`;
  if (lead === null || (isDecided && comparison.isDivergenceSignificant)) {
    const [better, worse] = verdict === 'better' ? [right, left] : [left, right];
    const claim = isDecided
      ? `${sideLabel(better)} is better than ${sideLabel(worse)}`
      : `${sideLabel(left)} and ${sideLabel(right)} can't be told apart`;
    const p = divergenceP === null ? '' : ` (p ${equality(formatP(divergenceP))})`;
    return `${claim}: ${losses ?? ''}${p}; ${survivors}`;
  }
  if (isDecided) return `${describeVerdict(comparison, lead)}; ${losses ?? ''}`;
  return `${losses ?? ''}; ${survivors}, and survivors alone decide nothing`;
}

type Lead = NonNullable<Comparison['lead']>;

function describeVerdict(comparison: Comparison, lead: Lead): string {
  const { ahead, behind, by } = leadWords(comparison, lead);
  if (lead.by.mean === 0) return describeLead(comparison, lead);
  if (comparison.verdict !== 'unclear') return `${ahead} is better than ${behind} by ${by}`;
  if (lead.isByFew) return `${ahead} is ahead of ${behind} by ${by}: too few pairs to be sure`;
  return `${ahead} and ${behind} can't be told apart: ${ahead} is ahead by ${by}`;
}

/** `conv is ahead by 3.10 nats of ELBO (95 % 2.40 to 3.80, 10 pairs)`. */
function describeLead(comparison: Comparison, lead: Lead): string {
  const { ahead, behind, by, amount, evidence } = leadWords(comparison, lead);
  return lead.by.mean === 0
    ? `${ahead} and ${behind} are equal in ${amount} ${evidence}`
    : `${ahead} is ahead by ${by}`;
}

function leadWords({ left, right, metric }: Comparison, { ahead, by: { mean, low, high }, pairs }: Lead) {
  const sides = ahead === 'right' ? [right, left] : [left, right];
  const [first, second] = sides.map(sideLabel) as [string, string];
  const { amount, decimals } = quantityOf(metric);
  const interval =
    low === null || high === null ? '' : `95 % ${formatNumber(low, decimals)} to ${formatNumber(high, decimals)}, `;
  const evidence = `(${interval}${count(pairs, 'pair')})`;
  return {
    ahead: first,
    behind: second,
    amount,
    evidence,
    by: `${formatNumber(mean, decimals)} ${amount} ${evidence}`,
  };
}

/** `15 of 24 trials of learning_rate=0.1 diverged, none of learning_rate=0.001`; undefined where nothing was lost. */
function describeLosses(left: ComparedSide, right: ComparedSide): string | undefined {
  const kinds = (['diverged', 'failed'] as const).flatMap((kind) => {
    const sides = [left, right].toSorted((a, b) => b.lost[kind] - a.lost[kind]);
    const [most, least] = sides as [ComparedSide, ComparedSide];
    if (most.lost[kind] === 0) return [];
    const of = (side: ComparedSide): string => {
      const { [kind]: lost, of: ended } = side.lost;
      return `${lost === 0 ? 'none' : `${lost} of ${count(ended, 'trial')}`} of ${sideLabel(side)}`;
    };
    return [`${of(most)} ${kind}, ${of(least)}`];
  });
  return kinds.length === 0 ? undefined : kinds.join('; ');
}

function equality(p: string): string {
  return p.startsWith('<') ? p : `= ${p}`;
}

/** What a reader must know before believing the sentence. */
export function comparisonNotes(comparison: Comparison): string[] {
  const { left, right, ratio, unequal, pairs, plannedPairs } = comparison;
  const words = { trainableWeights: 'weights', seconds: 'seconds' };
  const effort = unequal.map((name) => `${formatRatio(ratio[name]!)} the ${words[name]}`);
  return matchNotes(
    { ...comparison, sides: [left, right], matched: pairs.length, planned: plannedPairs },
    { unit: 'pair', completed: 'on both sides', unmatched: 'nothing on the other side matches' },
    effort.length === 0
      ? []
      : [`equal epochs, not equal effort: ${sideLabel(right)} has ${effort.join(' and ')} of ${sideLabel(left)}`],
  );
}

type Matched = Pick<
  Comparison,
  'where' | 'metric' | 'differs' | 'seeds' | 'failures' | 'bitClasses' | 'hasLost' | 'outside' | 'outdated' | 'noun'
> & {
  readonly sides: readonly ComparedSide[];
  /** Pairs or blocks that completed, of so many. */
  readonly matched: number;
  readonly planned: number;
};

/** Of trials in pairs or blocks; `own` are notes of the one kind alone. */
export function matchNotes(
  { metric, differs, sides, seeds, failures, bitClasses, matched, planned, ...comparison }: Matched,
  words: { readonly unit: 'pair' | 'block'; readonly completed: string; readonly unmatched: string },
  own: readonly string[],
): string[] {
  const { unit } = words;
  const outside = outsideNote(comparison);
  const notes = [
    ...selectionNotes(comparison),
    matched === 1 &&
      `1 ${unit}: nothing tells its difference from chance; give each setting more seeds (5 or more are better)`,
    matched > seeds &&
      `${count(matched, unit)}, but ${count(seeds, 'seed')}: ${unit}s of one seed share their noise and the order of ` +
        `${comparison.noun}s, so these are weaker evidence than as many seeds`,
    ...own,
    failures.length > 0 &&
      `${count(failures.length, 'trial')} compared here ended worse than a constant ${comparison.noun}, and count like the others: ` +
        shortIds(failures),
    matched < planned &&
      `${planned - matched} of ${count(planned, unit)} left out of the figures: not completed ${words.completed}` +
        (comparison.hasLost
          ? '; what diverges or fails is no random part of the trials, so the rest may look better than it is'
          : ''),
    ...sides.map(
      (side) =>
        side.unmatched.length > 0 &&
        `${count(side.unmatched.length, 'completed trial')} of ${sideLabel(side)} left out: ${words.unmatched}`,
    ),
    // Settings of several β, compared by the bound of one.
    metric.endsWith('/elbo') && differs.includes('beta') && `${metric} ${FAVOURS_BETA_ONE}`,
    bitClasses.length > 0 && describeMixedClasses(bitClasses),
    outside !== undefined && `${outside}, not compared (--all: with them)`,
  ];
  return notes.filter((note) => note !== false);
}

/** `0.41 ×`, `12 ×`. */
function formatRatio(ratio: number): string {
  return `${formatNumber(ratio, ratio < 10 ? 2 : 0)} ×`;
}
