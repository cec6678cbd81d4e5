/** How much each latent dimension carries: a row a configuration, its dimensions sorted by their KL. */
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from './colouring.ts';
import type { Palette } from './palette.ts';
import { robustDomain } from './scales.ts';
import { element, text, type Drawing } from './svg.ts';
import { count } from '../text/format-number.ts';

export const LATENT_ROWS = 20;
/** Height of a row's bars. */
const ROW = 22;
/** Nats below which a dimension says next to nothing of the image. */
const COLLAPSED = 0.01;
/** Length of what is written above the bars. */
const HEADING = 166;

export function drawLatentUse(
  model: PageModel,
  places: readonly number[],
  width: number,
  colours: Colouring,
  palette: Palette,
): Drawing {
  const rows = places.filter((place) => model.configurations[place]!.klPerDimension !== null);
  const most = Math.max(1, ...rows.map((place) => model.configurations[place]!.klPerDimension!.length));
  const kls = rows.flatMap((place) => model.configurations[place]!.klPerDimension!);
  // The many dimensions that carry nothing don't make outliers of those that do.
  const used = kls.filter((kl) => kl >= COLLAPSED);
  const high = used.length === 0 ? COLLAPSED : robustDomain(used, 'minimize')[1];
  const beyond = used.filter((kl) => kl > high).length;
  // On a phone a name stands above its bars.
  const isNarrow = width < 600;
  const rowHeight = isNarrow ? ROW + 18 : ROW;
  const left = isNarrow
    ? 16
    : Math.min(width * 0.42, 30 + 6.8 * Math.max(8, ...rows.map((place) => model.configurations[place]!.label.length)));
  const right = 64;
  const cell = Math.min(64, (width - left - right) / most);
  const top = 26;
  const side = left + Math.max(cell * most, HEADING) + 10;
  const small = { 'font-size': 11, fill: palette.muted };
  return {
    width,
    height: top + rows.length * rowHeight + 30,
    title: `KL of each latent dimension of ${count(rows.length, 'configuration')}, largest first.`,
    body: [
      text(left, 14, 'KL per dimension, largest first', small),
      text(side, 14, 'active', small),
      ...rows.map((place, row) => {
        const { klPerDimension, activeUnits, latentDim, label, id, rank } = model.configurations[place]!;
        const y = top + (row + 1) * rowHeight - ROW;
        const nameY = top + row * rowHeight + ROW / 2;
        const isBest = rank === 1 && model.metric.goal !== null;
        const room = Math.floor(((isNarrow ? width : left) - 30) / 6.7);
        const name = label === '' ? id : label;
        return element('g', { class: 'mark', 'data-c': place }, [
          element('circle', { cx: 5, cy: nameY - 1, r: 4.5, fill: colours.of(place) }),
          text(16, nameY + 3, name.length > room ? `${name.slice(0, room - 1)}…` : name, {
            'font-size': 11.5,
            fill: isBest ? palette.best : palette.ink,
          }),
          ...klPerDimension!.map((kl, dimension) => {
            const share = Math.min(1, Math.sqrt(Math.max(0, kl) / high));
            return element('rect', {
              x: left + dimension * cell,
              y: y + ROW - 3 - share * (ROW - 5),
              width: Math.max(1, cell - (cell > 4 ? 1.5 : 0.3)),
              height: Math.max(0.8, share * (ROW - 5)),
              fill: kl < COLLAPSED ? palette.rule : isBest ? palette.best : palette.muted,
            });
          }),
          activeUnits === null
            ? ''
            : text(side, y + ROW / 2 + 3, `${Number(activeUnits.toFixed(1))} of ${latentDim}`, {
                'font-size': 11.5,
                fill: activeUnits < 1 ? palette.bad : palette.ink,
              }),
        ]);
      }),
      text(
        left,
        top + rows.length * rowHeight + 16,
        `full height ${Number(high.toPrecision(2))} nats, by square root${beyond === 0 ? '' : `; ${beyond} cut off`}`,
        small,
      ),
    ],
  };
}
