import { alignIntervals, formatInterval } from './format.ts';
import { formatNumber } from '../format-number.ts';
import { formatValue } from '../format-value.ts';
import type { Column } from './grid.ts';
import { quantityOf } from '../metrics/index.ts';
import type { ConfigurationSummary, ReportModel } from '../analysis/report-model.ts';

const PARTS = ['elbo', 'reconstruction', 'kl'];

/**
 * The columns of the configuration table, for a terminal and for Markdown. The lower `sacrifice`, the later a narrow
 * terminal drops the column; rank, ranked metric, seeds and ties stay.
 */
export function reportColumns(model: ReportModel): Column[] {
  const { configurations: rows, metric } = model;
  const column = (header: string, sacrifice: number, cell: (row: ConfigurationSummary) => string): Column => {
    return { header, align: 'right', sacrifice, cells: rows.map(cell) };
  };
  const mean = (header: string, name: string, sacrifice: number): Column => {
    const { decimals } = quantityOf(name);
    return column(header, sacrifice, ({ metrics }) => {
      return metrics[name] === undefined ? '' : formatNumber(metrics[name].mean, decimals);
    });
  };

  const parameters = model.differing.map((name): Column => {
    const values = rows.map(({ params }) => params[name]).filter((value) => value !== undefined);
    const align = values.every((value) => typeof value === 'number') ? 'right' : 'left';
    const cell = ({ params }: ConfigurationSummary): string => {
      return Object.hasOwn(params, name) ? formatValue(params[name]) : '';
    };
    return { ...column(name, 1, cell), align };
  });
  const ranked: Column = {
    ...column(metric, 0, () => ''),
    cells: alignIntervals(
      rows.map(({ metrics }) => metrics[metric]),
      quantityOf(metric).decimals,
    ),
    style: (row) => (model.goal !== null && rows[row]?.rank === 1 ? 'green' : undefined),
  };
  const split = metric.includes('/') ? metric.slice(0, metric.indexOf('/')) : 'val';
  const withTie: Column = {
    ...column('', 0, standingMark),
    align: 'left',
    style: () => 'yellow',
  };
  return [
    column('#', 0, ({ rank }) => (rank === null ? '–' : String(rank))),
    ...parameters,
    ranked,
    ...PARTS.map((part, index) => ({ name: `${split}/${part}`, index }))
      .filter(({ name }) => name !== metric)
      .map(({ name, index }) => mean(quantityOf(name).label, name, 2 + index)),
    column('active', 5, activeUnits),
    column('seeds', 0, ({ n, planned }) => (n === planned ? String(n) : `${n}/${planned}`)),
    withTie,
    ...(split === 'test' || testedRows(model).length < 2 ? [] : PARTS).map((part, index) => {
      return mean(`test/${quantityOf(part).label}`, `test/${part}`, 6 + 2 * index);
    }),
    column('vs best', 7, ({ vsBest }) => (vsBest === null ? '' : formatInterval(vsBest, quantityOf(metric).decimals))),
    ...(metric === 'seconds' ? [] : [mean('seconds', 'seconds', 11)]),
    ...(metric === 'trainable_weights' ? [] : [mean('weights', 'trainable_weights', 12)]),
  ].filter(({ cells, header }) => header === '#' || cells.some((cell) => cell !== ''));
}

/** Configurations that were evaluated on the test images. A single one has a line of its own (see `testLine`), no columns. */
export function testedRows({ configurations }: ReportModel): ConfigurationSummary[] {
  return configurations.filter(({ metrics }) => PARTS.some((part) => metrics[`test/${part}`] !== undefined));
}

/** `tied`, `can't tell`, `1 diverged`; nothing for the best and for what is told from it. */
function standingMark({ standing, lost: { diverged, failed } }: ConfigurationSummary): string {
  switch (standing) {
    case 'tied':
      return 'tied';
    case 'unclear':
      return "can't tell";
    case 'lost':
      return [diverged > 0 ? `${diverged} diverged` : '', failed > 0 ? `${failed} failed` : '']
        .filter((part) => part !== '')
        .join(', ');
    case 'best':
    case 'worse':
    case null:
      return '';
  }
}

/** Mean number of active latent dimensions, of all: `9.5/10`. */
function activeUnits({ metrics, params }: ConfigurationSummary): string {
  const active = metrics['val/active_units'];
  if (active === undefined) return '';
  const mean = Number.isInteger(active.mean) ? String(active.mean) : formatNumber(active.mean, 1);
  return typeof params['latent_dim'] === 'number' ? `${mean}/${params['latent_dim']}` : mean;
}
