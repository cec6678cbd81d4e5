import type { Comparison } from '../../analysis/comparison/comparison-model.ts';
import type { Cell } from '../../analysis/table.ts';
import type { PairedDifference } from '../../analysis/statistics/statistics.ts';
import { count } from '../../text/format-number.ts';
import { quantityOf } from '../../metrics/index.ts';
import { plain } from '../../text/printable.ts';
import { comparisonNotes, comparisonSentence, sideLabel } from './comparison-text.ts';
import { describeData } from '../data-text.ts';
import { formatP } from '../format.ts';
import { renderFitted } from '../layout/fitted-table.ts';
import { columnsOf, type GridColumn } from '../layout/grid.ts';
import { describeScope } from '../scope-text.ts';
import { dimNote, marked, styled, wrap, type Layout } from '../layout/text.ts';

/** The comparison for a terminal: the answer as a sentence, the figures, how the trials were matched. */
export function renderComparison(comparison: Comparison, layout: Layout): string {
  const { metrics, pairs, differs, varies } = comparison;
  const [left, right] = [sideLabel(comparison.left), sideLabel(comparison.right)];
  const columns = comparisonColumns(comparison);
  const table = renderFitted(columns, layout, '--json');
  const matched = varies.length === 0 ? '' : `, matched by ${varies.join(', ')}`;
  const note = (text: string): string => dimNote(layout, text);
  const sections = [
    styled(layout, 'bold', wrap(comparisonSentence(comparison), layout.columns)),
    '',
    ...(metrics.length === 0 ? [] : [table.text, '']),
    note(`${describeScope(comparison)} · ${count(pairs.length, 'pair')}${matched} · differs: ${differs.join(', ')}`),
    note(`data: ${describeData(comparison.trainedOn, comparison.noun)}`),
    ...(metrics.length === 0
      ? []
      : [
          note(
            `difference: ${right} minus ${left}, in nats per ${comparison.noun}, latent dimensions, seconds; interval and p by a paired t`,
          ),
        ]),
    ...(metrics.length === 0 ? [] : table.notes.map(note)),
    ...comparisonNotes(comparison).map((text) => marked(layout, 'yellow', ' !', plain(text))),
  ];
  return `${sections.join('\n')}\n`;
}

/** A row a metric: both sides, their difference and what is known of it. */
export function comparisonColumns({ metrics, ...sides }: Comparison): GridColumn[] {
  const [left, right] = [sideLabel(sides.left), sideLabel(sides.right)];
  const column = columnsOf(metrics);
  const number = (name: string, value: number, isSigned = false): Cell => {
    return { kind: 'number', value, decimals: quantityOf(name).decimals, isSigned };
  };
  return [
    column('', 0, ({ name }) => name),
    column(left, 0, (metric) => number(metric.name, metric.left)),
    column(right, 0, (metric) => number(metric.name, metric.right)),
    column('difference', 0, ({ name, difference }) => number(name, difference.mean, true)),
    column('95 % interval', 0, ({ name, difference: { low, high, values } }) => {
      const isKnown = low !== null && high !== null && !isFact(values);
      return isKnown ? { kind: 'range', low, high, decimals: quantityOf(name).decimals } : null;
    }),
    column('p', 1, ({ difference: { p, values } }) => (p === null || isFact(values) ? null : formatP(p)), 'right'),
    {
      ...column('better', 0, ({ verdict }) => {
        return verdict === 'better' ? right : verdict === 'worse' ? left : verdict;
      }),
      align: 'left' as const,
      style: (row: number) => (metrics[row]?.verdict === 'unclear' ? ('dim' as const) : undefined),
    },
  ];
}

/** The same in every pair, as of trainable weights: no estimate. */
function isFact(values: PairedDifference['values']): boolean {
  return values.length > 1 && values.every((value) => value === values[0]);
}
