/** What a sheet is made of beside the elements of charts. Lengths are its pixels. */
import { element, escapeMarkup } from '../charts/svg.ts';
import { plain } from '../text/printable.ts';
import { FONT_FAMILY } from './svg-to-png.ts';

export interface TextStyle {
  readonly size: number;
  readonly fill: string;
  readonly isBold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** So much white around it, over what lies below. */
  readonly halo?: number;
}

/** One line of text; `y` is its base line. */
export function text(
  content: string,
  x: number,
  y: number,
  { size, fill, isBold = false, anchor, halo }: TextStyle,
): string {
  const weight = isBold ? 600 : undefined;
  const attributes = { x, y, 'font-size': size, 'font-weight': weight, fill, 'text-anchor': anchor };
  const around = halo === undefined ? {} : { stroke: '#fff', 'stroke-width': halo, 'paint-order': 'stroke' };
  return element('text', { ...attributes, ...around }, escapeMarkup(plain(content)));
}

/** A PNG, each of its pixels a square of the sheet's: no viewer blurs it. */
export function pixelImage(png: Uint8Array, x: number, y: number, width: number, height: number): string {
  const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return element('image', { x, y, width, height, 'image-rendering': 'optimizeSpeed', href });
}

/** A whole picture on white. */
export function svgOf(width: number, height: number, content: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    ...{ width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': FONT_FAMILY },
  };
  // Browsers have a word of their own for it, which resvg would take for another.
  const style = '<style>@media screen, print { image { image-rendering: pixelated } }</style>';
  return `${element('svg', attributes, [style, element('rect', { width, height, fill: '#fff' }), ...content])}\n`;
}

/** Widths of Inter's characters in ems, a little generous. */
const NARROW = /[.,:;'|!iljI()[\]\s·ft]/;
const WIDE = /[mwMW—@%]/;

/** About how wide a line will be: rather too wide than too narrow. */
export function textWidth(content: string, size: number, isBold = false): number {
  const ems = Array.from(content, (character) => {
    if (NARROW.test(character)) return 0.3;
    if (WIDE.test(character)) return 0.88;
    return /[A-Z0-9=+−±×]/.test(character) ? 0.65 : 0.57;
  });
  return size * (isBold ? 1.05 : 1) * ems.reduce((sum, em) => sum + em, 0);
}

/** Breaks text between words into lines of at most `width`, unless one word is wider. */
export function wrapText(content: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of content.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last === undefined || textWidth(longer, size) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Cuts a line that is wider, with an ellipsis. */
export function clipText(content: string, width: number, size: number, isBold = false): string {
  if (textWidth(content, size, isBold) <= width) return content;
  const characters = Array.from(content);
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, isBold) > width) characters.pop();
  return `${characters.join('')}…`;
}
