/** Makes the static page interactive. Without it the page says the same, but can't be asked. */
import { CURVES } from '../../charts/curves.ts';
import { LATENT_ROWS } from '../../charts/latent-use.ts';
import { addAxisHandles } from './axis-order.ts';
import { addBrushes, keepBrushes } from './brush.ts';
import { bringChartsToLife } from './charts.ts';
import { addCourseControl } from './course-control.ts';
import { fillBar, toggleTheme } from './filter-bar.ts';
import { addHeatControls } from './heat-controls.ts';
import { change, followAddress, make, onChange, openPage, type Page } from './page.ts';
import { mountLatents } from './latents.ts';
import { followLive } from './live.ts';
import { bringPicksToLife } from './pick.ts';
import { addPlaneBrush, keepPlaneBrush } from './plane-brush.ts';
import { bringTableToLife } from './table.ts';

const page = openPage();
const root = document.documentElement;
root.classList.add('scripted');

const showTheme = (): void => {
  if (page.view.theme === null) delete root.dataset['theme'];
  else root.dataset['theme'] = page.view.theme;
};
showTheme();
const markPicked = bringPicksToLife(page);
bringTableToLife(page, markPicked);
fillBar(page);
keepBrushes();
keepPlaneBrush();
bringChartsToLife(page, (name, drawing, width) => {
  markPicked();
  if (name === 'parallel') {
    addBrushes(page, drawing, width);
    addAxisHandles(page, drawing, width);
  }
  if (name === 'plane') addPlaneBrush(page, drawing, width);
});
addHeatControls(page);
addCourseControl(page);
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

/** Curves and latents of all that is selected, or of the usual number. */
function addShowAll({ model }: Page): void {
  const ranked = model.configurations.filter(({ value }) => value !== null).length;
  for (const [name, usual] of Object.entries({ curves: CURVES, health: LATENT_ROWS })) {
    const figure = document.querySelector<HTMLElement>(`figure[data-chart="${name}"]`);
    if (figure === null || ranked <= usual) continue;
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
