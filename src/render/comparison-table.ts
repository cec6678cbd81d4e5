import type { ComparedMetric, Comparison } from '../analysis/comparison-model.ts';
import { count, formatNumber } from '../format-number.ts';
import { formatP, formatSigned } from './format.ts';
import { droppedNote, fitColumns, renderGrid } from './grid.ts';
import type { Column } from './grid.ts';
import { quantityOf } from '../metrics/index.ts';
import type { PairedDifference } from '../analysis/statistics.ts';
import { marked, styled, wrap } from './text.ts';
import { plain } from '../printable.ts';
import type { Layout } from './text.ts';
import { describeData } from '../analysis/trained-on.ts';

/** The comparison for a terminal: the answer as a sentence, the figures, how the trials were matched. */
export function renderComparison(comparison: Comparison, layout: Layout): string {
  const { left, right, metrics, pairs, differs, varies } = comparison;
  const column = (header: string, sacrifice: number, cell: (metric: ComparedMetric) => string): Column => {
    return { header, align: 'right', sacrifice, cells: metrics.map(cell) };
  };
  const decimals = (metric: ComparedMetric): number => quantityOf(metric.name).decimals;
  const columns: Column[] = [
    { ...column('', 0, ({ name }) => name), align: 'left' },
    column(left.label, 0, (metric) => formatNumber(metric.left, decimals(metric))),
    column(right.label, 0, (metric) => formatNumber(metric.right, decimals(metric))),
    column('difference', 0, (metric) => formatSigned(metric.difference.mean, decimals(metric))),
    column('95 % interval', 2, (metric) => formatRange(metric)),
    column('p', 3, ({ difference }) => (isFact(difference) || difference.p === null ? '' : formatP(difference.p))),
    {
      ...column('better', 1, ({ verdict }) => {
        return verdict === null || verdict === 'unclear'
          ? (verdict ?? '')
          : verdict === 'better'
            ? right.label
            : left.label;
      }),
      align: 'left',
      style: (row) => (metrics[row]?.verdict === 'unclear' ? 'dim' : undefined),
    },
  ];
  const { shown, left: dropped } = fitColumns(columns, layout);
  const matched = varies.length === 0 ? '' : `, matched by ${varies.join(', ')}`;
  const note = (text: string): string => styled(layout, 'dim', wrap(text, layout.columns, '   ', ' '));
  const sections = [
    styled(layout, 'bold', wrap(comparison.sentence, layout.columns)),
    '',
    ...(metrics.length === 0 ? [] : [renderGrid(shown, layout), '']),
    note(`${plain(comparison.sweep)} · ${count(pairs.length, 'pair')}${matched} · differs: ${differs.join(', ')}`),
    note(`data: ${describeData(comparison.trainedOn)}`),
    ...(metrics.length === 0
      ? []
      : [
          note(
            `difference: ${right.label} minus ${left.label}, in nats per image, latent dimensions, seconds; interval and p by a paired t`,
          ),
        ]),
    ...(dropped.length === 0 ? [] : [note(droppedNote(dropped, '--json'))]),
    ...comparison.notes.map((text) => marked(layout, 'yellow', ' !', plain(text))),
  ];
  return `${sections.join('\n')}\n`;
}

/** The same in every pair, as of trainable weights: no estimate. */
function isFact({ values }: PairedDifference): boolean {
  return values.length > 1 && values.every((value) => value === values[0]);
}

function formatRange({ name, difference }: ComparedMetric): string {
  const { decimals } = quantityOf(name);
  const { low, high } = difference;
  return low === null || high === null || isFact(difference)
    ? ''
    : `${formatSigned(low, decimals)} to ${formatSigned(high, decimals)}`;
}
