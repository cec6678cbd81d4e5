import type { SeveralComparison } from '../../analysis/comparison/compare-several.ts';
import type { Comparison } from '../../analysis/comparison/comparison-model.ts';
import type { ReportModel } from '../../analysis/report/report-model.ts';
import type { Cell } from '../../analysis/table.ts';
import { plain } from '../../text/printable.ts';
import { alignmentOf, cellText } from '../layout/cell-text.ts';
import { comparisonColumns } from '../comparison/comparison-table.ts';
import { comparisonNotes, comparisonSentence } from '../comparison/comparison-text.ts';
import { describeData } from '../data-text.ts';
import type { GridColumn } from '../layout/grid.ts';
import { settingColumns } from '../comparison/several-table.ts';
import { severalNotes, severalSentence } from '../comparison/several-text.ts';
import { reportTexts, textsBelow } from './report-texts.ts';
import { answerLine, searchAnswers } from './search-text.ts';
import { describeScope } from '../scope-text.ts';

const MARKS: Readonly<Record<string, string>> = {
  ...{ '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', '#': '\\#', $: '\\$', '%': '\\%', '&': '\\&', _: '\\_' },
  ...{ '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '<': '\\textless{}', '>': '\\textgreater{}' },
  ...{ '|': '\\textbar{}', '"': '\\symbol{34}', '–': '--', '…': '\\ldots{}', '±': '$\\pm$', '×': '$\\times$' },
  ...{ β: '$\\beta$', '[': '{[}', ']': '{]}' },
};

/** Text that LaTeX sets as it is in every encoding of its fonts, also at the start of a row, where `[` would be an option of `\\`. */
export function escapeLatex(text: string): string {
  return plain(text).replaceAll(/[\\{}#$%&_~^<>|"–…±×β[\]]/g, (mark) => MARKS[mark]!);
}

/** The report as a tabular of booktabs to paste, every column; comments before it say what the numbers are. */
export function renderReportLatex(model: ReportModel, flags = ''): string {
  const texts = reportTexts(model);
  const { title, data, empty, notes } = texts;
  const about = [
    title,
    data && `data: ${data}`,
    empty,
    ...textsBelow(texts).map(({ of, text }) => (of === 'constants' ? `same everywhere: ${text}` : text)),
    ...searchAnswers(model, flags).map((answer) => `${answer.name}: ${answerLine(answer)}`),
    ...notes.map((note) => `note: ${note}`),
  ];
  return latexTable(model.configurations.length === 0 ? [] : model.table, about);
}

/** The figures of a comparison, likewise. */
export function renderComparisonLatex(comparison: Comparison): string {
  const about = [
    comparisonSentence(comparison),
    `sweep: ${describeScope(comparison)}`,
    `data: ${describeData(comparison.trainedOn, comparison.noun)}`,
    ...comparisonNotes(comparison).map((note) => `note: ${note}`),
  ];
  return latexTable(comparison.metrics.length === 0 ? [] : comparisonColumns(comparison), about);
}

/** The same of three settings or more. */
export function renderSeveralLatex(comparison: SeveralComparison): string {
  const about = [
    severalSentence(comparison),
    `sweep: ${describeScope(comparison)}`,
    `data: ${describeData(comparison.trainedOn, comparison.noun)}`,
    ...severalNotes(comparison).map((note) => `note: ${note}`),
  ];
  return latexTable(settingColumns(comparison), about);
}

function latexTable(columns: readonly GridColumn[], about: readonly (string | false)[]): string {
  const comments = about.filter((text) => text !== false).map((text) => `% ${plain(text)}`);
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`;
  const rows = (columns[0]?.cells ?? []).map((_, row) => line(columns.map(({ cells }) => latexCell(cells[row]!))));
  const table = [
    `\\begin{tabular}{${columns.map((column) => alignmentOf(column).slice(0, 1)).join('')}}`,
    '  \\toprule',
    line(columns.map(({ header }) => escapeLatex(header))),
    '  \\midrule',
    ...rows,
    '  \\bottomrule',
    '\\end{tabular}',
  ];
  return `${[...comments, ...(columns.length === 0 ? [] : ['% \\usepackage{booktabs}', ...table])].join('\n')}\n`;
}

/** `-36.41`, `-1.20e19 ± 3.40e19`, `+0.70 to +2.55`. */
const FIGURES = /^[+-]?\d[\d.e-]*(?: (?:±|to) [+-]?\d[\d.e-]*)?$/;

/** Figures in mathematics, so that a minus is one and a power of ten stands high; the best of its column is bold. */
function latexCell(cell: Cell): string {
  const text = cellText(cell);
  if (!FIGURES.test(text)) return escapeLatex(text);
  const math = (figures: string): string =>
    figures.replaceAll(/(\d)e(-?\d+)/g, '$1 \\times 10^{$2}').replaceAll('±', '\\pm');
  const isBest = typeof cell === 'object' && cell?.kind === 'interval' && cell.isBest === true;
  if (isBest) return `$\\mathbf{${math(text)}}$`;
  return text
    .split(' to ')
    .map((figures) => `$${math(figures)}$`)
    .join(' to ');
}
