import { tradedTable } from '../../analysis/report/traded-table.ts';
import { alignmentOf, cellTexts } from '../../render/layout/cell-text.ts';
import { reportTexts } from '../../render/report/report-texts.ts';
import { sentence, tag, words, type Section } from '../html.ts';
import type { PageContent } from '../page-content.ts';

/** The Pareto set of several objectives. */
export function traded({ report }: PageContent): Section | null {
  if (report.traded === null) return null;
  const [lead, ...after] = reportTexts(report).traded.map(sentence);
  const columns = tradedTable(report.traded, report.differing).map((column) => ({
    ...{ header: column.header, align: alignmentOf(column) },
    cells: cellTexts(column).map((cell) => cell.trim().replaceAll(/ +/g, ' ')),
  }));
  const rows = report.traded.members.map((_, row) =>
    tag(
      'tr',
      {},
      columns.map(({ align, cells }) => tag('td', { class: align }, words(cells[row]!))),
    ),
  );
  const heads = columns.map(({ header, align }) =>
    tag('th', { scope: 'col', class: align }, words(header === '' ? ' ' : header)),
  );
  const table = tag('table', {}, [tag('thead', {}, tag('tr', {}, heads)), tag('tbody', {}, rows)]);
  const body = tag('div', { class: 'scroll', role: 'region', 'aria-label': 'Pareto set', tabindex: 0 }, table);
  return { id: 'traded', title: 'Several objectives', lead, body: rows.length === 0 ? '' : body, after };
}
