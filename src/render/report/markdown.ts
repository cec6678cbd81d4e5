import type { ReportModel } from '../../analysis/report/report-model.ts';
import type { Column } from '../../analysis/table.ts';
import { tradedTable } from '../../analysis/report/traded-table.ts';
import { plain } from '../../text/printable.ts';
import { alignmentOf, cellTexts } from '../layout/cell-text.ts';
import { reportTexts, textsBelow } from './report-texts.ts';
import { searchAnswers } from './search-text.ts';

/** Text that Markdown and HTML take literally, also inside a table: no link, no formula, no mark-up. */
export function escapeMarkdown(text: string): string {
  return plain(text).replaceAll(/[\\`*_[\]|<>&~#$]|:(?=\/\/)|(?<=\bwww)\./gi, (mark) => `\\${mark}`);
}

/** The report as GitHub-flavoured Markdown: every column, no commands but that of what a search says to try next, which ends with `flags`. */
export function renderReportMarkdown(model: ReportModel, flags = ''): string {
  const texts = reportTexts(model);
  const { title, data, marks, empty, notes } = texts;
  const below = textsBelow(texts).map(({ of, text }) => ({
    of,
    block: escapeMarkdown(
      of === 'objectives' ? `They ${text}.` : of === 'constants' ? `Same everywhere: ${text}` : text,
    ),
  }));
  const lead = below.findIndex(({ of }) => of === 'traded') + 1;
  const blocks = [
    `## ${escapeMarkdown(model.sweep)}`,
    escapeMarkdown(title) + (data === false ? '' : `  \nData: ${escapeMarkdown(data)}`),
    ...marks.map(escapeMarkdown),
    empty && escapeMarkdown(empty),
    model.configurations.length > 0 && markdownTable(model.table),
    ...below.slice(0, lead).map(({ block }) => block),
    model.traded !== null &&
      model.traded.members.length > 0 &&
      markdownTable(tradedTable(model.traded, model.differing)),
    ...below.slice(lead).map(({ block }) => block),
    ...searchAnswers(model, flags).map(({ name, text, command }) => {
      const how = command === null ? '' : `: \`${plain(command)}\``;
      return `**${name[0]!.toUpperCase()}${name.slice(1)}:** ${escapeMarkdown(text)}${how}`;
    }),
    notes.length > 0 && notes.map((text) => `- **Note:** ${escapeMarkdown(text)}`).join('\n'),
  ];
  return `${blocks.filter((block) => block !== false).join('\n\n')}\n`;
}

/** Of at least one column. */
export function markdownTable(table: readonly Column[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const columns = table.map((column) => cellTexts(column).map(escapeMarkdown));
  return [
    line(table.map(({ header }) => escapeMarkdown(header))),
    line(table.map((column) => (alignmentOf(column) === 'left' ? ':---' : '---:'))),
    ...table[0]!.cells.map((_, row) => line(columns.map((cells) => cells[row]!))),
  ].join('\n');
}
