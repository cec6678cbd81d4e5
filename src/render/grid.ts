import Table from 'cli-table3';
import stringWidth from 'string-width';
import { styled } from './text.ts';
import type { Layout, Style } from './text.ts';

/** A column of a text table, the header apart from the cells. */
export interface Column {
  readonly header: string;
  readonly align: 'left' | 'right';
  /** 0 is always shown; of the others, the highest goes first where the table is too wide. */
  readonly sacrifice: number;
  readonly cells: readonly string[];
  readonly style?: (row: number) => Style | undefined;
}

const INDENT = 1;
const GAP = 2;

function widthOf(column: Column): number {
  return Math.max(...[column.header, ...column.cells].map((text) => stringWidth(text)));
}

/** Leaves out the least important columns until the rest fits into the layout. */
export function fitColumns(
  columns: readonly Column[],
  { columns: available }: Layout,
): { readonly shown: readonly Column[]; readonly left: readonly Column[] } {
  let shown = columns;
  for (;;) {
    const width = INDENT + shown.reduce((sum, column) => sum + widthOf(column) + GAP, -GAP);
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
export function renderGrid(columns: readonly Column[], layout: Layout): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map((column) => column.align),
    head: columns.map((column) => styled(layout, 'dim', column.header)),
  });
  const rows = Math.max(0, ...columns.map((column) => column.cells.length));
  for (let row = 0; row < rows; row++) {
    table.push(
      columns.map((column) => {
        const style = column.style?.(row);
        const cell = column.cells[row] ?? '';
        return style === undefined ? cell : styled(layout, style, cell);
      }),
    );
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
