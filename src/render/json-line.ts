import { printableJson } from '../text/printable.ts';

/** One line of JSON with a line feed, safe to print anywhere and equal in value to `value`. */
export function toJsonLine(value: unknown): string {
  return `${printableJson(JSON.stringify(value))}\n`;
}
