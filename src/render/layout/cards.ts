import stringWidth from 'string-width';
import { cellText, styleOf } from './cell-text.ts';
import type { GridColumn } from './grid.ts';
import { clip, styled, unbroken, wrap, type Layout, type Style } from './text.ts';

export interface Cards {
  readonly text: string;
  /** Those that are on the cards. */
  readonly columns: readonly GridColumn[];
  /** Headers of those of which a value is longer than a line. */
  readonly cut: readonly string[];
}

interface Part {
  readonly text: string;
  readonly style: Style | undefined;
}

/**
 * A card a row, where a table would be too wide: what leads the row and its parameters, as a filter has them, then the
 * figures. With those of `more`, the dearest to give up first, for which there is room in the same lines.
 */
export function renderCards(columns: readonly GridColumn[], more: readonly GridColumn[], layout: Layout): Cards {
  let shown = columns;
  let cards = cardsOf(shown, layout);
  for (const column of more.toSorted((a, b) => a.sacrifice - b.sacrifice)) {
    const wider = cardsOf([...shown, column], layout);
    if (wider.text.split('\n').length > cards.text.split('\n').length) continue;
    [shown, cards] = [[...shown, column], wider];
  }
  return { ...cards, columns: shown };
}

function cardsOf(columns: readonly GridColumn[], layout: Layout): Omit<Cards, 'columns'> {
  const [lead, ...others] = columns;
  if (lead === undefined) return { text: '', cut: [] };
  const names = lead.cells.map((cell) => cellText(cell));
  const isNumbered = lead.cells.every((cell) => cellText(cell).length <= 4);
  const indent = ' '.repeat(isNumbered ? Math.max(...names.map((name) => stringWidth(name))) + 3 : 3);
  const room = layout.columns - indent.length;
  const cut = new Set<string>();
  const within = (header: string, text: string): string => {
    if (stringWidth(text) > room) cut.add(header);
    return unbroken(clip(text, room));
  };
  const isParameter = ({ cells }: GridColumn): boolean =>
    cells.some((cell) => typeof cell === 'object' && cell?.kind === 'parameter');
  const partsOf = (some: readonly GridColumn[], join: string, row: number): Part[] =>
    some.flatMap(({ header, cells, style }) => {
      const cell = cells[row]!;
      const value = cellText(cell);
      if (value === '') return [];
      const text = within(header, header === '' ? value : `${header}${join}${value}`);
      return [{ text, style: style?.(row) ?? styleOf(cell) }];
    });
  const parameters = others.filter(isParameter);
  const figures = others.filter((column) => !isParameter(column));
  const lines = names.flatMap((name, row) => {
    const first = isNumbered ? ` ${name.padStart(indent.length - 3)}  ` : ` ${within(lead.header, name)}`;
    const settings = partsOf(parameters, '=', row);
    const measured = partsOf(figures, ' ', row);
    if (isNumbered && settings.length === 0) return [flow(measured, ' · ', indent, first, layout)];
    return [
      settings.length === 0 ? first : flow(settings, ' ', indent, isNumbered ? first : `${first}  `, layout),
      ...(measured.length === 0 ? [] : [flow(measured, ' · ', indent, indent, layout)]),
    ];
  });
  return { text: lines.join('\n'), cut: [...cut] };
}

/** Parts on lines; a mark between two stays with the first of them. Styled afterwards, as styles have no width. */
function flow(parts: readonly Part[], separator: string, indent: string, first: string, layout: Layout): string {
  const between = separator === ' ' ? ' ' : `${unbroken(' ')}· `;
  const text = wrap(parts.map((part) => part.text).join(between), layout.columns, indent, first);
  return parts.reduce((whole, { text: part, style }) => {
    const shown = part.replaceAll('\u00a0', ' ');
    return style === undefined ? whole : whole.replace(shown, () => styled(layout, style, shown));
  }, text);
}
