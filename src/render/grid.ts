import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Cell, Column } from '../analysis/table.ts';
import { alignmentOf, cellTexts, styleOf } from './cell-text.ts';
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

const INDENT = 1;
const GAP = 2;

function widthOf(column: Column): number {
  return Math.max(...[column.header, ...cellTexts(column)].map((text) => stringWidth(text)));
}

/** Cells that `renderGrid` takes for these columns. */
export function gridWidth(columns: readonly Column[]): number {
  return INDENT + columns.reduce((sum, column) => sum + widthOf(column) + GAP, -GAP);
}

/** Leaves out the least important columns until the rest fits into the layout. */
export function fitColumns<Shown extends Column>(
  columns: readonly Shown[],
  { columns: available }: Layout,
): { readonly shown: readonly Shown[]; readonly left: readonly Shown[] } {
  let shown = columns;
  const widths = new Map(columns.map((column) => [column, widthOf(column)]));
  for (;;) {
    const width = INDENT + shown.reduce((sum, column) => sum + widths.get(column)! + GAP, -GAP);
    const dearest = Math.max(...shown.map((column) => column.sacrifice));
    if (width <= available || dearest === 0) break;
    // Of equals the last goes first.
    const victim = shown.findLast((column) => column.sacrifice === dearest);
    shown = shown.filter((column) => column !== victim);
  }
  return { shown, left: columns.filter((column) => !shown.includes(column)) };
}

/** Says what `fitColumns` left out, and which flag shows it. */
export function droppedNote(left: readonly Column[], flag: string): string {
  return `not shown at this width: ${left.map(({ header }) => header).join(', ')} (${flag} has all)`;
}

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: ' '.repeat(INDENT), 'left-mid': '', mid: '', 'mid-mid': '' },
  ...{ right: '', 'right-mid': '', middle: ' '.repeat(GAP) },
};

/** A table without borders: aligned columns, a dim header, no spaces at line ends. */
export function renderGrid(columns: readonly GridColumn[], layout: Layout): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(alignmentOf),
    head: columns.map(({ header }) => styled(layout, 'dim', header)),
  });
  const texts = columns.map(cellTexts);
  for (let row = 0; row < (texts[0]?.length ?? 0); row++) {
    table.push(
      columns.map(({ style, cells }, index) =>
        styled(layout, style?.(row) ?? styleOf(cells[row]!), texts[index]![row]!),
      ),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
