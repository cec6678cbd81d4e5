/** The one source of the width and height that output is laid out for. */
import type { WriteStream } from 'node:tty';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

/** Text in fewer columns than this is a letter a line: what doesn't fit is left to the terminal to break. */
export const MIN_COLUMNS = 20;

/** Of the terminal; where there is none, or one that nobody told its size (0 columns), of COLUMNS and LINES, else 80 × 24. */
export function terminalSize({ columns, rows }: Partial<Pick<WriteStream, 'columns' | 'rows'>>): TerminalSize {
  return {
    columns: positive(columns) ?? positive(process.env['COLUMNS']) ?? DEFAULT_SIZE.columns,
    rows: positive(rows) ?? positive(process.env['LINES']) ?? DEFAULT_SIZE.rows,
  };
}

/** Whether a picture can be drawn there, and drawn over. */
export function canRedraw(stream: WriteStream): boolean {
  return stream.isTTY && process.env['TERM'] !== 'dumb' && terminalSize(stream).columns >= MIN_COLUMNS;
}

function positive(size: string | number | undefined): number | undefined {
  const number = Number(size);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
