import { stripVTControlCharacters } from 'node:util';

/**
 * Characters that act on a terminal instead of being shown: control characters but for a line's end and a tab (C0, DEL,
 * C1), line and paragraph separators, and marks that reorder text.
 */
const ACTING = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The styles of render/layout/text.ts, or a character that acts. */
const STYLED = new RegExp(`(\\x1b\\[(?:1|2|22|31|32|33|39)m)|${ACTING.source}`, 'g');

/** Text for a terminal: what came from a path, a name or a value moves no cursor, sets no title and no colour. */
export function printable(text: string): string {
  return text.replace(ACTING, '\ufffd');
}

/** The same for text that has our own styles. */
export function printableStyled(text: string): string {
  return text.replace(STYLED, (_character, style: string | undefined) => style ?? '\ufffd');
}

/** JSON of the same value that is safe to print anywhere. */
export function printableJson(json: string): string {
  return json.replace(ACTING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Control characters (C0, DEL, C1), line and paragraph separators, and marks that reorder text. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** Text of a user or of an error made safe for a terminal: one line, no escape sequences, nothing invisible. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(UNPRINTABLE, ' ').trim();
}
