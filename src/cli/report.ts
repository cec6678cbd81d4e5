import type { ReportModel } from '../analysis/report-model.ts';
import { DEFAULT_BEST } from '../analysis/summarize.ts';
import { reportOf } from '../answers.ts';
import { renderReportCsv } from '../render/csv.ts';
import { renderReportJson } from '../render/json.ts';
import { renderReportMarkdown } from '../render/markdown.ts';
import { renderReportTable } from '../render/table.ts';
import type { SweepRecord } from '../store/read-model.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, wholeNumber, withSelection, type GlobalFlags } from './flags.ts';
import { moreSeedsCommand } from './more-seeds.ts';
import { print, stdoutLayout } from './output.ts';
import { withResults } from './results.ts';

const FORMATS = ['table', 'md', 'csv', 'json'] as const;
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
        describe: 'Form of the answer',
      })
      .example('$0 report', 'every configuration of the newest sweep, best first')
      .example('$0 report beta --best 3', 'the best three of the sweep beta')
      .example('$0 report --by kl --where architecture=conv', 'another metric, some trials')
      .example('$0 report --format csv > beta.csv', 'for a spreadsheet'),

  run: async (flags) => {
    // `--best NAME`: the word belongs to the command, as `--best` needs no number.
    const isName =
      flags.best !== undefined && flags.best !== '' && flags.name === undefined && !/^-?\d/.test(flags.best);
    const name = isName ? flags.best : flags.name;
    const best = isName ? DEFAULT_BEST : bestCount(flags.best);

    const options = { best, by: flags.by, where: flags.where?.join(' '), all: flags.all };
    const { model, sweep } = await withResults(flags, (results) => {
      const answer = reportOf({ model: results, layout: layoutOf(flags) }, name, options);
      return { model: answer, sweep: results.sweeps().find((one) => one.name === answer.sweep)! };
    });
    const format = flags.json ? 'json' : (flags.format ?? 'table');
    const isTable = format === 'table';
    print(isTable ? tableOf(model, sweep, flags) : render(model, format));
    return 0;
  },
});

function bestCount(best: string | undefined): number | undefined {
  if (best === undefined) return undefined;
  return best === '' ? DEFAULT_BEST : wholeNumber('--best', best);
}

function tableOf(model: ReportModel, sweep: SweepRecord, flags: GlobalFlags): string {
  return renderReportTable(model, stdoutLayout(), repeatFlags(flags), moreSeedsCommand(model, sweep, flags));
}

function render(model: ReportModel, format: Exclude<Format, 'table'>): string {
  switch (format) {
    case 'md':
      return renderReportMarkdown(model);
    case 'csv':
      return renderReportCsv(model);
    case 'json':
      return renderReportJson(model);
  }
}
