/** The ranked metric by two parameters. */
import type { HeatMap } from '../analysis/page/heat-map.ts';
import type { PageConfiguration, PageModel } from '../analysis/page/page-model.ts';
import type { Palette } from './palette.ts';
import { minus, robustDomain, tellingDecimals, tickText } from './scales.ts';
import { element, line, text, type Drawing } from './svg.ts';
import { count } from '../text/format-number.ts';

export function drawHeatMap(
  map: HeatMap,
  { metric, configurations: all }: Pick<PageModel, 'metric' | 'configurations'>,
  width: number,
  palette: Palette,
): Drawing {
  const left = Math.min(
    width * 0.34,
    36 + 6.6 * Math.max(4, ...(map.y.edges ?? map.y.labels).map((label) => label.length)),
  );
  // The last edge of a range has half of its label beyond the cells.
  const cell = (width - left - (map.x.edges === null ? 4 : 20)) / map.x.labels.length;
  // As tall as the plane beside it, where rows don't become bars.
  const rowHeight = Math.max(34, Math.min(120, (width * 0.72) / map.y.labels.length));
  const top = 8;
  const foot = top + rowHeight * map.y.labels.length;
  const height = foot + 44;
  const means = map.cells.flatMap(({ mean }) => mean ?? []);
  const [low, high] = robustDomain(means, metric.goal);
  const shareOf = (mean: number): number => {
    const share = high === low ? 0.5 : Math.min(1, Math.max(0, (mean - low) / (high - low)));
    return metric.goal === 'minimize' ? 1 - share : share;
  };
  const isNarrow = cell < 58;
  const isSingle = map.cells.every(({ measured }) => measured <= 1);
  const decimals = isNarrow ? 0 : tellingDecimals(means, metric.decimals);
  return {
    width,
    height,
    title: `${metric.name} by ${map.x.name} and ${map.y.name}, ${count(map.cells.length, 'cell')}.`,
    body: [
      element('defs', {}, [
        element(
          'pattern',
          { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
          [line(0, 0, 0, 6, { stroke: palette.rule, 'stroke-width': 1 })],
        ),
      ]),
      ...map.cells.map(({ x, y, mean, measured, configurations }) => {
        const [cx, cy] = [left + x * cell, top + (map.y.labels.length - 1 - y) * rowHeight];
        const share = mean === null ? 0 : shareOf(mean);
        const ink = mean === null ? palette.muted : palette.onSequence(share);
        const middle = { 'text-anchor': 'middle', fill: ink };
        return element('g', { class: 'cell', 'data-cell': `${x},${y}` }, [
          element('rect', {
            x: cx + 1,
            y: cy + 1,
            width: cell - 2,
            height: rowHeight - 2,
            rx: 3,
            fill: mean === null ? 'url(#hatch)' : palette.sequence(share),
          }),
          mean === null
            ? text(cx + cell / 2, cy + rowHeight / 2 + 4, whyEmpty(configurations.map((place) => all[place]!)), {
                ...middle,
                'font-size': 11,
                class: 'halo',
              })
            : text(
                cx + cell / 2,
                cy + rowHeight / 2 + (rowHeight > 40 && !isSingle ? 0 : 4),
                minus(cellText(mean, decimals)),
                {
                  ...middle,
                  'font-size': isNarrow ? 11 : 13,
                  'font-weight': 600,
                },
              ),
          mean === null || rowHeight <= 40 || isSingle
            ? ''
            : text(cx + cell / 2, cy + rowHeight / 2 + 15, `n = ${measured}`, {
                ...middle,
                'font-size': 10,
              }),
        ]);
      }),
      ...ticksOf(map.y, (share) => foot - share * rowHeight).map(({ at, label }) =>
        text(left - 8, at + 4, label, { 'text-anchor': 'end', 'font-size': 11, fill: palette.muted }),
      ),
      ...ticksOf(map.x, (share) => left + share * cell).map(({ at, label }) =>
        text(at, foot + 16, label, {
          'text-anchor': 'middle',
          'font-size': cell < 62 ? 10 : 11,
          fill: palette.muted,
        }),
      ),
      text(left + (width - left) / 2, foot + 36, map.x.name, {
        'text-anchor': 'middle',
        'font-weight': 600,
        fill: palette.ink,
      }),
      text(12, top + (foot - top) / 2, map.y.name, {
        'text-anchor': 'middle',
        'font-weight': 600,
        fill: palette.ink,
        transform: `rotate(-90 12 ${Math.round(top + (foot - top) / 2)})`,
      }),
    ],
  };
}

/** Of what has no result, the word that says most. */
function whyEmpty(configurations: readonly PageConfiguration[]): string {
  if (configurations.length === 0) return '';
  const standings = configurations.map(({ standing }) => standing);
  return standings.includes('lost') ? 'lost' : standings.includes('pruned') ? 'pruned' : 'no value';
}

/** A value stands at the middle of its cell, the ends of a range at its edges. */
function ticksOf({ labels, edges }: HeatMap['x'], place: (share: number) => number): { at: number; label: string }[] {
  return edges === null
    ? labels.map((label, step) => ({ at: place(step + 0.5), label }))
    : edges.map((label, step) => ({ at: place(step), label }));
}

function cellText(mean: number, decimals: number): string {
  return Math.abs(mean) >= 1e5 ? tickText(Number(mean.toPrecision(2))) : mean.toFixed(decimals);
}
