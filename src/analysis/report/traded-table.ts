import { quantityOf } from '../../metrics/index.ts';
import type { Column } from '../table.ts';
import type { TradedSet } from './traded-set.ts';

/** The Pareto set as a table, along the front: place in the ranking, what differs, each objective, and whether the seeds are sure of it. */
export function tradedTable({ objectives, members }: TradedSet, differing: readonly string[]): Column[] {
  const columns: Column[] = [
    { header: '#', sacrifice: 0, align: 'right', cells: members.map(({ rank }) => rank ?? '–') },
    ...differing.map((name): Column => {
      const cells = members.map(({ params }) => {
        return Object.hasOwn(params, name) ? ({ kind: 'parameter', value: params[name] } as const) : null;
      });
      return { header: name, sacrifice: 0, cells };
    }),
    ...objectives.map(({ metric }, i): Column => {
      const { decimals } = quantityOf(metric);
      const cells = members.map(({ values }) => ({ kind: 'interval', interval: values[i]!, decimals }) as const);
      return { header: metric, sacrifice: 0, isRanked: true, cells };
    }),
    { header: '', sacrifice: 1, cells: members.map(({ isCertain }) => (isCertain === true ? 'certain' : null)) },
  ];
  return columns.filter(({ cells, header }) => header !== '' || cells.some((cell) => cell !== null));
}
