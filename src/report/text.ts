import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';

/** What a terminal renderer must know of its surroundings. */
export interface Layout {
  /** Width of the terminal in cells. */
  readonly columns: number;
  readonly colour: boolean;
}

/** Control characters (C0, DEL, C1), line and paragraph separators, and marks that reorder text. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text of a user or of an error made safe for a terminal: one line, no escape sequences, nothing invisible. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, ' ').trim();
}

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

/** Styles text if the layout asks for colour. */
export function styled(layout: Layout, style: Style, text: string): string {
  return layout.colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
}

/** Breaks text between words so that no line exceeds `columns` cells, unless one word does. */
export function wrap(text: string, columns: number, indent = '', firstIndent = indent): string {
  const lines: string[] = [];
  let line = firstIndent;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && stringWidth(line) + 1 + stringWidth(word) > columns) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

/** Fills up with spaces on the left to `width` cells. */
export function alignRight(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text;
}

/** A word for a shell, quoted where it needs to be. */
export function shellWord(word: string): string {
  return /^[\w.=:,/+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
