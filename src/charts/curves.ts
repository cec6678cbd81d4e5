/** Learning curves: means over seeds by epoch, held out and trained on, one chart a metric. */
import { area as areaOf, line as lineOf } from 'd3-shape';
import type { Curve, PageCurves, PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from './colouring.ts';
import type { Palette } from './palette.ts';
import { labelWidth, linearScale, robustDomain, type Scale } from './scales.ts';
import { seedCurves, type SeedCurves } from './seed-curves.ts';
import { element, line, text, type Drawing, type Markup } from './svg.ts';
import { count } from '../text/format-number.ts';

/** So many configurations are shown where nobody asks for more; bands of more would hide each other. */
export const CURVES = 10;

const GAP = 34;
const [TICK, RIGHT, TOP, BOTTOM] = [6, 6, 30, 34] as const;

export interface CurvesDrawing extends Drawing {
  /** Epochs' means that lie beyond the axes. */
  readonly beyond: number;
}

interface Box {
  readonly width: number;
  readonly height: number;
}

type ChartOf = PageCurves['charts'][number];

/** The configurations by place, the better ones above the others. */
export function drawCurves(
  model: PageModel,
  places: readonly number[],
  width: number,
  colours: Colouring,
  palette: Palette,
): CurvesDrawing {
  const { charts } = model.curves;
  const isNarrow = width < 600;
  const columns = isNarrow ? 1 : charts.length;
  const box = { width: (width - GAP * (columns - 1)) / columns, height: isNarrow ? 210 : 250 };
  const drawn = charts.map((chart) => drawChart(model, chart, places, box, colours, palette));
  return {
    width,
    height: isNarrow ? charts.length * (box.height + 14) : box.height,
    title: `Learning curves of ${count(places.length, 'configuration')}: ${charts.map(({ label }) => label).join(', ')} by epoch.`,
    body: drawn.map(({ body }, index) => {
      const origin = isNarrow ? `0 ${index * (box.height + 14)}` : `${Math.round(index * (box.width + GAP))} 0`;
      return element('g', { transform: `translate(${origin})` }, body);
    }),
    beyond: drawn.reduce((sum, { beyond }) => sum + beyond, 0),
  };
}

function drawChart(
  model: PageModel,
  chart: ChartOf,
  places: readonly number[],
  { width, height }: Box,
  colours: Colouring,
  palette: Palette,
): { readonly body: readonly Markup[]; readonly beyond: number } {
  const curves = places.map((place) => ({
    place,
    held: seedCurves(model, place, chart.heldOut),
    trained: seedCurves(model, place, chart.trained),
    isBest: place === 0 && model.metric.goal !== null,
  }));
  const hasBands = places.length <= CURVES;
  const means = curves.flatMap(({ held, trained }) => numbers(held?.mean, trained?.mean));
  const ends = hasBands ? curves.flatMap(({ held }) => numbers(held?.low, held?.high)) : [];
  const goal = chart.heldOut === 'val/elbo' ? 'maximize' : chart.heldOut === 'val/kl' ? null : 'minimize';
  const [low, high] = robustDomain([...means, ...ends], goal);
  const epochs = Math.max(
    2,
    ...curves.map(({ held, trained }) => Math.max(held?.mean.length ?? 0, trained?.mean.length ?? 0)),
  );
  const y = linearScale([low, high], [height - BOTTOM, TOP], 5);
  const left = labelWidth(y) + TICK;
  const x = linearScale([1, epochs], [left, width - RIGHT], Math.min(epochs - 1, 6));
  const colourOf = ({ place, isBest }: (typeof curves)[number]): string => (isBest ? palette.best : colours.of(place));
  const last = curves.toReversed();
  const bands = last.flatMap((one) =>
    !hasBands || one.held === null
      ? []
      : element('path', {
          d: bandPath(one.held, x, y),
          stroke: 'none',
          fill: colourOf(one),
          'fill-opacity': 0.16,
          class: 'mark band',
          'data-c': one.place,
        }),
  );
  const trained = last.flatMap((one) =>
    one.trained === null
      ? []
      : element('path', {
          d: linePath(one.trained.mean, x, y),
          stroke: colourOf(one),
          'stroke-dasharray': '2 3',
          'stroke-opacity': 0.7,
          class: 'mark',
          'data-c': one.place,
        }),
  );
  const held = last.flatMap((one) =>
    one.held === null
      ? []
      : element('path', {
          d: linePath(one.held.mean, x, y),
          stroke: colourOf(one),
          'stroke-width': one.isBest ? 2.6 : 1.6,
          'stroke-opacity': 0.95,
          class: 'mark',
          'data-c': one.place,
        }),
  );
  // Of one page, since the same drawing may stand in several.
  const clip = `curves-${chart.heldOut.replace('/', '-')}-${Math.round(width)}`;
  const inside = { x: left, y: TOP - 4, width: width - left - RIGHT + 4, height: height - BOTTOM - TOP + 8 };
  return {
    beyond: means.filter((value) => value < low || value > high).length,
    body: [
      element('clipPath', { id: clip }, element('rect', inside)),
      ...axes(chart, { left, width, height }, x, y, palette),
      element('g', { fill: 'none', 'clip-path': `url(#${clip})`, class: 'marks' }, [...bands, ...trained, ...held]),
    ],
  };
}

function axes(
  { label, unit }: ChartOf,
  { left, width, height }: Box & { readonly left: number },
  x: Scale,
  y: Scale,
  palette: Palette,
): Markup[] {
  const small = { 'font-size': 11, fill: palette.muted };
  return [
    element('text', { x: 0, y: 12, fill: palette.ink }, [
      element('tspan', { 'font-weight': 600 }, label),
      element('tspan', { dx: 6, ...small }, unit),
    ]),
    ...y.ticks.flatMap(({ at, label: value }) => [
      line(left, at, width - RIGHT, at, { stroke: palette.grid }),
      text(left - TICK, at + 4, value, { 'text-anchor': 'end', ...small }),
    ]),
    ...x.ticks.flatMap(({ at, label: value }) =>
      // No epoch is a fraction.
      value.includes('.') ? [] : [text(at, height - BOTTOM + 17, value, { 'text-anchor': 'middle', ...small })],
    ),
    text(width - RIGHT, height - 2, 'epoch', { 'text-anchor': 'end', ...small }),
  ];
}

function numbers(...curves: readonly (Curve | undefined)[]): number[] {
  return curves.flatMap((curve) => curve?.flatMap((value) => value ?? []) ?? []);
}

function linePath(curve: Curve, x: Scale, y: Scale): string {
  const points = curve.flatMap((value, epoch) => (value === null ? [] : [[x(epoch + 1), y(value)] as const]));
  return rounded(lineOf<readonly [number, number]>()(points));
}

function bandPath({ low, high }: SeedCurves, x: Scale, y: Scale): string {
  const points = low.flatMap((value, epoch) =>
    value === null ? [] : [{ at: x(epoch + 1), low: y(value), high: y(high[epoch]!) }],
  );
  const area = areaOf<(typeof points)[number]>(
    ({ at }) => at,
    (point) => point.low,
    (point) => point.high,
  );
  return rounded(area(points));
}

/** A tenth of a pixel is finer than any line. */
function rounded(path: string | null): string {
  return path?.replaceAll(/(\.\d)\d+/g, '$1') ?? '';
}
