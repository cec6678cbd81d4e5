import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { printable, printableStyled } from '../text/printable.ts';
import type { Layout } from '../render/layout/text.ts';
import { MIN_COLUMNS, terminalSize } from './views/terminal-size.ts';

/** Writes the command's answer. Nothing else goes to stdout. */
export function print(text: string): void {
  const shown = isColoured(process.stdout) ? printableStyled(text) : printable(text);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

const SIGN_STYLES = { '✗': 'red', '!': 'yellow' } as const;

/** Tells the user something that is not the answer, behind a sign in its colour: on stderr. */
export function note(text: string, sign?: keyof typeof SIGN_STYLES): void {
  const shown = printable(text);
  const head = sign === undefined ? '' : `${styleText(SIGN_STYLES[sign], sign, { stream: process.stderr })} `;
  process.stderr.write(`${head}${shown}${shown.endsWith('\n') ? '' : '\n'}`);
}

/**
 * A reader that goes away early (`sweep report | head -1`), or a terminal that closes, is not an error. An answer that
 * can't be written (a full disk) is, but no reason to stop a run, whose results are in the database.
 */
export function handleStreamErrors(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (stream === process.stderr || error.code === 'EPIPE' || error.code === 'EIO') return;
      note(`The answer can't be written: ${error.message}.`, '✗');
      // The last word, whatever the command returns.
      process.once('exit', () => (process.exitCode ||= 1));
    });
  }
}

/** Whether text for this stream may be coloured: a terminal, and none of NO_COLOR, NODE_DISABLE_COLORS, TERM=dumb. */
export function isColoured(stream: WriteStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x';
}

/** How answers for people are laid out on stdout. */
export function stdoutLayout(): Layout {
  const { columns } = terminalSize(process.stdout);
  return { columns: Math.max(MIN_COLUMNS, columns), colour: isColoured(process.stdout) };
}
