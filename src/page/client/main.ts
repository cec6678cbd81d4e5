/** Makes the static page interactive. Without it the page says the same, but can't be asked. */
import { heatAxes } from '../panels.ts';
import { heatMap } from '../../analysis/page/heat-map.ts';
import { addBrushes, keepBrushes } from './brush.ts';
import { bringChartsToLife } from './charts.ts';
import { fillBar, toggleTheme } from './filter-bar.ts';
import { change, followAddress, make, onChange, openPage, type Page } from './page.ts';
import { mountLatents } from './latents.ts';
import { followLive } from './live.ts';
import { bringPicksToLife } from './pick.ts';
import { bringTableToLife } from './table.ts';
import type { Choice } from '../view-state.ts';

const page = openPage();
const root = document.documentElement;
root.classList.add('scripted');

const showTheme = (): void => {
  if (page.view.theme === null) delete root.dataset['theme'];
  else root.dataset['theme'] = page.view.theme;
};
showTheme();
bringTableToLife(page);
fillBar(page);
keepBrushes();
const markPicked = bringPicksToLife(page);
bringChartsToLife(page, (name, drawing, width) => {
  markPicked();
  if (name === 'parallel') addBrushes(page, drawing, width);
});
addHeatControls(page);
addShowAll(page);
addCopyButtons();
filterGallery(page);
followAddress(page);
mountLatents(document.getElementById('latents'));
followLive(document.getElementById('live'));
onChange((_, changed) => {
  if (changed.has('theme')) showTheme();
});

// A link within the page moves there and leaves the address to the view.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
  const target = link && document.getElementById(link.getAttribute('href')!.slice(1));
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView({ behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (page.view.pick !== null) change(page, { pick: null });
    document.querySelector<HTMLDetailsElement>('#filters')?.removeAttribute('open');
    return;
  }
  if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
  if (event.key === 't') toggleTheme(page);
  if (event.key === '/') {
    event.preventDefault();
    const filters = document.querySelector<HTMLDetailsElement>('#filters');
    filters?.setAttribute('open', '');
    filters?.querySelector<HTMLElement>('input')?.focus();
  }
  if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
});

/** The next configuration of the table, or the one before. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('#rows tbody tr')];
  const at = rows.findIndex((row) => page.model.configurations[Number(row.dataset['c'])]!.id === page.view.pick);
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : at + by];
  if (next === undefined) return;
  change(page, { pick: page.model.configurations[Number(next.dataset['c'])]!.id });
  next.scrollIntoView({ block: 'nearest' });
}

function addHeatControls({ model }: Page): void {
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
      shown.map((name): [string, Choice] => {
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
    change(page, { filters: { ...page.view.filters, ...filters } });
  });
}

/** Curves and latents of all that is selected, or of the usual number. */
function addShowAll({ model }: Page): void {
  for (const name of ['curves', 'health']) {
    const figure = document.querySelector<HTMLElement>(`figure[data-chart="${name}"]`);
    if (figure === null || model.configurations.length <= 10) continue;
    const button = make('button', { type: 'button', className: 'quiet interactive' });
    const show = (): void => {
      button.textContent = page.view.all ? 'Show the best alone' : 'Show all that is selected';
    };
    button.addEventListener('click', () => change(page, { all: !page.view.all }));
    onChange((_, changed) => {
      if (changed.has('all')) show();
    });
    show();
    figure.append(button);
  }
}

function addCopyButtons(): void {
  for (const code of document.querySelectorAll('.commands code')) {
    const button = make('button', {
      type: 'button',
      className: 'quiet interactive',
      textContent: 'Copy',
      ariaLabel: `Copy ${code.textContent}`,
    });
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(code.textContent).then(() => {
        button.textContent = 'Copied';
        setTimeout(() => (button.textContent = 'Copy'), 1500);
      });
    });
    code.after(' ', button);
  }
}

function filterGallery({ shown }: Page): void {
  const show = (): void => {
    for (const row of document.querySelectorAll<HTMLElement>('.gallery [data-c]'))
      row.hidden = !page.shown[Number(row.dataset['c'])]!;
  };
  if (shown.includes(false)) show();
  onChange((_, changed) => {
    if (changed.has('filters')) show();
  });
}
