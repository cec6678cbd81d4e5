import stringWidth from 'string-width';
import { cellText } from './cell-text.ts';
import { renderCards } from './cards.ts';
import { fitColumns, fits, renderGrid, type GridColumn, type TextColumn } from './grid.ts';
import { shortTexts } from './short-cells.ts';
import type { Layout } from './text.ts';

/** Room for a value of a parameter where there is little: a number of three digits. */
const NARROW_VALUE_COLUMNS = 8;

export interface FittedTable {
  readonly text: string;
  /** What it doesn't say, as sentences; `flag` shows all of it. */
  readonly notes: readonly string[];
}

/**
 * A table in the width there is, for which it gives up, in this order: columns that may be sacrificed, headers in one line,
 * digits of parameters, and at last the form of a table: then each row is a card. `flag` names what has the rest.
 */
export function renderFitted(columns: readonly GridColumn[], layout: Layout, flag: string): FittedTable {
  const usual = columns.map((column) => textColumn(column));
  const { shown, left } = fitColumns(usual, layout);
  const wrapped = shown.map(wrapHeader);
  const narrow = shown.map(({ column }) => wrapHeader(textColumn(column, NARROW_VALUE_COLUMNS)));
  const table = [shown, wrapped, narrow].find((form) => fits(form, layout));
  if (table !== undefined) {
    const notes = [...leftNote(left, flag), ...cutNote(table, flag)];
    return { text: renderGrid(table, layout), notes };
  }
  const cards = renderCards(
    shown.map(({ column }) => column),
    left.map(({ column }) => column),
    layout,
  );
  const isLeft = ({ column }: TextColumn): boolean => !cards.columns.includes(column);
  const cut = cards.cut.length === 0 ? [] : [`cut here: ${cards.cut.join(', ')} (${flag} has all of it)`];
  return { text: cards.text, notes: [...leftNote(left.filter(isLeft), flag), ...cut] };
}

/** Whether a table needs nothing given up. */
export function fitsWhole(columns: readonly GridColumn[], layout: Layout): boolean {
  return fits(
    columns.map((column) => textColumn(column)),
    layout,
  );
}

function textColumn(column: GridColumn, valueColumns?: number): TextColumn {
  return { column, header: column.header, ...shortTexts(column, valueColumns) };
}

/** The header in as many lines as its column is narrower than it, broken where a name has parts. */
function wrapHeader({ header, ...column }: TextColumn): TextColumn {
  const pieces = header.split(/(?<=[_/, ])/);
  const width = Math.max(...[...column.texts, ...pieces].map((text) => stringWidth(text)));
  const lines = pieces.reduce<string[]>(
    (done, piece) => {
      const line = done.at(-1)! + piece;
      return stringWidth(line.trimEnd()) <= width ? [...done.slice(0, -1), line] : [...done, piece];
    },
    [''],
  );
  return { ...column, header: lines.map((line) => line.trim()).join('\n') };
}

/** Says what is left out; of what is the same in every row, that. */
function leftNote(left: readonly TextColumn[], flag: string): string[] {
  // What has no header is a picture of another column.
  const named = left.filter(({ header }) => header !== '');
  if (named.length === 0) return [];
  const names = named.map(({ column: { header, cells } }) => {
    const values = new Set(cells.map((cell) => cellText(cell)));
    return cells.length > 1 && values.size === 1 ? `${header} (${[...values][0]!} in every row)` : header;
  });
  return [`not shown at this width: ${names.join(', ')} (${flag} has all)`];
}

function cutNote(shown: readonly TextColumn[], flag: string): string[] {
  const cut = shown.filter(({ isCut }) => isCut).map(({ column: { header } }) => header);
  return cut.length === 0 ? [] : [`rounded or cut here: ${cut.join(', ')} (${flag} has all of it)`];
}
