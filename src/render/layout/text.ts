import { styleText } from 'node:util';
import stringWidth from 'string-width';

/** What a terminal renderer must know of its surroundings. */
export interface Layout {
  /** Width of the terminal in cells. */
  readonly columns: number;
  readonly colour: boolean;
}

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red';

/** Styles text if the layout asks for colour. */
export function styled(layout: Layout, style: Style | undefined, text: string): string {
  return layout.colour && style !== undefined && text !== '' ? styleText(style, text, { validateStream: false }) : text;
}

const UNBROKEN_SPACE = '\u00a0';

/** Text that `wrap` keeps on one line, such as a command that the reader will copy. */
export function unbroken(text: string): string {
  return text.replaceAll(' ', UNBROKEN_SPACE);
}

/** Commands that lead on; each stays on one line if it fits there, so that it can be copied. */
export function nextLine(commands: readonly string[], columns: number, indent = ''): string {
  const hanging = `${indent}      `;
  const pieces = commands.map((command) =>
    hanging.length + command.length + 2 > columns ? command : unbroken(command),
  );
  return wrap(unbroken('Next: ') + pieces.join(`${UNBROKEN_SPACE}· `), columns, hanging, indent);
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
  return [...lines, line].join('\n').replaceAll(UNBROKEN_SPACE, ' ');
}

/** A dim text below a table. */
export function dimNote(layout: Layout, text: string): string {
  return styled(layout, 'dim', wrap(text, layout.columns, '   ', ' '));
}

/** Text behind a coloured sign. The text itself keeps the terminal's own colour: yellow on white can't be read. */
export function marked(layout: Layout, style: Style, sign: string, text: string): string {
  const indent = ' '.repeat(stringWidth(sign) + 1);
  return wrap(text, layout.columns, indent, `${sign} `).replace(sign, styled(layout, style, sign));
}

/** The same for text of several lines, of which those that are indented, commands to be copied, stay as they are. */
export function markedLines(layout: Layout, style: Style, sign: string, text: string): string {
  const [first = '', ...others] = text.split('\n');
  const indent = ' '.repeat(stringWidth(sign) + 1);
  const rest = others.map((line) => (line.startsWith(' ') ? indent + line : wrap(line, layout.columns, indent)));
  return [marked(layout, style, sign, first), ...rest].join('\n');
}

/** Cuts plain text to `columns`, with an ellipsis; text that fits may be styled. */
export function clip(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

/** What fits into a line, in a style. */
export function styledLine(layout: Layout, text: string, style?: Style): string {
  return styled(layout, style, clip(text, layout.columns));
}
