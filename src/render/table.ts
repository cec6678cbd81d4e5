import { count } from '../format-number.ts';
import { droppedNote, fitColumns, renderGrid } from './grid.ts';
import { constantsLine, datasetLine, emptyLine, legendLine, reportTitle, testLine, untestedLine } from './heading.ts';
import type { ReportModel } from '../analysis/report-model.ts';
import { outsideNote } from './data-text.ts';
import { nextCommands } from './next-commands.ts';
import { describeWarning } from './warning-text.ts';
import { marked, nextLine, styled, wrap } from './text.ts';
import { plain } from '../printable.ts';
import type { Layout } from './text.ts';

/**
 * The report for a terminal. Fits `layout.columns` by leaving out the least important columns, and says which. Suggested
 * commands end with `flags`, e.g. ` --results other`.
 */
export function renderReportTable(model: ReportModel, layout: Layout, flags = ''): string {
  const { shown, left } = fitColumns(model.table, layout);
  const next = nextCommands(model, flags);
  const note = (text: string | undefined): string[] => {
    return text === undefined ? [] : [styled(layout, 'dim', wrap(text, layout.columns, '   ', ' '))];
  };
  const dataset = datasetLine(model);
  const constants = constantsLine(model);
  const empty = emptyLine(model);
  const test = testLine(model);
  const outside = outsideNote(model);
  const sections = [
    wrap(reportTitle(model), layout.columns, '  ', ''),
    ...note(dataset === undefined ? undefined : `data: ${dataset}`),
    '',
    ...(empty === undefined ? [] : [` ${empty}`, '']),
    ...(model.configurations.length === 0 ? [] : [renderGrid(shown, layout)]),
    ...note(
      model.omitted === 0 ? undefined : `and ${count(model.omitted, 'more configuration')} (without --best: all)`,
    ),
    ...note(outside === undefined ? undefined : `and ${outside} (--all: with them)`),
    ...(test === undefined ? [] : [wrap(test, layout.columns, '   ', ' ')]),
    ...note(constants === undefined ? undefined : `same everywhere: ${constants}`),
    ...note(legendLine(model)),
    ...note(left.length === 0 ? undefined : droppedNote(left, '--format csv')),
    ...[untestedLine(model), ...model.warnings.map((warning) => describeWarning(warning, model))].flatMap((text) =>
      text === undefined ? [] : [marked(layout, 'yellow', ' !', plain(text))],
    ),
    ...(next.length === 0 ? [] : [nextLine(next, layout.columns, ' ')]),
  ];
  return `${sections.join('\n')}\n`;
}
