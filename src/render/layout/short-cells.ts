/** Cells that would make their column wider than the others need, in a shorter form. */
import stringWidth from 'string-width';
import type { Cell, Column } from '../../analysis/table.ts';
import { formatValue } from '../../text/format-value.ts';
import { cellText } from './cell-text.ts';
import { alignIntervals } from '../format.ts';
import { clip } from './text.ts';

/** A value of a parameter may be as long as this, however short the others are. */
const USUAL_COLUMNS = 12;
/** A figure of a power of ten may be this much longer than the longest of the others. */
const HUGE_COLUMNS = 2;

export interface ShortColumn {
  readonly texts: readonly string[];
  /** Some of them don't say all digits, or all numbers of a list. */
  readonly isCut: boolean;
}

/** The cells of a column, of which none is much longer than the most. `valueColumns` limits the values of parameters further. */
export function shortTexts({ header, cells, isRanked = false }: Column, valueColumns = Infinity): ShortColumn {
  const whole = cells.map((cell) => cellText(cell));
  const limit = Math.min(Math.max(USUAL_COLUMNS, stringWidth(header), 2 * typicalWidth(whole)), valueColumns);
  const shortValues = distinctly(cells, (cell) => shortValue(cell.value, limit));
  const usual = Math.max(0, ...whole.filter((_, row) => !isHuge(whole[row]!)).map((text) => stringWidth(text)));
  const texts = cells.map((cell, row) => {
    if (isParameter(cell)) return shortValues.get(whole[row]!)!;
    return isInterval(cell) ? shortInterval(cell, usual + HUGE_COLUMNS, whole[row]!) : whole[row]!;
  });
  return { texts: isRanked ? alignIntervals(texts) : texts, isCut: texts.some((text, row) => text !== whole[row]) };
}

/** The median. */
function typicalWidth(texts: readonly string[]): number {
  const widths = texts.filter((text) => text !== '').map((text) => stringWidth(text));
  return widths.sort((a, b) => a - b)[Math.floor((widths.length - 1) / 2)] ?? 0;
}

type Of<Kind> = Extract<Cell, { kind: Kind }>;
const isParameter = (cell: Cell): cell is Of<'parameter'> => typeof cell === 'object' && cell?.kind === 'parameter';
const isInterval = (cell: Cell): cell is Of<'interval'> => typeof cell === 'object' && cell?.kind === 'interval';

/** Text of each value, by its whole text. Values that would read the same keep theirs: rows must stay told apart. */
function distinctly(cells: readonly Cell[], short: (cell: Of<'parameter'>) => string): Map<string, string> {
  const byText = new Map(cells.filter(isParameter).map((cell) => [cellText(cell), short(cell)]));
  const users = Map.groupBy(byText.values(), (text) => text);
  return new Map([...byText].map(([whole, text]) => [whole, users.get(text)!.length === 1 ? text : whole]));
}

/** A number with as many digits as there is room for, three at least; a list or a word with its beginning. */
function shortValue(value: unknown, columns: number): string {
  const whole = formatValue(value);
  if (stringWidth(whole) <= columns) return whole;
  if (typeof value === 'number') {
    const rounded = [6, 5, 4, 3].map((digits) => {
      return [value.toPrecision(digits), value.toExponential(digits - 1)]
        .map((text) => text.replace(/\.?0+(?=e|$)/, '').replace('e+', 'e'))
        .reduce((a, b) => (b.length < a.length ? b : a));
    });
    const fitting = rounded.find((text) => text.length <= columns) ?? rounded.at(-1)!;
    return fitting.length < whole.length ? fitting : whole;
  }
  if (!Array.isArray(value)) return clip(whole, columns);
  const kept = whole.slice(0, Math.max(0, columns - 2));
  const end = kept.lastIndexOf(',');
  return end < 0 ? whole : `${kept.slice(0, end + 1)}…]`;
}

function isHuge(text: string): boolean {
  return /\de\d/.test(text);
}

/** `-1.2e19 ± 3.4e19` in place of `-1.20e19 ± 3.40e19`. */
function shortInterval(cell: Of<'interval'>, columns: number, whole: string): string {
  if (!isHuge(whole)) return whole;
  const forms = [2, 1, 0].map((digits) => cellText(cell, digits));
  return forms.find((text) => text.length <= columns) ?? forms.at(-1)!;
}
