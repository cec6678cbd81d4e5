import { element } from '../charts/svg.ts';
import type { LatentScatter } from './gallery.ts';
import { text } from './svg.ts';

/** Ten colours that can be told apart, also by most who see fewer (Okabe & Ito 2008, and two more). */
const COLOURS = [
  ...['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00'],
  ...['#56b4e9', '#7f3c8d', '#8c6d1f', '#4d4d4d', '#b5b500'],
];

export function classColour(index: number): string {
  return COLOURS[index % COLOURS.length]!;
}

const LEAST_REACH = 3;
/** Of all points so many are shown; the few beyond would shrink the others to a dot. */
const SHOWN = 0.995;

/** How far from 0 the axes of all plots go: one scale, so that plots can be held against each other. */
export function scatterReach(plots: readonly LatentScatter[]): number {
  const sizes = plots.flatMap(({ points }) => Array.from(points, Math.abs)).sort((a, b) => a - b);
  return Math.max(LEAST_REACH, Math.ceil(sizes[Math.floor(SHOWN * (sizes.length - 1))] ?? 0));
}

/** How many points lie outside the square. */
export function pointsBeyond({ points }: LatentScatter, reach: number): number {
  let beyond = 0;
  for (let i = 0; i < points.length; i += 2) {
    if (Math.abs(points[i]!) > reach || Math.abs(points[i + 1]!) > reach) beyond++;
  }
  return beyond;
}

/** Points in a square from −reach to reach, with a circle at two standard deviations of the prior. */
export function scatterPlot(
  { points, classes, axes }: LatentScatter,
  x: number,
  y: number,
  side: number,
  reach: number,
): string[] {
  const scale = side / (2 * reach);
  const [cx, cy] = [x + side / 2, y + side / 2];
  const dots: string[] = [];
  for (let i = 0; i < points.length / 2; i++) {
    const [px, py] = [points[2 * i]!, points[2 * i + 1]!];
    if (Math.abs(px) > reach || Math.abs(py) > reach) continue;
    const fill = classColour(classes[i] ?? 0);
    const at = { cx: (cx + px * scale).toFixed(1), cy: (cy - py * scale).toFixed(1) };
    dots.push(element('circle', { ...at, r: 1.8, fill, 'fill-opacity': 0.75 }));
  }
  const line = { stroke: '#d1d9e0', 'stroke-width': 1 };
  const label = { size: 11, fill: '#59636e', halo: 3 };
  return [
    element('rect', { x: x + 0.5, y: y + 0.5, width: side - 1, height: side - 1, fill: 'none', ...line }),
    element('line', { x1: x, x2: x + side, y1: cy, y2: cy, ...line }),
    element('line', { x1: cx, x2: cx, y1: y, y2: y + side, ...line }),
    element('circle', { cx, cy, r: 2 * scale, fill: 'none', stroke: '#8c959f', 'stroke-dasharray': '3 3' }),
    ...dots,
    text(axes[0], x + side - 5, cy - 5, { ...label, anchor: 'end' }),
    text(axes[1], cx + 5, y + 13, label),
  ];
}
