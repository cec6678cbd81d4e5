/** One panel of the page as a picture of its own, on white. */
import type { PageModel } from '../analysis/page/page-model.ts';
import { colouring, defaultColourAxis } from '../charts/colouring.ts';
import { paperPalette } from '../charts/palette.ts';
import { element, svgElement, text, type Markup } from '../charts/svg.ts';
import { PAGE_PANELS, panelOf } from './panels.ts';
import { WHOLE_VIEW } from './panel.ts';

export const PLOTS: readonly string[] = PAGE_PANELS.map(({ name }) => name);

const MARGIN = 28;
const HEAD = 62;
const LINE = 17;

export interface PlotOptions {
  /** Pixels; by default as in the page. */
  readonly width?: number | undefined;
  /** Swept parameter that colours tell of. */
  readonly colour?: string | undefined;
  /** Two swept parameters, for `heat`. */
  readonly heat?: readonly [string, string] | undefined;
  /** How many configurations are drawn, where it isn't all. */
  readonly most?: number | undefined;
}

/** SVG with the same drawing and the same notes as the page; null where the sweep has nothing to draw. */
export function plotSvg(model: PageModel, name: string, options: PlotOptions = {}): string | null {
  const panel = panelOf(name)!;
  const outer = options.width ?? (panel.isHalf ? 640 : 1140);
  const width = outer - 2 * MARGIN;
  const view = { ...WHOLE_VIEW, heat: options.heat ?? null, most: options.most ?? null };
  const colours = colouring(model, options.colour ?? defaultColourAxis(model), paperPalette);
  const drawn = panel.draw(model, width, colours, paperPalette, view);
  if (drawn === null) return null;
  const { drawing } = drawn;
  const notes = drawn.notes.flatMap((note) => wrapped(note, width));
  const hasLegend = name !== 'heat' && name !== 'effects' && colours.axis !== null;
  const top = hasLegend ? HEAD : HEAD - 24;
  const foot = top + MARGIN / 2 + drawing.height + 18;
  const height = foot + notes.length * LINE + MARGIN / 2;
  return svgElement(
    {
      width: outer,
      height,
      title: `${model.sweep}: ${drawing.title}`,
      body: [
        element('style', {}, '.halo{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}'),
        element('rect', { width: outer, height, fill: paperPalette.paper }),
        text(MARGIN, 34, `${model.sweep} · ${panel.title}`, {
          'font-size': 16,
          'font-weight': 600,
          fill: paperPalette.ink,
        }),
        hasLegend ? legend(colours, width) : '',
        element('g', { transform: `translate(${MARGIN} ${top + MARGIN / 2})` }, drawing.body),
        ...notes.map((line, row) =>
          text(MARGIN, foot + row * LINE, line, { 'font-size': 11, fill: paperPalette.muted }),
        ),
      ],
    },
    { 'font-family': "Inter, 'Helvetica Neue', Arial, sans-serif" },
  );
}

function legend({ axis, legend: entries }: ReturnType<typeof colouring>, width: number): Markup {
  let x = MARGIN + 8 * (axis?.length ?? 0) + 14;
  return element('g', { 'font-size': 12 }, [
    text(MARGIN, 58, axis ?? '', { 'font-weight': 600, fill: paperPalette.ink }),
    ...entries.map(({ label, colour }) => {
      const at = x;
      x += 7 * label.length + 30;
      return at > width
        ? ''
        : element('g', {}, [
            element('circle', { cx: at, cy: 54, r: 5, fill: colour }),
            text(at + 9, 58, label, { fill: paperPalette.muted }),
          ]);
    }),
  ]);
}

function wrapped(note: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of note.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && (line.length + word.length) * 5.8 > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
