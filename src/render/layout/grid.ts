import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Cell, Column } from '../../analysis/table.ts';
import { alignmentOf, styleOf } from './cell-text.ts';
import { styled, type Layout, type Style } from './text.ts';

/** A column that may have a style of its own for a row. */
export interface GridColumn extends Column {
  readonly style?: (row: number) => Style | undefined;
}

/** Makes columns of these rows: header, sacrifice, what a row has there. */
export function columnsOf<Row>(rows: readonly Row[]) {
  return (header: string, sacrifice: number, cell: (row: Row) => Cell, align?: Column['align']): Column => {
    return { header, sacrifice, cells: rows.map(cell), ...(align !== undefined && { align }) };
  };
}

/** A column with the texts of its cells; a header may have several lines. */
export interface TextColumn {
  readonly column: GridColumn;
  readonly header: string;
  readonly texts: readonly string[];
  /** Some texts don't say all of their cells. */
  readonly isCut: boolean;
}

const INDENT = 1;
const GAP = 2;

function widthOf({ header, texts }: TextColumn): number {
  return Math.max(...[...header.split('\n'), ...texts].map((text) => stringWidth(text)));
}

export function fits(columns: readonly TextColumn[], layout: Layout): boolean {
  return gridWidth(columns) <= layout.columns;
}

/** Cells that `renderGrid` takes for these columns. */
export function gridWidth(columns: readonly TextColumn[]): number {
  return INDENT + columns.reduce((sum, column) => sum + widthOf(column) + GAP, -GAP);
}

/** Leaves out the least important columns until the rest fits into the layout, or none is left that may go. */
export function fitColumns(
  columns: readonly TextColumn[],
  layout: Layout,
): { readonly shown: readonly TextColumn[]; readonly left: readonly TextColumn[] } {
  let shown = columns;
  while (!fits(shown, layout)) {
    const dearest = Math.max(...shown.map(({ column }) => column.sacrifice));
    if (dearest === 0) break;
    // Of equals the last goes first.
    const victim = shown.findLast(({ column }) => column.sacrifice === dearest);
    shown = shown.filter((column) => column !== victim);
  }
  return { shown, left: columns.filter((column) => !shown.includes(column)) };
}

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: ' '.repeat(INDENT), 'left-mid': '', mid: '', 'mid-mid': '' },
  ...{ right: '', 'right-mid': '', middle: ' '.repeat(GAP) },
};

/** A table without borders: aligned columns, a dim header, no spaces at line ends. */
export function renderGrid(columns: readonly TextColumn[], layout: Layout): string {
  const headerLines = Math.max(1, ...columns.map(({ header }) => header.split('\n').length));
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ column }) => alignmentOf(column)),
    head: columns.map(({ header }) => {
      const lines = header.split('\n').map((line) => styled(layout, 'dim', line));
      return '\n'.repeat(headerLines - lines.length) + lines.join('\n');
    }),
  });
  for (let row = 0; row < (columns[0]?.texts.length ?? 0); row++) {
    table.push(
      columns.map(({ column: { style, cells }, texts }) =>
        styled(layout, style?.(row) ?? styleOf(cells[row]!), texts[row]!),
      ),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
