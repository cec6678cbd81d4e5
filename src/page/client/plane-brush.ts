/** A rectangle in the plane of rate and distortion filters by both; a click beside all marks lets all through again. */
import { planeLayout } from '../../charts/rate-distortion.ts';
import { filter } from './brush.ts';
import { onDrag } from './drag.ts';
import { onChange, svgRect, type Page } from './page.ts';

let show: () => void = () => undefined;

export function keepPlaneBrush(): void {
  onChange((_, changed) => {
    if (changed.has('filters')) show();
  });
}

export function addPlaneBrush(page: Page, drawing: HTMLElement, width: number): void {
  const svg = drawing.querySelector('svg');
  const marks = svg?.querySelector('.marks');
  if (svg == null || marks == null) return;
  const { x, y, box } = planeLayout(page.model, width);
  const [rateName, distortionName] = [`${page.model.split}/kl`, `${page.model.split}/reconstruction`];
  const band = svgRect('brush', 0, 0, 0, 0);
  const hit = svgRect('plane-hit', box.left, box.top, box.right - box.left, box.bottom - box.top);
  // Below the marks, so that they can still be pointed at.
  marks.before(hit, band);
  const place = (left: number, top: number, right: number, bottom: number): void => {
    for (const [key, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top }))
      band.setAttribute(key, String(value));
  };
  show = () => {
    const { [rateName]: rate, [distortionName]: distortion } = page.view.filters;
    if (rate === undefined || distortion === undefined || 'values' in rate || 'values' in distortion) {
      place(0, 0, 0, 0);
      return;
    }
    const clampX = (value: number): number => Math.min(box.right, Math.max(box.left, x(value)));
    const clampY = (value: number): number => Math.min(box.bottom, Math.max(box.top, y(value)));
    place(clampX(rate.from) - 6, clampY(distortion.to) - 6, clampX(rate.to) + 6, clampY(distortion.from) + 6);
  };
  show();
  onDrag(svg, svg, {
    moved: (from, to) => {
      const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
      const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
      const inside = page.model.configurations.flatMap(({ rate, distortion }) => {
        if (rate === null || distortion === null) return [];
        const [cx, cy] = [x(rate.mean), y(distortion.mean)];
        return cx < left || cx > right || cy < top || cy > bottom ? [] : [[rate.mean, distortion.mean] as const];
      });
      const rangeOf = (values: readonly number[]) =>
        values.length === 0 ? null : { from: Math.min(...values), to: Math.max(...values) };
      filter(page, {
        [rateName]: rangeOf(inside.map(([rate]) => rate)),
        [distortionName]: rangeOf(inside.map(([, distortion]) => distortion)),
      });
      place(left, top, right, bottom);
    },
    ended: (wasDragged, target) => {
      if (wasDragged) show();
      else if (target === hit) filter(page, { [rateName]: null, [distortionName]: null });
    },
  });
}
