/** What the parts of the page share: its data, the reader's view, and who is told when that changes. */
import type { PageData } from '../page-content.ts';
import { readView, selected, writeView, type ViewState } from '../view-state.ts';

export interface Page extends PageData {
  view: ViewState;
  /** Of each configuration, whether the filters let it through. */
  shown: readonly boolean[];
}

type Part = keyof ViewState;
type Listener = (page: Page, changed: ReadonlySet<Part>) => void;
const listeners: Listener[] = [];

export function openPage(): Page {
  const data = JSON.parse(document.getElementById('page-data')!.textContent) as PageData;
  const view = readView(location.hash, data.model);
  return { ...data, view, shown: selected(data.model, view) };
}

export function onChange(listener: Listener): void {
  listeners.push(listener);
}

/** Changes the view, tells all parts, and writes the address, which keeps no history of it. */
export function change(page: Page, changes: Partial<ViewState>): void {
  const changed = new Set(Object.keys(changes) as Part[]);
  page.view = { ...page.view, ...changes };
  if (changed.has('filters')) page.shown = selected(page.model, page.view);
  for (const listener of listeners) listener(page, changed);
  writeAddress(page);
}

let writing: ReturnType<typeof setTimeout> | undefined;
/** Browsers refuse more than a hundred changes of the address in half a minute. */
function writeAddress(page: Page): void {
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, '', `#${writeView(page.view)}`), 150);
}

/** Another link into the page, or one that was typed. */
export function followAddress(page: Page): void {
  addEventListener('hashchange', () => {
    if (location.hash !== '' && !location.hash.includes('=')) return;
    change(page, readView(location.hash, page.model));
  });
}

export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  children: readonly (Node | string)[] = [],
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svgRect(name: string, x: number, y: number, width: number, height: number): SVGRectElement {
  const made = document.createElementNS(SVG, 'rect');
  made.setAttribute('class', name);
  for (const [key, value] of Object.entries({ x, y, width, height })) made.setAttribute(key, String(value));
  return made;
}
