import type { Colouring } from '../../charts/colouring.ts';
import { meanCurve } from '../../charts/mean-curve.ts';
import { pagePalette } from '../../charts/palette.ts';
import { robustDomain } from '../../charts/scales.ts';
import { drawInterval, drawSparkline } from '../../charts/sparkline.ts';
import { element, escapeMarkup, type Markup } from '../../charts/svg.ts';
import { tag, words } from '../html.ts';
import type { PageData } from '../page-content.ts';

/** So many rows are in the page itself; scripts add the others on demand. */
export const ROWS = 30;

/** The table of configurations. Where scripts run, the same function draws it again, sorted or filtered. */
export function leaderboardTable(data: PageData, colours: Colouring, order: readonly number[]): Markup {
  const { table, model } = data;
  const domain = intervalDomain(data);
  const ranked = table.findIndex(({ header }) => header === model.metric.name);
  const head = table.flatMap(({ header, align }, column) => [
    tag('th', { scope: 'col', class: align, 'data-column': column }, words(header === '' ? ' ' : header)),
    column === ranked ? tag('th', { scope: 'col', class: 'graphic', 'aria-label': 'interval' }, '') : '',
  ]);
  const hasCurves = model.curves.trials.some((curves) => Object.values(curves).some((curve) => curve.length > 1));
  const rows = order.map((place) => {
    const colour = colours.of(place);
    const { value, rank } = model.configurations[place]!;
    const isBest = rank === 1 && model.metric.goal !== null;
    const cells = table.flatMap(({ cells, align, header }, column) => {
      const content =
        column === 0
          ? [swatch(colour), words(cells[place]!)]
          : header === ''
            ? cells[place] === ''
              ? ''
              : tag('span', { class: 'mark-word' }, words(cells[place]!))
            : words(cells[place]!);
      return [
        tag('td', { class: align }, content),
        column === ranked
          ? tag(
              'td',
              { class: 'graphic' },
              value === null ? '' : drawInterval(value, domain, { colour, best: bestOf(data) }, pagePalette),
            )
          : '',
      ];
    });
    const spark = hasCurves ? [tag('td', { class: 'graphic' }, sparkline(data, place, colour))] : [];
    return `<tr data-c="${place}" tabindex="-1"${isBest ? ' class="best"' : ''}>${[...cells, ...spark].join('')}</tr>`;
  });
  return tag('table', { class: 'leaderboard' }, [
    tag(
      'caption',
      { class: 'hidden' },
      escapeMarkup(`Configurations of ${model.sweep} in order of ${model.metric.name}`),
    ),
    tag(
      'thead',
      {},
      tag('tr', {}, [...head, hasCurves ? tag('th', { scope: 'col', class: 'graphic left' }, 'by epoch') : '']),
    ),
    tag('tbody', {}, rows),
  ]);
}

function swatch(colour: string): Markup {
  return element('svg', { class: 'swatch', viewBox: '0 0 10 10', width: 10, height: 10, 'aria-hidden': 'true' }, [
    element('circle', { cx: 5, cy: 5, r: 4.5, fill: colour }),
  ]);
}

function bestOf({ model: { configurations, metric } }: PageData): number | null {
  const [first] = configurations;
  return metric.goal === null || first?.rank !== 1 ? null : (first.value?.mean ?? null);
}

function intervalDomain({ model: { configurations, metric } }: PageData): [number, number] {
  const means = configurations.flatMap(({ value }) => (value === null ? [] : [value.mean]));
  const ends = configurations.flatMap(({ value }) =>
    value === null ? [] : [value.low ?? value.mean, value.high ?? value.mean],
  );
  const [low, high] = robustDomain(means, metric.goal);
  const room = (high - low || 1) * 0.15;
  return [Math.max(low - room, Math.min(...ends)), Math.min(high + room, Math.max(...ends))];
}

function sparkline({ model }: PageData, place: number, colour: string): Markup {
  const curve = meanCurve(model, place, model.metric.name);
  if (curve === null) return '';
  const values = curve.flatMap((value) => value ?? []);
  const best = model.metric.goal === 'minimize' ? Math.min(...values) : Math.max(...values);
  return drawSparkline(curve, model.metric.goal === null ? null : curve.indexOf(best), colour);
}
