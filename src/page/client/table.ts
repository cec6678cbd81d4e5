/** The leaderboard: sorted by any column, filtered as everything is, whole on demand. */
import { leaderboardRow, ROWS } from '../sections/leaderboard.ts';
import { coloursOf } from './charts.ts';
import { make, onChange, type Page } from './page.ts';

/** `drawn` is told when other rows stand there. */
export function bringTableToLife(page: Page, drawn: () => void): void {
  const place = document.getElementById('rows');
  const body = place?.querySelector('tbody');
  if (place === null || body == null) return;
  const { configurations } = page.model;
  let sorted: { column: number; sign: 1 | -1 } | null = null;
  let most = ROWS;
  let rowOf = rowMaker(page);
  const more = make('button', { type: 'button', className: 'quiet interactive', hidden: true });
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
    body.replaceChildren(...order.map(rowOf));
    drawn();
    more.hidden = order.length === all.length;
    more.textContent = `Show all ${all.length} (${order.length} shown)`;
    const note = place.closest('section')?.querySelector('.notes p');
    if (note && configurations.length > ROWS)
      note.textContent = `${order.length} of ${configurations.length} configurations shown.`;
  };
  const heads = [...place.querySelectorAll<HTMLElement>('th[data-column]')].flatMap((head) => {
    const label = head.textContent.trim();
    if (label === '') return [];
    const column = Number(head.dataset['column']);
    const button = make('button', { type: 'button', className: 'sort', textContent: label });
    button.addEventListener('click', () => {
      const own = sorted?.column === column ? sorted : null;
      sorted = own === null ? { column, sign: column === 0 ? 1 : -1 } : own.sign === 1 ? null : { column, sign: 1 };
      for (const show of heads) show();
      draw();
    });
    head.replaceChildren(button);
    return [
      (): void => {
        const sign = sorted?.column === column ? sorted.sign : null;
        button.textContent = sign === null ? label : `${label} ${sign === 1 ? '↑' : '↓'}`;
        if (sign === null) head.removeAttribute('aria-sort');
        else head.setAttribute('aria-sort', sign === 1 ? 'ascending' : 'descending');
      },
    ];
  });
  if (page.view.colour !== null || page.shown.includes(false) || configurations.length > ROWS) draw();
  let waiting = 0;
  onChange((_, changed) => {
    if (changed.has('colour')) rowOf = rowMaker(page);
    if (!changed.has('colour') && !changed.has('filters')) return;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(draw);
  });
}

/** Rows are made when they are first shown, and only moved from then on: a brush asks for them with each move. */
function rowMaker(page: Page): (place: number) => Element {
  const made = new Map<number, Element>();
  const markup = leaderboardRow(page, coloursOf(page));
  return (place) => {
    const known = made.get(place);
    if (known !== undefined) {
      // Of a pointer that has left since.
      known.classList.remove('hot');
      return known;
    }
    const template = document.createElement('template');
    template.innerHTML = markup(place);
    const row = template.content.firstElementChild!;
    made.set(place, row);
    return row;
  };
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
