import type { PageModel } from '../../analysis/page/page-model.ts';
import type { Colouring } from '../../charts/colouring.ts';
import { seedCurves } from '../../charts/seed-curves.ts';
import { pagePalette } from '../../charts/palette.ts';
import { robustDomain } from '../../charts/scales.ts';
import { drawInterval, drawSparkline } from '../../charts/sparkline.ts';
import { element, escapeMarkup, type Markup } from '../../charts/svg.ts';
import { tag, words } from '../html.ts';
import type { PageData } from '../page-content.ts';

/** So many rows are in the page itself; scripts add the others on demand. */
export const ROWS = 30;

/** The table of configurations. Where scripts run, rows of the same functions are sorted and filtered. */
export function leaderboardTable(data: PageData, colours: Colouring, order: readonly number[]): Markup {
  const { model } = data;
  const row = leaderboardRow(data, colours);
  return tag('table', { class: 'leaderboard' }, [
    tag(
      'caption',
      { class: 'hidden' },
      escapeMarkup(`Configurations of ${model.sweep} in order of ${model.metric.name}`),
    ),
    tag('thead', {}, tag('tr', {}, heads(data))),
    tag('tbody', {}, order.map(row)),
  ]);
}

function heads({ table, model }: PageData): Markup[] {
  const epochs = hasCurves(model) ? tag('th', { scope: 'col', class: 'graphic left' }, 'by epoch') : '';
  return table.flatMap(({ header, align }, column) => [
    tag('th', { scope: 'col', class: align, 'data-column': column }, words(header === '' ? ' ' : header)),
    ...(header === model.metric.name
      ? [tag('th', { scope: 'col', class: 'graphic', 'aria-label': 'interval' }), epochs]
      : []),
  ]);
}

function hasCurves({ curves }: PageModel): boolean {
  return curves.trials.some((own) => Object.values(own).some((curve) => curve.length > 1));
}

/** The row of a configuration, by its place. */
export function leaderboardRow(data: PageData, colours: Colouring): (place: number) => Markup {
  const { table, model } = data;
  const domain = intervalDomain(data);
  const best = bestOf(data);
  const withCurves = hasCurves(model);
  return (place) => {
    const colour = colours.of(place);
    const { value, rank } = model.configurations[place]!;
    const spark = withCurves ? tag('td', { class: 'graphic' }, sparkline(data, place, colour)) : '';
    const cells = table.flatMap(({ cells, align, header }, column) => {
      const text = words(cells[place]!);
      const content =
        column === 0
          ? [swatch(colour), text]
          : header === '' && text !== ''
            ? tag('span', { class: 'mark-word' }, text)
            : text;
      const interval = value === null ? '' : drawInterval(value, domain, { colour, best }, pagePalette);
      return [
        tag('td', { class: align }, content),
        ...(header === model.metric.name ? [tag('td', { class: 'graphic' }, interval), spark] : []),
      ];
    });
    const isBest = rank === 1 && model.metric.goal !== null;
    return tag('tr', { 'data-c': place, tabindex: -1, class: isBest && 'best' }, cells);
  };
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
  const curve = seedCurves(model, place, model.metric.name)?.mean;
  if (curve === undefined) return '';
  const values = curve.flatMap((value) => value ?? []);
  const best = model.metric.goal === 'minimize' ? Math.min(...values) : Math.max(...values);
  return drawSparkline(curve, model.metric.goal === null ? null : curve.indexOf(best), colour);
}
