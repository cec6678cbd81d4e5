import { printableJson } from './printable.ts';

/** What YAML takes for itself, also in brackets. What it takes for a number or a truth value isn't among these. */
const WORD = /^[\p{L}_](?:[\p{L}\p{N}_ ./-]*[\p{L}\p{N}_./-])?$/u;
const NO_TEXT = /^(?:true|false|null)$/i;

/** A text as a spec has it in a list or a mapping, to be copied: `a`, `"Unnamed: 0"`, `"true"`. */
export function specWord(text: string): string {
  return WORD.test(text) && !NO_TEXT.test(text) ? text : printableJson(JSON.stringify(text));
}
