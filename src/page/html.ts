import { escapeMarkup, type Markup } from '../charts/svg.ts';

type Part = Markup | readonly Markup[] | false;

/** A part of the page: its address, what it is, and how to read it. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** How to read it, a sentence or two. */
  readonly lead?: string | undefined;
  readonly body: Markup;
  /** Half of the page's width is enough. */
  readonly isHalf?: boolean;
  /** What must be known of what is shown: what is left out, and where it is. */
  readonly notes?: readonly (string | null)[];
  /** The same of what no selection changes. */
  readonly after?: readonly string[];
}

/** Elements without an end. */
const VOID = new Set(['img', 'input', 'br']);

/** Elements of the page. Strings in `content` are markup; text goes through `words`. */
export function tag(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined | false>>,
  content: Part = '',
): Markup {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === false ? [] : [` ${key}="${escapeMarkup(String(value))}"`],
  );
  if (VOID.has(name)) return `<${name}${written.join('')}>`;
  const inner = content === false ? '' : typeof content === 'string' ? content : content.join('');
  return `<${name}${written.join('')}>${inner}</${name}>`;
}

/** Text, with a real minus sign before numbers; figures stay on one line with what belongs to them. */
export function words(text: string): Markup {
  const written = text
    .replaceAll(/(?<![\w.=])-(?=\d)/g, '−')
    .replaceAll(/ (±|(?<=β )=) /g, '\u00a0$1\u00a0')
    .replaceAll(/(?<=\d) %/g, '\u00a0%');
  return escapeMarkup(written);
}

/** The same of a sentence with commands in backticks. */
export function prose(text: string): Markup {
  return text
    .split(/`([^`]+)`/)
    .map((part, at) => (at % 2 === 0 ? words(part) : tag('code', {}, escapeMarkup(part))))
    .join('');
}

/** A clause of the terminal's reports, as a sentence; one that begins with a metric's name keeps it as it is. */
export function sentence(clause: string): string {
  const start = /^\w+\//.test(clause) ? clause.slice(0, 1) : clause.slice(0, 1).toUpperCase();
  return `${start}${clause.slice(1)}${clause.endsWith('.') ? '' : '.'}`;
}

export function sectionMarkup({ id, title, lead, body, isHalf = false, notes = [], after = [] }: Section): Markup {
  return tag('section', { id, class: isHalf ? 'panel half' : 'panel', 'aria-labelledby': `${id}-title` }, [
    tag('h2', { id: `${id}-title` }, words(title)),
    lead === undefined ? '' : tag('p', { class: 'lead' }, words(lead)),
    body,
    tag(
      'div',
      { class: 'notes' },
      notes.flatMap((note) => (note === null ? [] : [tag('p', {}, prose(note))])),
    ),
    after.length === 0
      ? ''
      : tag(
          'div',
          { class: 'notes-after' },
          after.map((note) => tag('p', {}, prose(note))),
        ),
  ]);
}

/** A chart with a place to be drawn again at the reader's width. */
export function figure(name: string, svg: Markup): Markup {
  return tag('figure', { class: 'chart', 'data-chart': name }, [tag('div', { class: 'drawing' }, svg)]);
}
