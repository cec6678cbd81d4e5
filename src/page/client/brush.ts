/** Brushing an axis of the parallel coordinates: a drag filters, a click on the axis lets all through again. */
import { parallelLayout, type ParallelAxis, type ParallelLayout } from '../../charts/parallel.ts';
import type { FilterChoice } from '../view-state.ts';
import { onDrag } from './drag.ts';
import { change, onChange, svgRect, type Page } from './page.ts';

const REACH = 18;

export function addBrushes(page: Page, drawing: HTMLElement, width: number): void {
  const svg = drawing.querySelector('svg');
  if (svg === null) return;
  const layout = parallelLayout(page.model, width, page.view.axes);
  const crossings = page.model.configurations.map((_, configuration) => layout.crossings(configuration));
  marks.clear();
  layout.axes.forEach((axis, index) => {
    const crossing = crossings.map((each) => each[index]!);
    const band = svgRect('brush', axis.x - 8, 0, 16, 0);
    const hit = svgRect('brush-hit', axis.x - REACH, layout.top - 10, 2 * REACH, layout.bottom - layout.top + 20);
    svg.append(band, hit);
    const place = (from: number, to: number): void => {
      band.setAttribute('y', String(from));
      band.setAttribute('height', String(Math.max(0, to - from)));
    };
    const show = (): void => {
      const range = rangeOf(page, axis, crossing);
      if (range === null) place(0, 0);
      else place(range[0] - 6, range[1] + 6);
    };
    show();
    marks.set(axis.name, show);
    let choice: FilterChoice | null = null;
    onDrag(hit, svg, {
      moved: ({ y: start }, { y: now }) => {
        const [from, to] = [Math.min(start, now), Math.max(start, now)];
        choice = choiceIn(page, axis, crossing, layout, [from, to]);
        filter(page, { [axis.name]: choice });
        place(from, to);
      },
      ended: (wasDragged) => {
        if (!wasDragged || choice === null) filter(page, { [axis.name]: null });
        show();
      },
    });
  });
}

const marks = new Map<string, () => void>();

export function keepBrushes(): void {
  onChange((_, changed) => {
    if (changed.has('filters')) for (const show of marks.values()) show();
  });
}

/** Sets some filters, or takes them away; where they are so already, nothing happens. */
export function filter(page: Page, choices: Readonly<Record<string, FilterChoice | null>>): void {
  const { filters } = page.view;
  const isSo = ([name, choice]: [string, FilterChoice | null]): boolean =>
    JSON.stringify(filters[name] ?? null) === JSON.stringify(choice);
  if (Object.entries(choices).every(isSo)) return;
  const next = Object.entries({ ...filters, ...choices }).flatMap(([name, choice]) =>
    choice === null ? [] : [[name, choice] as const],
  );
  change(page, { filters: Object.fromEntries(next) });
}

/** The values that lie within the brush: its filter begins and ends at one that there is. Null where there is none. */
function choiceIn(
  { model }: Page,
  { place }: ParallelAxis,
  crossing: readonly number[],
  { foot }: ParallelLayout,
  [from, to]: readonly [number, number],
): FilterChoice | null {
  const values = model.configurations.flatMap(({ at, value }, configuration) => {
    const y = crossing[configuration]!;
    const own = place === null ? value?.mean : at[place];
    return own == null || y === foot || y < from || y > to ? [] : [own];
  });
  if (values.length === 0) return null;
  const axis = place === null ? undefined : model.axes[place];
  if (axis?.scale === 'category')
    return { values: [...new Set(values)].sort((a, b) => a - b).map((one) => String(axis.values[one])) };
  return { from: Math.min(...values), to: Math.max(...values) };
}

function rangeOf(
  { model, view }: Page,
  { name, place }: ParallelAxis,
  crossing: readonly number[],
): readonly [number, number] | null {
  const choice = view.filters[name];
  if (choice === undefined) return null;
  const categories = (place === null ? [] : model.axes[place]!.values).map(String);
  const inside = model.configurations.flatMap(({ at, value }, configuration) => {
    const own = place === null ? value?.mean : at[place];
    if (own == null) return [];
    const passes =
      'values' in choice ? choice.values.includes(categories[own]!) : own >= choice.from && own <= choice.to;
    return passes ? [crossing[configuration]!] : [];
  });
  return inside.length === 0 ? null : [Math.min(...inside), Math.max(...inside)];
}
