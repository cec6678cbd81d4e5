import { quantityOf } from '../../metrics/index.ts';
import { plain } from '../../text/printable.ts';
import type { ConfigurationSummary, ReportModel } from './report-model.ts';
import type { Cell, Column } from '../table.ts';

const PARTS = ['elbo', 'reconstruction', 'kl'];

/** The configurations as a table: rank, what differs, ranked metric, ties and the difference to the best are always shown; columns without a value are left out. */
export function reportTable(
  rows: readonly ConfigurationSummary[],
  { metric, goal, differing }: Pick<ReportModel, 'metric' | 'goal' | 'differing'>,
): Column[] {
  const column = (header: string, sacrifice: number, cell: (row: ConfigurationSummary) => Cell): Column => {
    return { header, sacrifice, cells: rows.map(cell) };
  };
  const mean = (name: string, sacrifice: number, prefix = ''): Column => {
    const { label, decimals } = quantityOf(name);
    return column(prefix + label, sacrifice, ({ metrics }) =>
      metrics[name] === undefined ? null : numberCell(metrics[name].mean, decimals),
    );
  };
  const { decimals } = quantityOf(metric);
  const split = metric.includes('/') ? metric.slice(0, metric.indexOf('/')) : 'val';
  const isEachTested = split !== 'test' && testedRows(rows).length > 1;
  return [
    { ...column('#', 0, ({ rank }) => rank ?? '–'), align: 'right' as const },
    ...differing.map((name) =>
      column(name, 0, ({ params }) => (Object.hasOwn(params, name) ? parameterCell(params[name]) : null)),
    ),
    {
      ...column(metric, 0, ({ rank, metrics: { [metric]: interval } }) =>
        interval === undefined ? null : { kind: 'interval', interval, decimals, isBest: goal !== null && rank === 1 },
      ),
      isRanked: true,
    },
    ...PARTS.flatMap((part, index) => {
      const name = `${split}/${part}`;
      return name === metric ? [] : [mean(name, 2 + index)];
    }),
    ...(metric === `${split}/bits_per_dim` ? [] : [mean(`${split}/bits_per_dim`, 5)]),
    column('active', 5, activeUnits),
    // Where all have as many, a note says it as well.
    column('seeds', new Set(rows.map(({ n, planned }) => `${n}/${planned}`)).size > 1 ? 0 : 1, ({ n, planned }) =>
      n === planned ? n : { kind: 'part', part: n, whole: planned },
    ),
    column('', 0, ({ standing, lost }) =>
      standing === null || standing === 'best' || standing === 'worse' ? null : { kind: 'standing', standing, lost },
    ),
    ...(isEachTested ? PARTS : []).map((part, index) => mean(`test/${part}`, 6 + 2 * index, 'test/')),
    column('vs best', 0, ({ vsBest }) => vsBest && { kind: 'interval', interval: vsBest, decimals }),
    column('tags', 6, ({ tags }) => (tags.length === 0 ? null : plain(tags.join(', ')))),
    ...(metric === 'seconds' ? [] : [mean('seconds', 11)]),
    ...(metric === 'trainable_weights' ? [] : [mean('trainable_weights', 12)]),
  ].filter(({ cells, header }) => header === '#' || cells.some((cell) => cell !== null));
}

/** Configurations that were evaluated on the test images. A single one is told of beside the table, without columns. */
export function testedRows(rows: readonly ConfigurationSummary[]): ConfigurationSummary[] {
  return rows.filter(({ metrics }) => PARTS.some((part) => metrics[`test/${part}`] !== undefined));
}

function parameterCell(value: unknown): Cell {
  return { kind: 'parameter', value };
}

function numberCell(value: number, decimals: number): Cell {
  return { kind: 'number', value, decimals };
}

/** Mean number of active latent dimensions, of all. */
function activeUnits({ metrics: { 'val/active_units': active }, params }: ConfigurationSummary): Cell {
  if (active === undefined) return null;
  const { latent_dim: all } = params;
  return typeof all === 'number'
    ? { kind: 'part', part: active.mean, whole: all }
    : numberCell(active.mean, Number.isInteger(active.mean) ? 0 : 1);
}
