import type { ReportModel } from '../analysis/report/report-model.ts';
import { DEFAULT_BEST } from '../analysis/report/summarize.ts';
import { reportOf, reportsOf } from '../answers/reports.ts';
import { renderReportCsv } from '../render/csv.ts';
import { renderReportBrief } from '../render/report/brief.ts';
import { renderReportJson } from '../render/report/report-json.ts';
import { renderReportLatex } from '../render/report/latex.ts';
import { renderReportMarkdown } from '../render/report/markdown.ts';
import { renderReportTable } from '../render/report/table.ts';
import type { SpecCommands } from '../render/report/next-commands.ts';
import type { Layout } from '../render/layout/text.ts';
import { defineCommand } from './command.ts';
import { layoutOf, OWN_FLAGS, repeatFlags, wholeNumberFlag, withBy, withSelection } from './flags/flags.ts';
import { SweepError } from '../errors.ts';
import { nextSpec } from '../answers/next-spec.ts';
import { note } from './output.ts';
import { scalesOf } from '../analysis/families.ts';
import { answerLayout, formatOf, withForms, writeAnswer } from './files/output-file.ts';
import { withResults } from './results.ts';
import { specCommands } from './flags/spec-commands.ts';
import { writePage } from './files/write-page.ts';

const FORMATS = ['table', 'md', 'csv', 'json', 'html', 'latex', 'brief'] as const;
type Format = (typeof FORMATS)[number];
/** In these, families that can't be compared stand one after the other. */
const SEVERAL: readonly Format[] = ['table', 'md', 'latex', 'brief'];

export const report = defineCommand({
  options: (yargs) =>
    withForms(
      withSelection(
        withBy(yargs, 'Rank by this metric instead of the objective; sort by it where it has no better end')
          .positional('name', { type: 'string', describe: 'Sweep; by default the one started last' })
          .option('best', {
            alias: 'n',
            group: OWN_FLAGS,
            type: 'string',
            describe: `Only the best N configurations (${DEFAULT_BEST} without a number)`,
          })
          .option('next', {
            group: OWN_FLAGS,
            type: 'boolean',
            default: false,
            describe:
              'Write the spec that looks closer at the region of the best, with the reasons; exit code 4 where there is nothing to refine',
          }),
        'architecture=conv',
      ),
      FORMATS,
      'Form of the answer; html is a page of its own, with charts and pictures',
    )
      .example('$0 report', 'every configuration of the newest sweep, best first')
      .example('$0 report beta --best 3', 'the best three of the sweep beta')
      .example('$0 report --by kl --where architecture=conv', 'another metric, some trials')
      .example('$0 report --format csv > beta.csv', 'for a spreadsheet')
      .example('$0 report -o beta.tex', 'a LaTeX table, to paste into a paper')
      .example('$0 report beta --next > sweeps/beta-2.yaml', 'the spec of what to try next')
      .example('$0 report --format brief', 'a page for a coding agent')
      .example('$0 report beta --format html', 'a page for the browser, in one file'),

  run: async (flags) => {
    // `--best NAME`: the word belongs to the command, as `--best` needs no number.
    const isName =
      flags.best !== undefined && flags.best !== '' && flags.name === undefined && !/^-?\d/.test(flags.best);
    const name = isName ? flags.best : flags.name;
    const best = isName ? DEFAULT_BEST : bestCount(flags.best);

    if (flags.next) {
      refuseWithNext(flags, best);
      const spec = await withResults(flags, (model) =>
        nextSpec({ model, layout: layoutOf(flags) }, name, { where: flags.where }),
      );
      await writeAnswer(spec.trimEnd(), flags);
      return 0;
    }
    const format = formatOf(flags, FORMATS);
    const selection = { by: flags.by, where: flags.where, all: flags.all };
    if (format === 'html') return await writePage(flags, name, { best, ...selection });
    // The page says of all what was tried.
    const options = { best: format === 'brief' ? undefined : best, ...selection };
    const { models, sweep } = await withResults(flags, (results) => {
      const open = { model: results, layout: layoutOf(flags) };
      // What a program reads is one answer.
      const answers = SEVERAL.includes(format) ? reportsOf(open, name, options) : [reportOf(open, name, options)];
      return { models: answers, sweep: results.sweeps().find((one) => one.name === answers[0]!.sweep)! };
    });
    const layout = answerLayout(flags);
    const texts = models.map((model) =>
      format === 'brief'
        ? renderReportBrief(model, repeatFlags(flags), best, specCommands(model, sweep, flags))
        : render(model, format, layout, repeatFlags(flags), specCommands(model, sweep, flags)),
    );
    const scales = scalesOf(models.flatMap(({ configurations }) => configurations.slice(0, 1)))
      .map((name) => `different ${name}s`)
      .join(' and ');
    if (models.length > 1) note(`Values of ${scales} can't be compared: ${models.length} reports, one each.`, '!');
    await writeAnswer(texts.join('\n\n'), flags);
    return 0;
  },
});

/** A spec has one form, and is drawn by the objective, over the present plan. */
function refuseWithNext(
  flags: {
    readonly json: boolean;
    readonly format?: string | undefined;
    readonly by?: string | undefined;
    readonly all: boolean;
  },
  best: number | undefined,
): void {
  const others = [
    best !== undefined && '--best',
    flags.by !== undefined && '--by',
    flags.format !== undefined && '--format',
    flags.json && '--json',
    flags.all && '--all',
  ].filter((flag) => flag !== false);
  if (others.length > 0)
    throw new SweepError('USAGE', `--next writes a spec, and takes no ${others.join(', ')}: leave it out.`);
}

function bestCount(best: string | undefined): number | undefined {
  if (best === undefined) return undefined;
  return best === '' ? DEFAULT_BEST : wholeNumberFlag('--best', best);
}

function render(
  model: ReportModel,
  format: Exclude<Format, 'brief' | 'html'>,
  layout: Layout,
  suggestedFlags: string,
  commands: SpecCommands,
): string {
  switch (format) {
    case 'table':
      return renderReportTable(model, layout, suggestedFlags, commands);
    case 'md':
      return renderReportMarkdown(model, suggestedFlags);
    case 'csv':
      return renderReportCsv(model);
    case 'json':
      return renderReportJson(model, suggestedFlags, commands);
    case 'latex':
      return renderReportLatex(model, suggestedFlags);
  }
}
