import { formatNumber, tally } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import type { Cell, Column } from '../../analysis/table.ts';
import { alignIntervals, formatInterval, formatSigned } from '../format.ts';
import type { Style } from './text.ts';

/** The cells of a column as text, in every text format alike, whole. */
export function cellTexts({ cells, isRanked = false }: Column): string[] {
  const texts = cells.map((cell) => cellText(cell));
  return isRanked ? alignIntervals(texts) : texts;
}

/** `hugeDigits`: those after the point of figures that are written as powers of ten. */
export function cellText(cell: Cell, hugeDigits?: number): string {
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  switch (cell.kind) {
    case 'parameter':
      return formatValue(cell.value);
    case 'number':
      return (cell.isSigned === true ? formatSigned : formatNumber)(cell.value, cell.decimals);
    case 'interval':
      return formatInterval(cell.interval, cell.decimals, hugeDigits);
    case 'range':
      return `${formatSigned(cell.low, cell.decimals)} to ${formatSigned(cell.high, cell.decimals)}`;
    case 'part':
      return `${Number.isInteger(cell.part) ? cell.part : formatNumber(cell.part, 1)}/${cell.whole}`;
    case 'standing':
      return standingText(cell);
  }
}

/** `tied`, `can't tell`, `1 diverged`; nothing for the best and for what is told from it. */
function standingText({ standing, lost }: Extract<Cell, { kind: 'standing' }>): string {
  if (standing === 'tied') return 'tied';
  if (standing === 'unclear') return "can't tell";
  if (standing === 'pruned' || standing === 'screened') return standing;
  return standing === 'lost' ? tally(lost).join(', ') : '';
}

/** Numbers stand to the right, words to the left. */
export function alignmentOf({ align, cells }: Column): 'left' | 'right' {
  const isWord = (cell: Cell): boolean =>
    typeof cell === 'string' ||
    (typeof cell === 'object' &&
      (cell?.kind === 'standing' || (cell?.kind === 'parameter' && typeof cell.value !== 'number')));
  return align ?? (cells.some(isWord) ? 'left' : 'right');
}

export function styleOf(cell: Cell): Style | undefined {
  if (typeof cell !== 'object' || cell === null) return undefined;
  if (cell.kind === 'standing') return 'yellow';
  return cell.kind === 'interval' && cell.isBest === true ? 'green' : undefined;
}
