import { describeParams, distinctValues } from '../../analysis/parameters.ts';
import type { ConfigurationSummary, ReportModel } from '../../analysis/report/report-model.ts';
import { count } from '../../text/format-number.ts';
import { formatValue } from '../../text/format-value.ts';
import { plain } from '../../text/printable.ts';
import { quantityOf } from '../../metrics/index.ts';
import { cellText } from '../layout/cell-text.ts';
import { formatInterval, shortId } from '../format.ts';
import { nextCommands, type SpecCommands } from './next-commands.ts';
import { reportTexts } from './report-texts.ts';
import { answerLine, luckText, searchAnswers } from './search-text.ts';
import { clip } from '../layout/text.ts';

// Together they keep the whole within some 6,000 characters, about 2,000 tokens, whatever the sweep.
const MAX_LINE = 320;
const MAX_ROWS = 5;
const MAX_PARAMETERS = 12;
const MAX_NOTES = 8;

/**
 * The report on a page for a coding agent, as Markdown without marks that need drawing: what was tried, what won, what is
 * doubtful, what comes next. Of a model of all configurations; `best` of
 * them are told one by one. Suggested commands end with `flags`.
 */
export function renderReportBrief(
  model: ReportModel,
  flags = '',
  best = MAX_ROWS,
  commands: SpecCommands = {},
): string {
  const { title, data, empty, outside, test, traded, objectives, constants, notes, edges, advice } = reportTexts(model);
  const { moreSeeds } = commands;
  const answers = searchAnswers(model, flags);
  const ranked = model.configurations.filter(({ rank }) => rank !== null);
  const rows = ranked.slice(0, Math.min(best, MAX_ROWS));
  const more = ranked.length - rows.length;
  const unranked = model.configurations.length - ranked.length;
  const tied = ranked.filter(({ standing }) => standing === 'tied' || standing === 'unclear').length;
  const sections: [string, (string | false)[]][] = [
    [
      'Tried',
      [
        data && `data: ${data}`,
        ...limited(
          model.differing.map((name) => triedValues(model, name)),
          MAX_PARAMETERS,
          'parameter',
        ),
        objectives,
        constants && `same everywhere: ${constants}`,
        outside && `${outside} (--all: with them)`,
        ...answers
          .filter(({ name }) => name === 'cost' || name === 'mattered')
          .map((one) => `${one.name}: ${answerLine(one)}`),
      ],
    ],
    [
      model.goal === null ? 'Order' : 'Won',
      [
        empty,
        ...traded,
        ...rows.map((row) => describeRow(row, model)),
        more > 0 && `and ${count(more, 'more configuration')} ranked`,
        unranked > 0 && `${count(unranked, 'configuration')} without a result`,
        test,
      ],
    ],
    [
      'Doubtful',
      [
        tied > 0 && `${count(tied, 'configuration')} can't be told from the best (95 % for all together)`,
        ...luckText(model),
        ...limited(notes, MAX_NOTES, 'note'),
      ],
    ],
    [
      'Next',
      [
        // A command has a line of its own: none is cut, however long the text.
        ...answers
          .filter(({ name }) => name === 'next')
          .flatMap(({ text, command }) => (command === null ? [text] : [text, command])),
        edges,
        advice && `${advice}${moreSeeds === undefined ? '' : `: ${moreSeeds}`}`,
        ...nextCommands(model, flags, commands),
        `sweep report ${plain(model.sweep)} --format json${flags}`,
      ],
    ],
  ];
  const blocks = sections.map(([name, lines]) => {
    const said = lines.filter((line) => line !== false);
    return [
      `## ${name}`,
      ...(said.length === 0 ? ['- nothing'] : said.map((line) => `- ${clip(plain(line), MAX_LINE)}`)),
    ];
  });
  return `# ${clip(title, MAX_LINE)}\n\n${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** `conv beta=1: val/elbo -45.33 ± 0.29, 2 seeds, best; trial f2f2d0`. */
function describeRow(
  { rank, params, metrics, n, planned, standing, lost, vsBest, trials }: ConfigurationSummary,
  model: ReportModel,
): string {
  const { metric, differing, idLength } = model;
  const { decimals } = quantityOf(metric);
  const seeds = n === planned ? count(n, 'seed') : `${n} of ${count(planned, 'seed')}`;
  const place = standing === null || standing === 'best' ? '' : cellText({ kind: 'standing', standing, lost });
  const parts = [
    `${metric} ${formatInterval(metrics[metric]!, decimals)}`,
    seeds,
    vsBest !== null && `vs best ${formatInterval(vsBest, decimals)}`,
    place !== '' && place,
    trials[0] !== undefined && `trial ${shortId(trials[0], idLength)}`,
  ].filter((part) => part !== false);
  const config = describeParams(params, differing);
  return `#${rank ?? '–'} ${config === '' ? 'the only configuration' : config}: ${parts.join(', ')}`;
}

/** `beta: 0.5, 1, 2`, and of many numbers the ends. */
function triedValues({ configurations }: ReportModel, name: string): string {
  const values = distinctValues(configurations, name);
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const isMany = values.length > MAX_ROWS * 2 && numbers.length === values.length;
  const text = isMany
    ? `${numbers[0]!} to ${numbers.at(-1)!} (${count(values.length, 'value')})`
    : (numbers.length === values.length ? numbers : values).map(formatValue).join(', ');
  return `${name}: ${text}`;
}

function limited(lines: readonly string[], most: number, noun: string): string[] {
  const rest = lines.length - most;
  return rest > 0
    ? [...lines.slice(0, most), `and ${count(rest, `more ${noun}`)} (--format json has all)`]
    : [...lines];
}
