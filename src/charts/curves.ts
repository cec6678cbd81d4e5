/** Learning curves: means over seeds by epoch, held out and trained on, one chart a metric. */
import { line as lineOf } from 'd3-shape';
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from './colouring.ts';
import { meanCurve } from './mean-curve.ts';
import type { Palette } from './palette.ts';
import { linearScale, robustDomain } from './scales.ts';
import { element, line, text, type Drawing, type Markup } from './svg.ts';

/** So many configurations are shown where nobody asks for more. */
export const CURVES = 10;

export interface CurvesDrawing extends Drawing {
  /** Epochs' means that lie beyond the axes. */
  readonly beyond: number;
}

/** The configurations by place, the better ones above the others. */
export function drawCurves(
  model: PageModel,
  places: readonly number[],
  width: number,
  colours: Colouring,
  palette: Palette,
): CurvesDrawing {
  const { charts } = model.curves;
  const columns = width < 600 ? 1 : charts.length;
  const gap = 34;
  const each = (width - gap * (columns - 1)) / columns;
  const height = width < 600 ? 210 : 250;
  let beyond = 0;
  const body = charts.map((chart, index): Markup => {
    const held = places.map((place) => meanCurve(model, place, chart.heldOut) ?? []);
    const trained = places.map((place) => meanCurve(model, place, chart.trained) ?? []);
    const epochs = Math.max(2, ...[...held, ...trained].map((curve) => curve.length));
    const values = [...held, ...trained].flat().flatMap((value) => value ?? []);
    const goal = chart.heldOut === 'val/elbo' ? 'maximize' : chart.heldOut === 'val/kl' ? null : 'minimize';
    const [low, high] = robustDomain(values, goal);
    beyond += values.filter((value) => value < low || value > high).length;
    const [left, right, top, bottom] = [40, 6, 30, 34];
    const x = linearScale([1, epochs], [left, each - right], Math.min(epochs - 1, 6));
    const y = linearScale([low, high], [height - bottom, top], 5);
    const path = lineOf<readonly [number, number]>();
    const draw = (curve: readonly (number | null)[], place: number, isTrained: boolean): Markup => {
      const isBest = place === 0 && model.metric.goal !== null;
      const points = curve.flatMap((value, epoch) => (value === null ? [] : [[x(epoch + 1), y(value)] as const]));
      return points.length === 0
        ? ''
        : element('path', {
            d: path(points)?.replaceAll(/(\.\d)\d+/g, '$1') ?? '',
            stroke: isBest ? palette.best : colours.of(place),
            'stroke-width': isTrained ? 1 : isBest ? 2.6 : 1.6,
            'stroke-dasharray': isTrained && '2 3',
            'stroke-opacity': isTrained ? 0.7 : 0.95,
            class: 'mark',
            'data-c': place,
          });
    };
    const clip = `curves-${index}-${Math.round(width)}`;
    const origin =
      columns === 1 ? `translate(0 ${index * (height + 14)})` : `translate(${Math.round(index * (each + gap))} 0)`;
    const order = places.map((_, at) => at).reverse();
    return element('g', { transform: origin }, [
      element(
        'clipPath',
        { id: clip },
        element('rect', { x: left, y: top - 4, width: each - left - right + 4, height: height - bottom - top + 8 }),
      ),
      text(0, 12, chart.label, { 'font-weight': 600, fill: palette.ink }),
      ...y.ticks.flatMap(({ at, label }) => [
        line(left, at, each - right, at, { stroke: palette.grid }),
        text(left - 6, at + 4, label, { 'text-anchor': 'end', 'font-size': 11, fill: palette.muted }),
      ]),
      ...x.ticks.flatMap(({ at, label }) =>
        label.includes('.')
          ? []
          : [text(at, height - bottom + 17, label, { 'text-anchor': 'middle', 'font-size': 11, fill: palette.muted })],
      ),
      text(each - right, height - 2, 'epoch', { 'text-anchor': 'end', 'font-size': 11, fill: palette.muted }),
      element('g', { fill: 'none', 'clip-path': `url(#${clip})`, class: 'marks' }, [
        ...order.map((at) => draw(trained[at]!, places[at]!, true)),
        ...order.map((at) => draw(held[at]!, places[at]!, false)),
      ]),
    ]);
  });
  return {
    width,
    height: columns === 1 ? charts.length * (height + 14) : height,
    title: `Learning curves of ${places.length} configurations: ${charts.map(({ label }) => label).join(', ')} by epoch.`,
    body,
    beyond,
  };
}
