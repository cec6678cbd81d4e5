/** The leaderboard: sorted by any column, filtered as everything is, whole on demand. */
import { leaderboardTable, ROWS } from '../sections/leaderboard.ts';
import { coloursOf } from './charts.ts';
import { make, onChange, type Page } from './page.ts';

export function bringTableToLife(page: Page): void {
  const place = document.getElementById('rows');
  if (place === null) return;
  const { configurations } = page.model;
  let sorted: { column: number; sign: 1 | -1 } | null = null;
  let most = ROWS;
  const more = make('button', { type: 'button', className: 'quiet interactive' });
  more.addEventListener('click', () => {
    most = Infinity;
    draw();
  });
  place.after(more);

  const draw = (): void => {
    const all = configurations.flatMap((_, index) => (page.shown[index]! ? [index] : []));
    if (sorted !== null) {
      const { column, sign } = sorted;
      const keys = page.table[column]!.cells.map(keyOf);
      all.sort((a, b) => compare(keys[a]!, keys[b]!, sign) || a - b);
    }
    const order = all.slice(0, most);
    place.innerHTML = leaderboardTable(page, coloursOf(page), order);
    more.hidden = order.length === all.length;
    more.textContent = `Show all ${all.length} (${order.length} shown)`;
    const notes = place.closest('section')?.querySelector('.notes p');
    if (notes && configurations.length > ROWS)
      notes.textContent = `${order.length} of ${configurations.length} configurations shown.`;
    for (const head of place.querySelectorAll<HTMLElement>('th[data-column]')) {
      const column = Number(head.dataset['column']);
      const label = head.textContent.trim();
      if (label === '') continue;
      const isOwn = sorted?.column === column;
      const button = make('button', {
        type: 'button',
        className: 'sort',
        textContent: isOwn ? `${label} ${sorted!.sign === 1 ? '↑' : '↓'}` : label,
      });
      button.addEventListener('click', () => {
        sorted = isOwn ? (sorted!.sign === 1 ? null : { column, sign: 1 }) : { column, sign: column === 0 ? 1 : -1 };
        draw();
        place.querySelector<HTMLElement>(`th[data-column="${column}"] button`)?.focus();
      });
      head.replaceChildren(button);
      if (isOwn) head.setAttribute('aria-sort', sorted!.sign === 1 ? 'ascending' : 'descending');
    }
  };
  draw();
  let waiting = 0;
  onChange((_, changed) => {
    if (changed.has('colour')) draw();
    if (!changed.has('filters')) return;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  });
}

type Key = number | string | null;

function keyOf(cell: string): Key {
  if (cell === '') return null;
  const number = Number.parseFloat(cell.replaceAll(',', ''));
  return Number.isNaN(number) ? cell : number;
}

/** What has nothing in a column comes last, whichever way it is sorted. */
function compare(a: Key, b: Key, sign: 1 | -1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * String(a).localeCompare(String(b), 'en', { numeric: true });
}
