/** The words of a comparison of three settings or more. */
import type { SeveralComparison } from '../../analysis/comparison/compare-several.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count, formatNumber, tally } from '../../text/format-number.ts';
import { matchNotes, sideLabel } from './comparison-text.ts';

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
  const { sides, blocks, plannedBlocks } = comparison;
  return matchNotes(
    { ...comparison, matched: blocks.length, planned: plannedBlocks },
    {
      unit: 'block',
      completed: 'by all settings that completed any',
      unmatched: 'not every other setting has a match',
    },
    sides.flatMap((side) => {
      const { of, ...lost } = side.lost;
      const what = tally(lost).join(', ');
      return what === ''
        ? []
        : [`${what} of ${count(of, 'trial')} of ${sideLabel(side)}: what is left of it is never called better`];
    }),
  );
}
