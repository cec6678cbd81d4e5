/** What mattered: each parameter's share of the variance, and the mean for each of its values. */
import type { PageEffect, PageModel } from '../analysis/page/page-model.ts';
import type { Palette } from './palette.ts';
import { linearScale, minus, robustDomain, tellingDecimals, type Scale } from './scales.ts';
import { element, line, text, type Drawing, type Markup } from './svg.ts';

const ROW = 104;
/** What columns are called, above them. */
const HEAD = 20;

export function drawEffects({ effects, metric }: PageModel, width: number, palette: Palette): Drawing {
  const isNarrow = width < 780;
  const nameWidth = isNarrow ? 0 : 170;
  const barWidth = isNarrow ? width : 250;
  const plotLeft = isNarrow ? 40 : nameWidth + barWidth + 92;
  const means = effects.flatMap(({ levels }) =>
    levels.flatMap(({ mean, spread }) => (mean === null ? [] : [mean - (spread ?? 0), mean, mean + (spread ?? 0)])),
  );
  const domain = robustDomain(means, metric.goal);
  const room = (domain[1] - domain[0] || 1) * 0.12;
  const rowHeight = isNarrow ? ROW + 50 : ROW;
  const largest = Math.max(0.2, ...effects.map(({ share }) => share?.high ?? share?.share ?? 0));
  return {
    width,
    height: HEAD + effects.length * rowHeight + 4,
    title: `Shares of the variance of ${metric.name}: ${effects.map(({ name, share }) => `${name} ${share === null ? 'unknown' : percent(share.share)}`).join(', ')}.`,
    body: [
      ...heads(metric, isNarrow, nameWidth, plotLeft, palette),
      ...effects.flatMap((effect, row) => {
        const top = HEAD + row * rowHeight;
        const barTop = isNarrow ? top + 28 : top + 38;
        const plot = {
          left: plotLeft,
          right: width - 12,
          top: isNarrow ? top + 58 : top + 12,
          bottom: top + rowHeight - 30,
        };
        return [
          line(0, top, width, top, { stroke: palette.grid }),
          text(0, isNarrow ? top + 15 : barTop + 5, effect.name, {
            'font-weight': 600,
            'font-size': effect.name.length > 22 && !isNarrow ? 10.5 : 13,
            fill: palette.ink,
          }),
          ...shareBar(effect, { left: nameWidth, width: barWidth - 74, top: barTop - 8, largest }, palette),
          ...levelsPlot(
            effect,
            linearScale([domain[0] - room, domain[1] + room], [plot.bottom, plot.top], 3),
            plot,
            palette,
          ),
        ];
      }),
    ],
  };
}

function heads(
  { name, unit }: PageModel['metric'],
  isNarrow: boolean,
  shareLeft: number,
  meanLeft: number,
  palette: Palette,
): Markup[] {
  const small = { 'font-size': 11, fill: palette.muted };
  const mean = `mean of ${name}${unit === '' ? '' : `, ${unit}`}`;
  return isNarrow
    ? [text(0, 10, `share of the variance; ${mean}`, small)]
    : [text(shareLeft, 10, 'share of the variance, 95 % interval', small), text(meanLeft, 10, mean, small)];
}

function shareBar(
  { share }: PageEffect,
  { left, width, top, largest }: { left: number; width: number; top: number; largest: number },
  palette: Palette,
): Markup[] {
  if (share === null) return [text(left, top + 13, 'share unknown', { 'font-size': 12, fill: palette.muted })];
  const x = linearScale([0, largest], [left, left + width]);
  const { low, high } = share;
  const middle = top + 8;
  return [
    element('rect', { x: left, y: top, width, height: 16, rx: 2, fill: palette.grid, opacity: 0.6 }),
    element('rect', {
      x: left,
      y: top,
      width: Math.max(1, x(share.share) - left),
      height: 16,
      rx: 2,
      fill: palette.category(0),
    }),
    ...(low === null || high === null
      ? []
      : [
          line(x(low), middle, x(high), middle, { stroke: palette.ink, 'stroke-width': 1.4 }),
          line(x(low), middle - 4, x(low), middle + 4, { stroke: palette.ink, 'stroke-width': 1.4 }),
          line(x(high), middle - 4, x(high), middle + 4, { stroke: palette.ink, 'stroke-width': 1.4 }),
        ]),
    text(left + width + 8, top + 13, percent(share.share), { 'font-weight': 600, fill: palette.ink }),
    low === null || high === null
      ? ''
      : text(left + width + 8, top + 27, `${percent(low).slice(0, -2)} to ${percent(high).slice(0, -2)}`, {
          'font-size': 10.5,
          fill: palette.muted,
        }),
  ];
}

function levelsPlot(
  { levels }: PageEffect,
  y: Scale,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
  palette: Palette,
): Markup[] {
  const step = (right - left) / levels.length;
  const clamp = (at: number): number => Math.max(top - 4, Math.min(bottom + 4, at));
  const points = levels.flatMap(({ mean }, place) =>
    mean === null ? [] : [`${(left + (place + 0.5) * step).toFixed(1)},${clamp(y(mean)).toFixed(1)}`],
  );
  const isTight = step < 64;
  const decimals = tellingDecimals(
    levels.flatMap(({ mean }) => mean ?? []),
    2,
  );
  return [
    ...y.ticks.flatMap(({ at, label }) => [
      line(left, at, right, at, { stroke: palette.grid }),
      text(left - 6, at + 4, label, { 'text-anchor': 'end', 'font-size': 10, fill: palette.muted }),
    ]),
    element('polyline', { points: points.join(' '), fill: 'none', stroke: palette.quiet, 'stroke-width': 1.2 }),
    ...levels.flatMap(({ label, mean, spread, lost, trials }, place) => {
      const x = left + (place + 0.5) * step;
      const most = Math.max(3, Math.floor(step / 6.8));
      return [
        mean === null || spread === null
          ? ''
          : line(x, clamp(y(mean - spread)), x, clamp(y(mean + spread)), {
              stroke: palette.quiet,
              'stroke-width': 1.4,
            }),
        mean === null ? '' : element('circle', { cx: x, cy: clamp(y(mean)), r: 4, fill: palette.category(0) }),
        mean === null || isTight
          ? ''
          : text(
              place === levels.length - 1 && levels.length > 2 ? x - 8 : x + 8,
              clamp(y(mean)) - 5,
              minus(mean.toFixed(decimals)),
              {
                'text-anchor': place === levels.length - 1 && levels.length > 2 ? 'end' : 'start',
                'font-size': 10.5,
                fill: palette.ink,
                class: 'halo',
              },
            ),
        text(x, bottom + 16, shortened(label, most), {
          'text-anchor': 'middle',
          'font-size': 11,
          fill: palette.muted,
        }),
        lost === 0
          ? ''
          : text(x, bottom + 27, step < 70 ? `${lost}/${trials} lost` : `${lost} of ${trials} lost`, {
              'text-anchor': 'middle',
              'font-size': 10,
              fill: palette.bad,
            }),
      ];
    }),
  ];
}

/** Of a part of a range its lower end; the next one says where it ends. */
function shortened(label: string, most: number): string {
  if (label.length <= most) return label;
  const [from = '', ...to] = label.split('–');
  return to.length === 1 && from.length <= most ? `${from}–` : `${label.slice(0, most - 1)}…`;
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? '< 1 %' : `${Math.round(100 * share)} %`;
}
