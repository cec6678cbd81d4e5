/** Brushing an axis of the parallel coordinates: a drag filters, a click on the axis lets all through again. */
import { parallelLayout, type ParallelAxis, type ParallelLayout } from '../../charts/parallel.ts';
import type { Choice } from '../view-state.ts';
import { change, onChange, type Page } from './page.ts';

const SVG = 'http://www.w3.org/2000/svg';
const REACH = 18;

export function addBrushes(page: Page, drawing: HTMLElement, width: number): void {
  const svg = drawing.querySelector('svg');
  if (svg === null) return;
  const layout = parallelLayout(page.model, width);
  const crossings = page.model.configurations.map((_, place) => layout.crossings(place));
  layout.axes.forEach((axis, index) => {
    const band = rect('brush', axis.x - 8, 0, 16, 0);
    const hit = rect('brush-hit', axis.x - REACH, layout.top - 10, 2 * REACH, layout.bottom - layout.top + 20);
    svg.append(band, hit);
    const place = (from: number, to: number): void => {
      band.setAttribute('y', String(from));
      band.setAttribute('height', String(Math.max(0, to - from)));
    };
    const show = (): void => {
      const range = rangeOf(page, axis, index, crossings);
      if (range === null) place(0, 0);
      else place(range[0] - 6, range[1] + 6);
    };
    show();
    marks.set(axis.name, show);
    hit.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      hit.setPointerCapture(event.pointerId);
      const yOf = ({ clientY }: PointerEvent): number => {
        const box = svg.getBoundingClientRect();
        return ((clientY - box.top) * layout.height) / box.height;
      };
      const start = yOf(event);
      let choice: Choice | null = null;
      let isDragged = false;
      const move = (moved: PointerEvent): void => {
        const [from, to] = [Math.min(start, yOf(moved)), Math.max(start, yOf(moved))];
        isDragged ||= to - from > 3;
        if (!isDragged) return;
        choice = choiceIn(page, axis, index, crossings, layout, [from, to]);
        filter(page, axis.name, choice);
        place(from, to);
      };
      const end = (): void => {
        hit.removeEventListener('pointermove', move);
        if (!isDragged || choice === null) filter(page, axis.name, null);
        show();
      };
      hit.addEventListener('pointermove', move);
      hit.addEventListener('pointerup', end, { once: true });
      hit.addEventListener('pointercancel', end, { once: true });
    });
  });
}

const marks = new Map<string, () => void>();

export function keepBrushes(): void {
  onChange((_, changed) => {
    if (changed.has('filters')) for (const show of marks.values()) show();
  });
}

export function filter(page: Page, name: string, choice: Choice | null): void {
  const others = Object.entries(page.view.filters).filter(([other]) => other !== name);
  change(page, { filters: Object.fromEntries(choice === null ? others : [...others, [name, choice]]) });
}

/** The values that lie within the brush: its filter begins and ends at one that there is. Null where there is none. */
function choiceIn(
  { model }: Page,
  { isObjective }: ParallelAxis,
  index: number,
  crossings: readonly (readonly number[])[],
  { foot }: ParallelLayout,
  [from, to]: readonly [number, number],
): Choice | null {
  const values = model.configurations.flatMap(({ at, value }, place) => {
    const y = crossings[place]![index]!;
    const own = isObjective ? value?.mean : at[index];
    return own == null || y === foot || y < from || y > to ? [] : [own];
  });
  if (values.length === 0) return null;
  const axis = model.axes[index];
  if (axis?.scale === 'category')
    return { values: [...new Set(values)].sort((a, b) => a - b).map((one) => String(axis.values[one])) };
  return { from: Math.min(...values), to: Math.max(...values) };
}

function rangeOf(
  { model, view }: Page,
  axis: ParallelAxis,
  index: number,
  crossings: readonly (readonly number[])[],
): readonly [number, number] | null {
  const choice = view.filters[axis.name];
  if (choice === undefined) return null;
  const categories = model.axes[index]?.values.map(String) ?? [];
  const inside = model.configurations.flatMap(({ at, value }, place) => {
    const own = axis.isObjective ? value?.mean : at[index];
    if (own == null) return [];
    const passes =
      'values' in choice ? choice.values.includes(categories[own]!) : own >= choice.from && own <= choice.to;
    return passes ? [crossings[place]![index]!] : [];
  });
  return inside.length === 0 ? null : [Math.min(...inside), Math.max(...inside)];
}

function rect(name: string, x: number, y: number, width: number, height: number): SVGRectElement {
  const made = document.createElementNS(SVG, 'rect');
  made.setAttribute('class', name);
  for (const [key, value] of Object.entries({ x, y, width, height })) made.setAttribute(key, String(value));
  return made;
}
