import type { ReportModel } from '../analysis/report-model.ts';
import { DEFAULT_BEST } from '../analysis/summarize.ts';
import { reportOf } from '../answers.ts';
import { renderReportCsv } from '../render/csv.ts';
import { renderReportJson } from '../render/json.ts';
import { renderReportMarkdown } from '../render/markdown.ts';
import { renderReportTable } from '../render/table.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, wholeNumber, withSelection } from './flags.ts';
import { print, stdoutLayout } from './output.ts';
import { isStdout, writeUserFile } from './output-file.ts';
import { withResults } from './results.ts';
import { writePage } from './write-page.ts';

const FORMATS = ['table', 'md', 'csv', 'json', 'html'] as const;
type Format = (typeof FORMATS)[number];

export const report = defineCommand({
  options: (yargs) =>
    withSelection(
      yargs
        .positional('name', { type: 'string', describe: 'Sweep; by default the one started last' })
        .option('best', {
          alias: 'n',
          group: OWN_FLAGS,
          type: 'string',
          describe: `Only the best N configurations (${DEFAULT_BEST} without a number)`,
        })
        .option('by', {
          group: OWN_FLAGS,
          type: 'string',
          requiresArg: true,
          describe: 'Rank by this metric instead of the objective; sort by it where it has no better end',
        }),
      'architecture=conv',
    )
      .option('format', {
        group: OWN_FLAGS,
        choices: FORMATS,
        defaultDescription: 'table',
        requiresArg: true,
        describe: 'Form of the answer; html is a page of its own, with charts and pictures',
      })
      .option('output', {
        group: OWN_FLAGS,
        alias: 'o',
        type: 'string',
        requiresArg: true,
        describe: 'File to write instead of stdout (-); of a page by default report.html in the folder of the sweep',
      })
      .example('$0 report', 'every configuration of the newest sweep, best first')
      .example('$0 report beta --best 3', 'the best three of the sweep beta')
      .example('$0 report --by val/kl --where architecture=conv', 'another metric, some trials')
      .example('$0 report --format csv > beta.csv', 'for a spreadsheet')
      .example('$0 report beta --format html', 'a page for the browser, in one file'),

  run: async (flags) => {
    // `--best NAME`: the word belongs to the command, as `--best` needs no number.
    const isName =
      flags.best !== undefined && flags.best !== '' && flags.name === undefined && !/^-?\d/.test(flags.best);
    const name = isName ? flags.best : flags.name;
    const best = isName ? DEFAULT_BEST : bestCount(flags.best);

    const options = { best, by: flags.by, where: flags.where?.join(' '), all: flags.all };
    const format = flags.json ? 'json' : (flags.format ?? 'table');
    if (format === 'html') return await writePage(flags, name, options);
    const model = await withResults(flags, (results) =>
      reportOf({ model: results, layout: layoutOf(flags) }, name, options),
    );
    const text = render(model, format, repeatFlags(flags));
    if (isStdout(flags.output)) print(text);
    else writeUserFile(flags.output, text, layoutOf(flags).root);
    return 0;
  },
});

function bestCount(best: string | undefined): number | undefined {
  if (best === undefined) return undefined;
  return best === '' ? DEFAULT_BEST : wholeNumber('--best', best);
}

function render(model: ReportModel, format: Exclude<Format, 'html'>, suggestedFlags: string): string {
  switch (format) {
    case 'table':
      return renderReportTable(model, stdoutLayout(), suggestedFlags);
    case 'md':
      return renderReportMarkdown(model);
    case 'csv':
      return renderReportCsv(model);
    case 'json':
      return renderReportJson(model);
  }
}
