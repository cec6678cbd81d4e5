/** Charts at the reader's width, in the reader's colours; what is not selected fades. */
import { colouring, defaultColourAxis, type Colouring } from '../../charts/colouring.ts';
import { pagePalette } from '../../charts/palette.ts';
import { svgElement } from '../../charts/svg.ts';
import { tag, words } from '../html.ts';
import { panelOf, type Panel, type View } from '../panels.ts';
import { onChange, type Page } from './page.ts';

interface Chart {
  readonly panel: Panel;
  readonly figure: HTMLElement;
  readonly drawing: HTMLElement;
  width: number;
}

type Drawn = (name: string, drawing: HTMLElement, width: number) => void;

export function coloursOf({ model, view }: Page): Colouring {
  return colouring(model, view.colour ?? defaultColourAxis(model), pagePalette);
}

/** Takes over the static drawings. `drawn` is told of each new one. */
export function bringChartsToLife(page: Page, drawn: Drawn): void {
  const charts = [...document.querySelectorAll<HTMLElement>('figure[data-chart]')].flatMap((figure): Chart[] => {
    const panel = panelOf(figure.dataset['chart']!);
    const drawing = figure.querySelector<HTMLElement>('.drawing');
    return panel === undefined || drawing === null ? [] : [{ panel, figure, drawing, width: 0 }];
  });
  const draw = (chart: Chart): void => {
    const { panel, drawing, width } = chart;
    const view: View = {
      isShown: (place) => page.shown[place]!,
      heat: page.view.heat,
      most: page.view.all ? Infinity : null,
    };
    const made = panel.draw(page.model, width, coloursOf(page), pagePalette, view);
    drawing.innerHTML =
      made === null ? tag('p', { class: 'lead' }, 'Nothing is selected that has it.') : svgElement(made);
    const notes = drawing.closest('section')?.querySelector('.notes');
    if (notes)
      notes.innerHTML = panel
        .notes(page.model, view)
        .map((note) => tag('p', {}, words(note)))
        .join('');
    drawn(panel.name, drawing, width);
    readMarks(drawing);
    fade(page);
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const chart = charts.find(({ drawing }) => drawing === target)!;
      const width = Math.floor(contentRect.width);
      if (width === 0 || width === chart.width) continue;
      chart.width = width;
      draw(chart);
    }
  });
  for (const { drawing } of charts) {
    readMarks(drawing);
    resized.observe(drawing);
  }
  fade(page);
  onChange((_, changed) => {
    if (changed.has('colour')) charts.forEach(draw);
    else if (changed.has('heat') || changed.has('all')) charts.filter(({ panel }) => panel.follows).forEach(draw);
    else if (changed.has('filters')) {
      fade(page);
      // While a brush is dragged, what is drawn anew each time would hold it up.
      clearTimeout(waiting);
      waiting = setTimeout(() => charts.filter(({ panel }) => panel.follows).forEach(draw), 90);
    }
  });
}

/** By chart, the marks of each configuration, and whether they are shown as they stand. */
const drawnMarks = new Map<Element, { marks: Map<number, Element[]>; shown: boolean[] }>();

/** Marks of what is not selected; only those that change are touched, since a brush asks with each move. */
function fade({ shown }: Page): void {
  for (const drawn of drawnMarks.values()) {
    for (const [place, marks] of drawn.marks) {
      if (drawn.shown[place] === shown[place]) continue;
      drawn.shown[place] = shown[place]!;
      for (const mark of marks) mark.classList.toggle('out', !shown[place]!);
    }
  }
}

function readMarks(drawing: HTMLElement): void {
  const marks = Map.groupBy(drawing.querySelectorAll<SVGElement>('.mark'), (mark) => Number(mark.dataset['c']));
  drawnMarks.set(drawing, { marks, shown: [] });
}
