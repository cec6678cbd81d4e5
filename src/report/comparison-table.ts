import type { ComparedMetric, Comparison } from './comparison-model.ts';
import { count, formatNumber, formatP, formatSigned } from './format.ts';
import { droppedNote, fitColumns, renderGrid } from './grid.ts';
import type { Column } from './grid.ts';
import { metricInfo } from './metric.ts';
import { plain, styled, wrap } from './text.ts';
import type { Layout, Style } from './text.ts';

const VERDICT_STYLES: Readonly<Record<string, Style>> = { better: 'green', worse: 'red', unclear: 'yellow' };

/** The comparison for a terminal: the answer as a sentence, the figures, how the trials were matched. */
export function renderComparison(comparison: Comparison, layout: Layout): string {
  const { left, right, metrics, pairs, differs, varies } = comparison;
  const column = (header: string, sacrifice: number, cell: (metric: ComparedMetric) => string): Column => {
    return { header, align: 'right', sacrifice, cells: metrics.map(cell) };
  };
  const decimals = (metric: ComparedMetric): number => metricInfo(metric.name).decimals;
  const columns: Column[] = [
    { ...column('', 0, ({ name }) => name), align: 'left' },
    column(left.label, 0, (metric) => formatNumber(metric.left, decimals(metric))),
    column(right.label, 0, (metric) => formatNumber(metric.right, decimals(metric))),
    column('difference', 0, (metric) => formatSigned(metric.difference.mean, decimals(metric))),
    column('95 % interval', 2, (metric) => formatRange(metric)),
    column('p', 3, ({ difference }) => formatP(difference.p)),
    {
      ...column('verdict', 1, ({ verdict }) => verdict ?? ''),
      align: 'left',
      style: (row) => VERDICT_STYLES[metrics[row]?.verdict ?? ''],
    },
  ];
  const { shown, left: dropped } = fitColumns(columns, layout);
  const matched = varies.length === 0 ? '' : `, matched by ${varies.join(', ')}`;
  const note = (text: string): string => styled(layout, 'dim', wrap(text, layout.columns, '   ', ' '));
  const sections = [
    styled(layout, 'bold', wrap(comparison.sentence, layout.columns)),
    '',
    renderGrid(shown, layout),
    '',
    note(`${plain(comparison.sweep)} · ${count(pairs.length, 'pair')}${matched} · differs: ${differs.join(', ')}`),
    note(`difference: ${right.label} minus ${left.label}; interval by bootstrap over pairs, p by sign flips`),
    ...(dropped.length === 0 ? [] : [note(droppedNote(dropped, '--json'))]),
    ...comparison.notes.map((text) => styled(layout, 'yellow', wrap(text, layout.columns, '   ', ' ! '))),
  ];
  return `${sections.join('\n')}\n`;
}

function formatRange({ name, difference: { low, high } }: ComparedMetric): string {
  const { decimals } = metricInfo(name);
  // Equal ends, as of trainable weights, are a fact and no estimate.
  return low === null || high === null || low === high
    ? ''
    : `${formatSigned(low, decimals)} to ${formatSigned(high, decimals)}`;
}
