/**
 * The charts that are drawn in the page, in the browser again at the reader's width and selection, and by `sweep plot`:
 * each from the same values by the same function.
 */
import { heatMap } from '../analysis/page/heat-map.ts';
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from '../charts/colouring.ts';
import { CURVES, drawCurves } from '../charts/curves.ts';
import { drawEffects } from '../charts/effects.ts';
import { drawHeatMap } from '../charts/heat-map.ts';
import { drawLatentUse, LATENT_ROWS } from '../charts/latent-use.ts';
import type { Palette } from '../charts/palette.ts';
import { beyondNote, drawParallel, parallelLayout } from '../charts/parallel.ts';
import { drawPlane, planeLayout } from '../charts/rate-distortion.ts';
import type { Drawing } from '../charts/svg.ts';
import { drawTimeline } from '../charts/timeline.ts';

/** What the reader chose; in the page as it comes, all is shown. */
export interface View {
  readonly isShown: (configuration: number) => boolean;
  readonly heat: readonly [x: string, y: string] | null;
  /** Of how many configurations curves and latents are drawn; null for the usual number. */
  readonly most: number | null;
}

export interface Panel {
  readonly name: string;
  readonly title: string;
  /** How to read it. */
  readonly lead: string;
  readonly isHalf: boolean;
  /** Whether what is shown follows the selection; else marks alone fade. */
  readonly follows: boolean;
  /** Null where there is nothing to draw. */
  draw(model: PageModel, width: number, colours: Colouring, palette: Palette, view: View): Drawing | null;
  /** What must be known of what is shown. */
  notes(model: PageModel, view: View): readonly string[];
}

/** The two parameters that mattered most; of a reader's choice what there is. */
export function heatAxes(
  { axes, effects }: Pick<PageModel, 'axes' | 'effects'>,
  { heat }: Pick<View, 'heat'>,
): readonly [string, string] | null {
  if (heat !== null) return heat;
  const names = axes.map(({ name }) => name);
  const [x, y] = [...new Set([...effects.map(({ name }) => name).filter((name) => names.includes(name)), ...names])];
  return x === undefined || y === undefined ? null : [x, y];
}

function ranked(
  { configurations }: PageModel,
  { isShown, most }: View,
  usual: number,
): { places: number[]; all: number } {
  const all = configurations.flatMap(({ value }, place) => (value !== null && isShown(place) ? [place] : []));
  return { places: all.slice(0, most ?? usual), all: all.length };
}

function shownOf({ places, all }: { places: readonly number[]; all: number }, what: string): string[] {
  return places.length < all ? [`${places.length} of ${all} configurations ${what}, the best first.`] : [];
}

