import type { SeveralComparison, SideMetric } from '../../analysis/comparison/compare-several.ts';
import { halfWidth } from '../../analysis/statistics/statistics.ts';
import type { Cell, Column } from '../../analysis/table.ts';
import { quantityOf } from '../../metrics/index.ts';
import { count } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { sideLabel } from './comparison-text.ts';
import { describeData } from '../data-text.ts';
import { fitsWhole, renderFitted } from '../layout/fitted-table.ts';
import { columnsOf } from '../layout/grid.ts';
import { describeScope } from '../scope-text.ts';
import { severalNotes, severalSentence } from './several-text.ts';
import { dimNote, marked, styled, wrap, type Layout } from '../layout/text.ts';

/** Three settings or more for a terminal: a column each, or, where that is too wide, a row each. */
export function renderSeveral(comparison: SeveralComparison, layout: Layout): string {
  const { sides, reference, isBest, blocks, varies, differs } = comparison;
  const name = sideLabel(sides[reference]!);
  const matched = varies.length === 0 ? '' : `, matched by ${varies.join(', ')}`;
  const note = (text: string): string => dimNote(layout, text);
  const columns = settingColumns(comparison);
  const table = renderFitted(fitsWhole(columns, layout) ? columns : settingRows(comparison), layout, '--json');
  const sections = [
    styled(layout, 'bold', wrap(severalSentence(comparison), layout.columns)),
    '',
    table.text,
    '',
    note(`${describeScope(comparison)} · ${count(blocks.length, 'block')}${matched} · differs: ${differs.join(', ')}`),
    note(`data: ${describeData(comparison.trainedOn, comparison.noun)}`),
    note(
      `differences from ${name}${isBest ? ', the best by these figures' : ''}; ±: 95 % for all settings together, paired, moderated, Tukey's`,
    ),
    ...table.notes.map(note),
    ...severalNotes(comparison).map((text) => marked(layout, 'yellow', ' !', plain(text))),
  ];
  return `${sections.join('\n')}\n`;
}

/** A column a setting; of each metric its means, and below them the differences where they are no plain fact. */
export function settingColumns({ sides, metrics, reference }: SeveralComparison): Column[] {
  const rows = metrics.flatMap(({ name, sides: own }, index) => {
    const { decimals } = quantityOf(name);
    const number = (value: number | null | undefined, isSigned = false): Cell =>
      value === null || value === undefined ? null : { kind: 'number', value, decimals, isSigned };
    const mean = { label: name, cells: own.map((one) => number(one?.mean)) };
    if (own.every((one) => isFact(one))) return [mean];
    const vs = {
      label: `  vs ${sideLabel(sides[reference]!)}`,
      cells: own.map((one) => number(one?.difference?.mean, true)),
    };
    const half = { label: '  ±', cells: own.map((one) => number(one?.difference && halfWidth(one.difference))) };
    const verdict = { label: '', cells: own.map((one) => one?.verdict ?? null) };
    return [mean, vs, half, ...(index === 0 ? [verdict] : [])];
  });
  return [
    { header: '', sacrifice: 0, cells: rows.map(({ label }) => label) },
    ...sides.map((side, i) => ({
      ...{ header: sideLabel(side), sacrifice: 0, align: 'right' as const },
      cells: rows.map(({ cells }) => cells[i] ?? null),
    })),
  ];
}

/** A row a setting: the objective with its difference first, then the other metrics' means. */
function settingRows({ sides, metrics, reference }: SeveralComparison): Column[] {
  const column = columnsOf(sides.map((_, i) => i));
  const [main, ...others] = metrics;
  const { decimals } = quantityOf(main!.name);
  const mean =
    (own: readonly (SideMetric | null)[], name: string) =>
    (i: number): Cell =>
      own[i] ? { kind: 'number', value: own[i].mean, decimals: quantityOf(name).decimals } : null;
  return [
    column('', 0, (i) => sideLabel(sides[i]!)),
    column(main!.name, 0, mean(main!.sides, main!.name)),
    column(`vs ${sideLabel(sides[reference]!)}`, 0, (i) => {
      const difference = main!.sides[i]?.difference;
      return difference ? { kind: 'interval', interval: difference, decimals } : null;
    }),
    column('', 1, (i) => main!.sides[i]?.verdict ?? null),
    ...others.map(({ name, sides: own }, index) => column(quantityOf(name).label, 2 + index, mean(own, name))),
  ];
}

/** Nothing varies about the difference, as of trainable weights: no estimate. */
function isFact(one: SideMetric | null): boolean {
  return !one?.difference || halfWidth(one.difference) === 0;
}
