import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import type { Layout } from '../report/text.ts';

/** Writes the command's answer. Nothing else goes to stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes an answer that programs read. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Tells the user something that is not the answer: on stderr. */
export function note(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** A reader that goes away early (`sweep report | head -1`), or a terminal that closes, is not an error. */
export function ignoreClosedStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
}

/** Whether text for this stream may be coloured: a terminal, and none of NO_COLOR, NODE_DISABLE_COLORS, TERM=dumb. */
export function isColoured(stream: WriteStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x';
}

const DEFAULT_SIZE = { columns: 80, rows: 24 };

/** Size of a terminal; some report 0 while nobody has told them. */
export function sizeOf({ columns, rows }: WriteStream): { readonly columns: number; readonly rows: number } {
  return { columns: columns > 0 ? columns : DEFAULT_SIZE.columns, rows: rows > 0 ? rows : DEFAULT_SIZE.rows };
}

/** Width of what is printed on stdout. Where it is no terminal, COLUMNS decides, else 80. */
function stdoutColumns(): number {
  if (process.stdout.isTTY) return sizeOf(process.stdout).columns;
  const columns = Number(process.env['COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : DEFAULT_SIZE.columns;
}

/** How answers for people are laid out on stdout. */
export function stdoutLayout(): Layout {
  return { columns: stdoutColumns(), colour: isColoured(process.stdout) };
}
