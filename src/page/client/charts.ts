/** Charts at the reader's width, in the reader's colours; what is not selected fades. */
import { colouring, defaultColourAxis, type Colouring } from '../../charts/colouring.ts';
import { pagePalette } from '../../charts/palette.ts';
import { svgElement } from '../../charts/svg.ts';
import { prose, tag } from '../html.ts';
import { panelOf } from '../panels.ts';
import type { PagePanel } from '../panel.ts';
import { make, onChange, type Page } from './page.ts';

interface Chart {
  readonly panel: PagePanel;
  readonly drawing: HTMLElement;
  /** As it is drawn. */
  width: number;
  /** What is drawn is not what the reader's view asks for. */
  isStale: boolean;
  /** In view, or soon. */
  isNear: boolean;
  /** Of each configuration its marks. */
  marks: ReadonlyMap<number, readonly Element[]>;
  /** Of each configuration, whether its marks are drawn as selected. */
  shown: boolean[];
}

type Drawn = (name: string, drawing: HTMLElement, width: number) => void;

/** Pixels around what is in view in which charts are kept up to date. */
const NEAR = '400px';
/** While a brush is dragged, what is drawn anew each time would hold it up. */
const PAUSE_MS = 90;

export function coloursOf({ model, view }: Page): Colouring {
  return colouring(model, view.colour ?? defaultColourAxis(model), pagePalette);
}

/** Takes over the static drawings. `drawn` is told of each new one, and of those that can stay. */
export function bringChartsToLife(page: Page, drawn: Drawn): void {
  const charts = [...document.querySelectorAll<HTMLElement>('figure[data-chart]')].flatMap((figure): Chart[] => {
    const panel = panelOf(figure.dataset['chart']!);
    const drawing = figure.querySelector<HTMLElement>('.drawing');
    if (panel === undefined || drawing === null) return [];
    if (panel.hint !== undefined) figure.before(make('p', { className: 'hint interactive', textContent: panel.hint }));
    return [{ panel, drawing, width: 0, isStale: true, isNear: false, marks: new Map(), shown: [] }];
  });
  const draw = (chart: Chart): void => {
    const { panel, drawing, width } = chart;
    const view = {
      ...page.view,
      isShown: (place: number) => page.shown[place]!,
      most: page.view.all ? Infinity : null,
    };
    const made = panel.draw(page.model, width, coloursOf(page), pagePalette, view);
    drawing.innerHTML =
      made === null ? tag('p', { class: 'lead' }, 'Nothing is selected that has it.') : svgElement(made.drawing);
    const notes = drawing.closest('section')?.querySelector('.notes');
    if (notes) notes.innerHTML = (made?.notes ?? []).map((note) => tag('p', {}, prose(note))).join('');
    takeOver(chart);
  };
  const takeOver = (chart: Chart): void => {
    chart.isStale = false;
    chart.marks = Map.groupBy(chart.drawing.querySelectorAll<SVGElement>('.mark'), ({ dataset }) =>
      Number(dataset['c']),
    );
    chart.shown = [];
    fade(chart, page);
    drawn(chart.panel.name, chart.drawing, chart.width);
  };

  let waiting: ReturnType<typeof setTimeout> | undefined;
  /** One chart a frame, those in view alone. */
  const drawStale = (after = 0): void => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const next = charts.find(({ isStale, isNear, width }) => isStale && isNear && width > 0);
      if (next === undefined) return;
      draw(next);
      requestAnimationFrame(() => drawStale());
    }, after);
  };
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        charts.find(({ drawing }) => drawing === target)!.isNear = isIntersecting;
      drawStale();
    },
    { rootMargin: NEAR },
  );
  const { colour, heat, axes, all, over } = page.view;
  const isAsItCame =
    page.shown.every(Boolean) && colour === null && heat === null && axes === null && !all && over === 'order';
  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const chart = charts.find(({ drawing }) => drawing === target)!;
      const width = Math.floor(contentRect.width);
      if (width === 0 || width === chart.width) continue;
      const isFirst = chart.width === 0;
      chart.width = width;
      chart.isStale = true;
      // What Node drew is what would be drawn here.
      if (isFirst && isAsItCame && width === chart.drawing.querySelector('svg')?.viewBox.baseVal.width) takeOver(chart);
    }
    drawStale();
  });
  for (const { drawing } of charts) {
    resized.observe(drawing);
    near.observe(drawing);
  }
  addEventListener('beforeprint', () => charts.filter(({ isStale, width }) => isStale && width > 0).forEach(draw));
  onChange((_, changed) => {
    for (const chart of charts) {
      const { follows, name } = chart.panel;
      const isOver = follows && (changed.has('filters') || changed.has('heat') || changed.has('all'));
      if (isOver || changed.has('colour') || (name === 'course' && changed.has('over'))) chart.isStale = true;
      if (changed.has('filters')) fade(chart, page);
      // At once, so that the axis is there for the next key.
      if (name === 'parallel' && changed.has('axes')) draw(chart);
    }
    drawStale(changed.has('filters') ? PAUSE_MS : 0);
  });
}

/** Marks of what is not selected; only those that change are touched, since a brush asks with each move. */
function fade({ marks, shown }: Chart, page: Page): void {
  for (const [place, own] of marks) {
    if ((shown[place] ?? true) === page.shown[place]) continue;
    shown[place] = page.shown[place]!;
    for (const mark of own) mark.classList.toggle('out', !page.shown[place]!);
  }
}
