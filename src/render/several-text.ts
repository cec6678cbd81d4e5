/** The words of a comparison of three settings or more. */
import type { SeveralComparison } from '../analysis/compare-several.ts';
import { quantityOf } from '../metrics/index.ts';
import { count, formatNumber, tally } from '../text/format-number.ts';
import { betaNotes, sideLabel } from './comparison-text.ts';
import { outsideNote } from './data-text.ts';
import { shortId } from './format.ts';
import { selectionNotes } from './scope-text.ts';

/**
 * "beta=1 is ahead: beta=4 is worse by 8.96 nats of ELBO, beta=8 by 19.94; beta=0.5 can't be told from it (95 % for all
 * together, 4 blocks)".
 */
export function severalSentence(comparison: SeveralComparison): string {
  const { sides, reference, isBest, metrics, metric, blocks } = comparison;
  const [main] = metrics;
  const { amount, decimals } = quantityOf(metric);
  const name = sideLabel(sides[reference]!);
  let unit = ` ${amount}`;
  const told = (verdict: 'better' | 'worse'): string | false => {
    const ones = main!.sides.flatMap((side, i) => {
      if (side?.verdict !== verdict || side.difference === null) return [];
      const by = `by ${formatNumber(Math.abs(side.difference.mean), decimals)}${unit}`;
      unit = '';
      return [{ label: sideLabel(sides[i]!), by }];
    });
    return (
      ones.length > 0 && ones.map(({ label, by }, i) => `${label}${i === 0 ? ` is ${verdict}` : ''} ${by}`).join(', ')
    );
  };
  const untold = sides.filter((_, i) => main!.sides[i]?.verdict === 'unclear').map(sideLabel);
  const without = sides.filter((_, i) => main!.sides[i] === null).map(sideLabel);
  const parts = [
    told('better'),
    told('worse'),
    untold.length > 0 && `${untold.join(', ')} can't be told from it`,
    without.length > 0 && `nothing to compare completed of ${without.join(', ')}`,
  ].filter((part) => part !== false);
  const evidence = `(95 % for all together, ${count(blocks.length, 'block')})`;
  return `${isBest ? `${name} is ahead` : `Beside ${name}`}: ${parts.join('; ')} ${evidence}`;
}

/** What a reader must know before believing the sentence. */
export function severalNotes(comparison: SeveralComparison): string[] {
  const { sides, seeds, failures, plannedBlocks, hasLost } = comparison;
  const blocks = comparison.blocks.length;
  const leftOut = plannedBlocks - blocks;
  const outside = outsideNote(comparison);
  const notes = [
    ...selectionNotes(comparison),
    blocks === 1 &&
      '1 block: nothing tells its differences from chance; give each setting more seeds (5 or more are better)',
    blocks > seeds &&
      `${count(blocks, 'block')}, but ${count(seeds, 'seed')}: blocks of one seed share their noise and the order of ` +
        'images, so these are weaker evidence than as many seeds',
    ...sides.map((side) => {
      const { of, ...lost } = side.lost;
      const what = tally(lost).join(', ');
      return (
        what !== '' &&
        `${what} of ${count(of, 'trial')} of ${sideLabel(side)}: what is left of it is never called better`
      );
    }),
    failures.length > 0 &&
      `${count(failures.length, 'trial')} compared here ended worse than a constant image, and count like the others: ` +
        [...failures.slice(0, 3).map((id) => shortId(id)), ...(failures.length > 3 ? ['…'] : [])].join(', '),
    leftOut > 0 &&
      `${leftOut} of ${count(plannedBlocks, 'block')} left out of the figures: not completed by all settings that completed any` +
        (hasLost
          ? '; what diverges or fails is no random part of the trials, so the rest may look better than it is'
          : ''),
    ...sides.map((side) => {
      const trials = count(side.unmatched.length, 'completed trial');
      return (
        side.unmatched.length > 0 && `${trials} of ${sideLabel(side)} left out: not every other setting has a match`
      );
    }),
    ...betaNotes(comparison),
    outside !== undefined && `${outside}, not compared (--all: with them)`,
  ];
  return notes.filter((note) => note !== false);
}
