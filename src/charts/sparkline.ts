/** Small drawings inside a table's row: where a value lies with its interval, and how it came about. */
import type { Interval } from '../analysis/statistics/statistics.ts';
import type { Curve } from '../analysis/page/page-model.ts';
import type { Palette } from './palette.ts';
import { linearScale } from './scales.ts';
import { element, line, type Markup } from './svg.ts';

const HEIGHT = 18;

export function drawInterval(
  { mean, low, high }: Interval,
  domain: readonly [number, number],
  { colour, best }: { readonly colour: string; readonly best: number | null },
  palette: Palette,
): Markup {
  const width = 88;
  const x = linearScale(domain, [5, width - 5]);
  const clamp = (value: number): number => Math.max(1, Math.min(width - 1, x(value)));
  const middle = HEIGHT / 2;
  return small(width, [
    best === null ? '' : line(clamp(best), 1, clamp(best), HEIGHT - 1, { stroke: palette.best, 'stroke-opacity': 0.5 }),
    low === null || high === null
      ? ''
      : line(clamp(low), middle, clamp(high), middle, { stroke: colour, 'stroke-width': 1.6, 'stroke-opacity': 0.75 }),
    mean < domain[0]
      ? element('path', {
          d: `M7 ${middle - 4} L1 ${middle} L7 ${middle + 4}`,
          fill: 'none',
          stroke: colour,
          'stroke-width': 1.6,
        })
      : element('circle', { cx: clamp(mean), cy: middle, r: 3.6, fill: colour }),
  ]);
}

/** The mean over seeds by epoch, its best marked. */
export function drawSparkline(curve: Curve, bestAt: number | null, colour: string): Markup {
  const width = 56;
  const points = curve.flatMap((value, epoch) => (value === null ? [] : [{ epoch, value }]));
  if (points.length < 2) return '';
  // The first epochs dwarf all that follows.
  const values = points.map(({ value }) => value);
  const y = linearScale([Math.min(...values), Math.max(...values)], [HEIGHT - 3, 3]);
  const x = linearScale([0, curve.length - 1], [3, width - 3]);
  const best = points.find(({ epoch }) => epoch === bestAt);
  return small(width, [
    element('polyline', {
      points: points.map(({ epoch, value }) => `${x(epoch).toFixed(1)},${y(value).toFixed(1)}`).join(' '),
      fill: 'none',
      stroke: colour,
      'stroke-width': 1.5,
    }),
    best === undefined ? '' : element('circle', { cx: x(best.epoch), cy: y(best.value), r: 2.4, fill: colour }),
  ]);
}

function small(width: number, content: readonly Markup[]): Markup {
  return element('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, 'aria-hidden': 'true' }, content);
}
