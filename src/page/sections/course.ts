import { courseRows } from '../../charts/course.ts';
import { tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';

/** The drawing, and its values as a table. */
export function courseSection({ model }: PageContent, section: Section | null): Section | null {
  if (section === null) return null;
  const { header, rows } = courseRows(model);
  const isNumber = (column: number): boolean => column === 0 || column >= header.length - 2;
  const cells = (name: 'th' | 'td', row: readonly string[]): string =>
    tag(
      'tr',
      {},
      row.map((cell, i) =>
        tag(name, { class: isNumber(i) ? 'right' : 'left', scope: name === 'th' && 'col' }, words(cell)),
      ),
    );
  const table = tag('table', {}, [
    tag('thead', {}, cells('th', header)),
    tag(
      'tbody',
      {},
      rows.map((row) => cells('td', row)),
    ),
  ]);
  const scroll = tag('div', { class: 'scroll', role: 'region', 'aria-label': section.title, tabindex: 0 }, table);
  return { ...section, body: section.body + tag('details', {}, [tag('summary', {}, 'The same as a table'), scroll]) };
}
