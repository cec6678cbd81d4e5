/** The bar that stays in view: what colours mean, what is selected, and the same filters as a form for the keyboard. */
import { legendMarkup } from '../sections/legend.ts';
import { filteredMetrics, type FilterChoice } from '../view-state.ts';
import { filter } from './brush.ts';
import { coloursOf } from './charts.ts';
import { change, make, onChange, type Page } from './page.ts';

export function fillBar(page: Page): void {
  const { model } = page;
  const legend = document.getElementById('legend');
  const place = document.getElementById('selection');
  if (legend === null || place === null) return;
  const showLegend = (): void => {
    legend.innerHTML = legendMarkup(coloursOf(page));
    if (model.axes.length > 1) {
      const select = make(
        'select',
        { ariaLabel: 'Colour by' },
        model.axes.map(({ name }) => make('option', { value: name, textContent: name })),
      );
      select.value = coloursOf(page).axis ?? '';
      select.addEventListener('change', () => change(page, { colour: select.value }));
      legend
        .querySelector('.legend-name')
        ?.replaceWith(make('label', { className: 'legend-name' }, ['Colour ', select]));
    }
  };
  const chips = make('span', { className: 'selection-chips' });
  const count = make('span', { className: 'selection-count' });
  count.setAttribute('role', 'status');
  const form = filterForm(page);
  const theme = make('button', {
    type: 'button',
    className: 'quiet',
    textContent: 'Light or dark',
    title: 'Light or dark (t)',
  });
  theme.addEventListener('click', () => toggleTheme(page));
  place.removeAttribute('aria-live');
  place.append(count, chips, form.details, theme);
  const show = (): void => {
    const amount = page.shown.filter(Boolean).length;
    const filters = Object.entries(page.view.filters);
    count.textContent =
      filters.length === 0 ? `${page.shown.length} configurations` : `${amount} of ${page.shown.length} configurations`;
    chips.replaceChildren(
      ...filters.map(([name, choice]) => {
        const button = make('button', {
          type: 'button',
          className: 'chip filter',
          textContent: `${name} ${describe(choice)} ×`,
          ariaLabel: `Remove the filter ${name} ${describe(choice)}`,
        });
        button.addEventListener('click', () => filter(page, { [name]: null }));
        return button;
      }),
    );
    form.show();
  };
  showLegend();
  show();
  onChange((_, changed) => {
    if (changed.has('colour')) showLegend();
    if (changed.has('filters')) show();
  });
}

export function toggleTheme(page: Page): void {
  const isDark =
    page.view.theme === 'dark' || (page.view.theme === null && matchMedia('(prefers-color-scheme: dark)').matches);
  change(page, { theme: isDark ? 'light' : 'dark' });
}

function describe(choice: FilterChoice): string {
  if ('values' in choice) return choice.values.join(', ');
  const text = (value: number): string => String(Number(value.toPrecision(4))).replace('-', '−');
  return choice.from === choice.to ? text(choice.from) : `${text(choice.from)} to ${text(choice.to)}`;
}

/** A field for each axis: boxes for few values, two numbers for a range. */
function filterForm(page: Page): { details: HTMLDetailsElement; show: () => void } {
  const { model } = page;
  const metrics = [...filteredMetrics(model).keys()].map((name) => ({ name, scale: 'linear' as const, values: [] }));
  const fields = [...model.axes, ...metrics].map((axis) => {
    const { name, values } = axis;
    if (axis.scale === 'category' || (values.length > 0 && values.length <= 8)) {
      const boxes = values.map((value) => ({ value, box: make('input', { type: 'checkbox' }) }));
      const read = (): void => {
        const chosen = boxes.filter(({ box }) => box.checked).map(({ value }) => value);
        if (chosen.length === 0 || chosen.length === values.length) {
          filter(page, { [name]: null });
          return;
        }
        if (axis.scale === 'category') {
          filter(page, { [name]: { values: chosen.map(String) } });
          return;
        }
        const numbers = chosen as number[];
        filter(page, { [name]: { from: Math.min(...numbers), to: Math.max(...numbers) } });
      };
      for (const { box } of boxes) box.addEventListener('change', read);
      const show = (): void => {
        const choice = page.view.filters[name];
        for (const { value, box } of boxes) {
          box.checked =
            choice === undefined ||
            ('values' in choice
              ? choice.values.includes(String(value))
              : Number(value) >= choice.from && Number(value) <= choice.to);
        }
      };
      const field = make('fieldset', {}, [
        make('legend', { textContent: name }),
        ...boxes.map(({ value, box }) => make('label', {}, [box, ` ${String(value)}`])),
      ]);
      return { field, show };
    }
    const ends = ['from', 'to'].map((end) =>
      make('input', { type: 'number', step: 'any', ariaLabel: `${name} ${end}`, placeholder: end }),
    );
    const [from, to] = ends as [HTMLInputElement, HTMLInputElement];
    const read = (): void => {
      const [low, high] = [from, to].map(({ value }) => (value === '' ? null : Number(value)));
      if (low === null && high === null) {
        filter(page, { [name]: null });
        return;
      }
      filter(page, { [name]: { from: low ?? -1e308, to: high ?? 1e308 } });
    };
    for (const end of ends) end.addEventListener('change', read);
    const show = (): void => {
      const choice = page.view.filters[name];
      const text = (value: number): string => (Math.abs(value) >= 1e308 ? '' : String(value));
      [from.value, to.value] =
        choice === undefined || 'values' in choice ? ['', ''] : [text(choice.from), text(choice.to)];
    };
    return { field: make('fieldset', {}, [make('legend', { textContent: name }), from, ' to ', to]), show };
  });
  const clear = make('button', { type: 'button', textContent: 'Clear all' });
  clear.addEventListener('click', () => change(page, { filters: {} }));
  const summary = make('summary', { textContent: 'Filter', title: 'Filter (/)' });
  const details = make('details', { id: 'filters', className: 'filters' }, [
    summary,
    make('div', { className: 'filter-fields' }, [...fields.map(({ field }) => field), clear]),
  ]);
  return { details, show: () => fields.forEach(({ show }) => show()) };
}
