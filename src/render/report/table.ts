import type { ReportModel } from '../../analysis/report/report-model.ts';
import { tradedTable } from '../../analysis/report/traded-table.ts';
import { plain } from '../../text/printable.ts';
import { seedsOverride } from './advice-text.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { nextCommands, type SpecCommands } from './next-commands.ts';
import { reportTexts } from './report-texts.ts';
import { answerLine, searchAnswers } from './search-text.ts';
import { dimNote, marked, nextLine, unbroken, wrap, type Layout } from '../layout/text.ts';

/**
 * The report for a terminal. Fits `layout.columns`, and says what that leaves out. Suggested commands end with `flags`, e.g. ` --results other`.
 * `commands` are those on its spec.
 */
export function renderReportTable(model: ReportModel, layout: Layout, flags = '', commands: SpecCommands = {}): string {
  const table = renderFitted(model.table, layout, '--format csv');
  const texts = reportTexts(model);
  const { moreSeeds } = commands;
  const how = moreSeeds === undefined ? seedsAfterSpec(model) : unbroken(`\`${moreSeeds}\``);
  const advice = texts.advice && (how === undefined ? texts.advice : `${texts.advice}: ${how}`);
  const next = nextCommands(model, flags, commands);
  const note = (text: string | false): string | false => text !== false && dimNote(layout, text);
  const sections = [
    wrap(texts.title, layout.columns, '  ', ''),
    note(texts.data && `data: ${texts.data}`),
    ...texts.marks.map(note),
    '',
    texts.empty && ` ${texts.empty}\n`,
    model.configurations.length > 0 && table.text,
    note(texts.omitted && `${texts.omitted} (without --best: all)`),
    note(texts.outside && `${texts.outside} (--all: with them)`),
    texts.test && wrap(texts.test, layout.columns, '   ', ' '),
    ...texts.trade.map((text) => wrap(text, layout.columns, '   ', ' ')),
    note(texts.objectives),
    note(texts.constants && `same everywhere: ${texts.constants}`),
    note(texts.legend),
    ...(model.configurations.length > 0 ? table.notes.map(note) : []),
    ...tradedSection(model, texts.traded, layout),
    ...texts.notes.map((text) => marked(layout, 'yellow', ' !', plain(text))),
    ...searchAnswers(model, flags).map((answer) =>
      wrap(plain(answerLine(answer, unbroken)), layout.columns, ' '.repeat(10), ` ${answer.name.padEnd(9)}`),
    ),
    texts.edges && wrap(texts.edges, layout.columns, '   ', ' '),
    advice && wrap(advice, layout.columns, '   ', ' '),
    next.length > 0 && nextLine(next, layout.columns, ' '),
  ];
  return `${sections.filter((section) => section !== false).join('\n')}\n`;
}

/** The Pareto set of several objectives. */
function tradedSection({ traded, differing }: ReportModel, texts: readonly string[], layout: Layout): string[] {
  if (traded === null) return [];
  const [first, ...rest] = texts.map((text) => wrap(text, layout.columns, '   ', ' '));
  const table =
    traded.members.length === 0 ? [] : [renderFitted(tradedTable(traded, differing), layout, '--format json').text, ''];
  return ['', first!, '', ...table, ...rest, ''];
}

/** Where no spec is found here. */
function seedsAfterSpec(model: ReportModel): string | undefined {
  const seeds = seedsOverride(model);
  return seeds === undefined ? undefined : unbroken(`\`sweep run SPEC ${seeds}\``);
}