export const PANELS: readonly Panel[] = [
  {
    name: 'effects',
    title: 'What mattered',
    lead: 'Each parameter with its share of the variance and a 95 % interval; beside it the mean of the ranked metric for each value, whatever the other settings, with the standard deviation over configurations.',
    isHalf: false,
    follows: false,
    draw: (model, width, _colours, palette) => (model.effects.length === 0 ? null : drawEffects(model, width, palette)),
    notes: ({ effects }) => {
      const lost = effects.some(({ levels }) => levels.some((level) => level.lost > 0));
      return lost
        ? ['Trials without a result take no part in a mean; where there are any, they are counted below the value.']
        : [];
    },
  },
  {
    name: 'parallel',
    title: 'Parallel coordinates',
    lead: 'Each line is a configuration, from its settings on the left to what it reached on the right. The thick one is the best.',
    isHalf: false,
    follows: false,
    draw: (model, width, colours, palette) =>
      model.axes.length === 0 ? null : drawParallel(model, parallelLayout(model, width), colours, palette),
    notes: (model) => [beyondNote(parallelLayout(model, 1080), model) ?? []].flat(),
  },
  {
    name: 'plane',
    title: 'Rate and distortion',
    lead: 'What the code costs against what it loses; small dots are seeds. Along a straight line the ELBO is the same. The dotted line joins what no other configuration beats in both.',
    isHalf: true,
    follows: false,
    draw: (model, width, colours, palette) => {
      const isMeasured = model.configurations.some(({ rate, distortion }) => rate !== null && distortion !== null);
      return isMeasured ? drawPlane(model, planeLayout(model, width), colours, palette) : null;
    },
    notes: (model) => {
      const { beyond } = planeLayout(model, 520);
      const measured = model.configurations.filter(({ rate, distortion }) => rate !== null && distortion !== null);
      return [
        `Pareto set, by means: ${model.pareto.length} of ${measured.length} configurations.`,
        ...(beyond > 0
          ? [
              `${beyond} ${beyond === 1 ? 'lies' : 'lie'} beyond the plane and ${beyond === 1 ? 'is' : 'are'} not drawn.`,
            ]
          : []),
      ];
    },
  },
  {
    name: 'heat',
    title: 'Two parameters',
    lead: 'The mean over all configurations in a cell, whatever their other settings; hatched where there is none.',
    isHalf: true,
    follows: true,
    draw: (model, width, _colours, palette, view) => {
      const axes = heatAxes(model, view);
      const map = axes === null ? undefined : heatMap(model, axes, view.isShown);
      return map === undefined ? null : drawHeatMap(map, model, width, palette);
    },
    notes: (model, view) => {
      const axes = heatAxes(model, view);
      const map = axes === null ? undefined : heatMap(model, axes, view.isShown);
      if (map === undefined) return [];
      const lost = map.cells
        .flatMap(({ configurations }) => configurations)
        .filter((place) => model.configurations[place]!.value === null);
      return [
        ...(map.x.edges !== null || map.y.edges !== null
          ? ['Values drawn from a range are put together in equal parts of it.']
          : []),
        ...(lost.length > 0
          ? [
              `${lost.length} ${lost.length === 1 ? 'configuration' : 'configurations'} without a result take no part in a mean; a cell with no other says lost.`,
            ]
          : []),
      ];
    },
  },
  {
    name: 'curves',
    title: 'Learning curves',
    lead: 'Mean over seeds by epoch, not smoothed: solid on held-out images, dotted on training images while they were trained on.',
    isHalf: false,
    follows: true,
    draw: (model, width, colours, palette, view) => {
      const { places } = ranked(model, view, CURVES);
      return places.length === 0 ? null : drawCurves(model, places, width, colours, palette);
    },
    notes: (model, view) => {
      const chosen = ranked(model, view, CURVES);
      if (chosen.places.length === 0) return [];
      const { beyond } = drawCurves(model, chosen.places, 1080, NO_COLOURS, NO_PALETTE);
      return [
        ...shownOf(chosen, 'shown'),
        ...(beyond > 0
          ? [
              `${beyond} ${beyond === 1 ? 'mean lies' : 'means lie'} beyond the axes, as early epochs do, and are cut off.`,
            ]
          : []),
      ];
    },
  },
  {
    name: 'health',
    title: 'Latent health',
    lead: 'How the KL spreads over latent dimensions: sorted in each trial, then averaged over seeds. Grey stubs carry nothing.',
    isHalf: false,
    follows: true,
    draw: (model, width, colours, palette, view) => {
      const { places } = ranked(model, view, LATENT_ROWS);
      const isKnown = places.some((place) => model.configurations[place]!.klPerDimension !== null);
      return isKnown ? drawLatentUse(model, places, width, colours, palette) : null;
    },
    notes: (model, view) => shownOf(ranked(model, view, LATENT_ROWS), 'shown'),
  },
  {
    name: 'timeline',
    title: 'Budget and timeline',
    lead: 'Above, the best single trial so far; below, what each device did, a lane for each trial at a time.',
    isHalf: false,
    follows: false,
    draw: (model, width, colours, palette) =>
      model.timeline.attempts.length === 0 ? null : drawTimeline(model, width, colours, palette),
    notes: ({ timeline }) =>
      timeline.takenOver > 0
        ? [`${timeline.takenOver} results were taken over from other sweeps and took no time here.`]
        : [],
  },
];

const NO_PALETTE = { best: '', grid: '', ink: '', muted: '' } as unknown as Palette;
const NO_COLOURS: Colouring = { axis: null, of: () => '', legend: [], isScale: false };

export function panelOf(name: string): Panel | undefined {
  return PANELS.find((panel) => panel.name === name);
}
