/** Lines that keep to a terminal's width. Widths are display cells, not characters. */
import stringWidth from 'string-width';

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

/** Plain texts at the two ends of a line; the left one is cut where there is no room for both. */
export function spread(left: string, right: string, columns: number): string {
  if (right === '') return clip(left, columns);
  const kept = clip(left, columns - stringWidth(right) - 2);
  const gap = Math.max(2, columns - stringWidth(kept) - stringWidth(right));
  return clip(kept + ' '.repeat(gap) + right, columns);
}
