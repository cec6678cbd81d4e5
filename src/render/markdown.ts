import { alignmentOf, cellTexts } from './cell-text.ts';
import { count } from '../format-number.ts';
import { constantsLine, datasetLine, emptyLine, legendLine, reportTitle, testLine, untestedLine } from './heading.ts';
import type { ReportModel } from '../analysis/report-model.ts';
import { plain } from '../printable.ts';
import { outsideNote } from './data-text.ts';
import { describeWarning } from './warning-text.ts';

/** Text that Markdown and HTML take literally, also inside a table: no link, no formula, no mark-up. */
export function escapeMarkdown(text: string): string {
  return plain(text).replaceAll(/[\\`*_[\]|<>&~#$]|:(?=\/\/)|(?<=\bwww)\./gi, (mark) => `\\${mark}`);
}

/** The report as GitHub-flavoured Markdown: every column, no commands. */
export function renderReportMarkdown(model: ReportModel): string {
  const dataset = datasetLine(model);
  const constants = constantsLine(model);
  const empty = emptyLine(model);
  const test = testLine(model);
  const legend = legendLine(model);
  const notes = [untestedLine(model), ...model.warnings.map((warning) => describeWarning(warning, model))].filter(
    (text) => text !== undefined,
  );
  const outside = outsideNote(model);
  const blocks = [
    `## ${escapeMarkdown(model.sweep)}`,
    escapeMarkdown(reportTitle(model)) + (dataset === undefined ? '' : `  \nData: ${escapeMarkdown(dataset)}`),
    empty === undefined ? undefined : escapeMarkdown(empty),
    model.configurations.length === 0 ? undefined : markdownTable(model),
    model.omitted === 0 ? undefined : `and ${count(model.omitted, 'more configuration')}`,
    outside === undefined ? undefined : `and ${outside}`,
    test === undefined ? undefined : escapeMarkdown(test),
    legend === undefined ? undefined : escapeMarkdown(legend),
    constants === undefined ? undefined : `Same everywhere: ${escapeMarkdown(constants)}`,
    notes.length === 0 ? undefined : notes.map((text) => `- **Note:** ${escapeMarkdown(text)}`).join('\n'),
  ];
  return `${blocks.filter((block) => block !== undefined).join('\n\n')}\n`;
}

function markdownTable({ table, configurations }: ReportModel): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const columns = table.map((column) => cellTexts(column).map(escapeMarkdown));
  return [
    line(table.map(({ header }) => escapeMarkdown(header))),
    line(table.map((column) => (alignmentOf(column) === 'left' ? ':---' : '---:'))),
    ...configurations.map((_, row) => line(columns.map((cells) => cells[row]!))),
  ].join('\n');
}
