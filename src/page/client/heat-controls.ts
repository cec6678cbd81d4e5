/** The heat map of any two parameters; a click on a cell filters by it. */
import { heatMap } from '../../analysis/page/heat-map.ts';
import { heatAxes } from '../panels.ts';
import type { FilterChoice } from '../view-state.ts';
import { filter } from './brush.ts';
import { change, make, onChange, type Page } from './page.ts';

export function addHeatControls(page: Page): void {
  const { model } = page;
  const figure = document.querySelector<HTMLElement>('figure[data-chart="heat"]');
  const axes = heatAxes(model, page.view);
  if (figure === null || axes === null) return;
  const selects = axes.map((_, index) =>
    make(
      'select',
      { ariaLabel: index === 0 ? 'Across' : 'Up' },
      model.axes.map(({ name }) => make('option', { value: name, textContent: name })),
    ),
  );
  const show = (): void => selects.forEach((select, index) => (select.value = heatAxes(model, page.view)![index]!));
  for (const [index, select] of selects.entries()) {
    select.addEventListener('change', () => {
      const next = selects.map(({ value }) => value) as [string, string];
      // The same on both would be a diagonal: they change places.
      if (next[0] === next[1]) next[1 - index] = heatAxes(model, page.view)![index]!;
      change(page, { heat: next });
    });
  }
  show();
  onChange((_, changed) => {
    if (changed.has('heat')) show();
  });
  if (model.axes.length > 2)
    figure.prepend(make('div', { className: 'controls interactive' }, [selects[0]!, ' by ', selects[1]!]));
  figure.addEventListener('click', (event) => {
    const cell = event.target instanceof Element ? event.target.closest('[data-cell]') : null;
    const shown = heatAxes(model, page.view);
    if (cell === null || shown === null) return;
    const map = heatMap(model, shown, (place) => page.shown[place]!);
    const found = map?.cells.find(({ x, y }) => `${x},${y}` === cell.getAttribute('data-cell'));
    if (found === undefined || found.configurations.length === 0) return;
    const filters = Object.fromEntries(
      shown.map((name): [string, FilterChoice] => {
        const place = model.axes.findIndex((axis) => axis.name === name);
        const values = found.configurations.map((one) => model.configurations[one]!.at[place]!);
        const axis = model.axes[place]!;
        return [
          name,
          axis.scale === 'category'
            ? { values: [String(axis.values[values[0]!])] }
            : { from: Math.min(...values), to: Math.max(...values) },
        ];
      }),
    );
    const isSo = shown.every((name) => JSON.stringify(page.view.filters[name]) === JSON.stringify(filters[name]));
    filter(page, isSo ? Object.fromEntries(shown.map((name) => [name, null])) : filters);
  });
}
