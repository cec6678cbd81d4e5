/**
 * The charts that are drawn in the page, in the browser again at the reader's width and selection, and by `sweep plot`:
 * each from the same values by the same function.
 */
import { heatMap } from '../analysis/page/heat-map.ts';
import type { PageModel } from '../analysis/page/page-model.ts';
import { drawCourse, placedSteps } from '../charts/course.ts';
import { CURVES, drawCurves } from '../charts/curves.ts';
import { drawEffects } from '../charts/effects.ts';
import { drawHeatMap } from '../charts/heat-map.ts';
import { drawLatentUse, LATENT_ROWS } from '../charts/latent-use.ts';
import { tickText } from '../charts/scales.ts';
import { beyondNote, drawParallel, parallelLayout } from '../charts/parallel.ts';
import { drawPlane, planeLayout } from '../charts/rate-distortion.ts';
import { drawTimeline } from '../charts/timeline.ts';
import { count, formatCount } from '../text/format-number.ts';
import type { PagePanel, View } from './panel.ts';

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

function ranked({ configurations }: PageModel, { isShown, most }: View, usual: number): readonly [number[], string[]] {
  const all = configurations.flatMap(({ value }, place) => (value !== null && isShown(place) ? [place] : []));
  const places = all.slice(0, most ?? usual);
  const note =
    places.length < all.length ? [`${places.length} of ${all.length} configurations shown, best first.`] : [];
  return [places, note];
}

const withUnit = ({ metric: { name, unit } }: PageModel): string => (unit === '' ? name : `${name} in ${unit}`);

export const PAGE_PANELS: readonly PagePanel[] = [
  {
    name: 'course',
    title: 'How the best was found',
    lead: (model) =>
      `Each mark is a configuration, its mean over seeds of ${withUnit(model)}; the line is the best so far of those trained to the end, and the ring the one that is first in the table. What was pruned, hollow, stands where it was at its last rung: so early that is no result, and counts for no best.`,
    isHalf: false,
    follows: false,
    draw: (model, width, colours, palette, { over }) => {
      const steps = placedSteps(model, over);
      if (steps.length === 0) return null;
      const drawing = drawCourse(model, over, width, colours, palette);
      const { beyond } = drawing;
      const values = steps.map(({ value }) => value);
      const worst = model.metric.goal === 'minimize' ? Math.max(...values) : Math.min(...values);
      const missing = model.course!.length - steps.length;
      const isConfirmed = model.configurations.some(({ standing }) => standing === 'screened');
      return {
        drawing,
        notes: [
          ...(beyond > 0
            ? [
                `${beyond} ${beyond === 1 ? 'lies' : 'lie'} beyond the axis, as far as ${tickText(Number(worst.toPrecision(4)))}, and ${beyond === 1 ? 'is' : 'are'} drawn at its edge.`,
              ]
            : []),
          ...(missing > 0
            ? [
                `${missing} without such a value ${missing === 1 ? 'is' : 'are'} not drawn: a seed was lost, is open${over === 'time' ? ', or was trained elsewhere' : ''}.`,
              ]
            : []),
          ...(isConfirmed
            ? [
                'Values are of the seeds that all were tried with; the table ranks the best by further seeds, so it may have another order.',
              ]
            : []),
        ],
      };
    },
  },
  {
    name: 'effects',
    title: 'What mattered',
    lead: (model) =>
      `What each parameter does by itself, whatever the others: the share of the variance that it explains, and the mean of ${model.metric.name} at each of its values, with one standard deviation of configurations either way.`,
    isHalf: false,
    follows: false,
    draw: (model, width, _colours, palette) => {
      if (model.effects.length === 0) return null;
      const lost = model.effects.some(({ levels }) => levels.some((level) => level.lost > 0));
      const notes = lost
        ? ['Trials without a result take no part in a mean; where there are any, they are counted below the value.']
        : [];
      return { drawing: drawEffects(model, width, palette), notes };
    },
  },
  {
    name: 'parallel',
    title: 'Parallel coordinates',
    lead: (model) =>
      `Each line is a configuration: its settings, then its mean over seeds of ${withUnit(model)}${model.metric.goal === null ? '' : ', the better end up; the thick line is the best'}.`,
    hint: 'Drag along an axis to select, click on it to let all through again. Drag the name of an axis to move it, or press the arrow keys on it.',
    isHalf: false,
    follows: false,
    draw: (model, width, colours, palette, view) => {
      if (model.axes.length === 0) return null;
      const layout = parallelLayout(model, width, view.axes);
      return { drawing: drawParallel(model, layout, colours, palette), notes: beyondNote(layout, model) };
    },
  },
  {
    name: 'plane',
    title: 'Rate and distortion',
    lead: () =>
      'What the code costs (rate R, the KL) against what it loses (distortion D), less of both being better: large dots are means, small ones their seeds. Along each straight line the ELBO, −(D + R), is the same. The dotted line joins the Pareto set: what no other configuration beats in both.',
    hint: 'Drag a rectangle to select, click beside it to let all through again.',
    isHalf: true,
    follows: false,
    draw: (model, width, colours, palette) => {
      const isMeasured = model.configurations.some(({ rate, distortion }) => rate !== null && distortion !== null);
      if (!isMeasured) return null;
      const layout = planeLayout(model, width);
      const { pareto } = model;
      const { beyond } = layout;
      const notes = [
        ...(pareto === null
          ? []
          : [
              `Pareto set, by means whatever their intervals: ${pareto.places.length} of ${pareto.of} configurations` +
                (pareto.leftOut === 0 ? '.' : `; ${pareto.leftOut} with seeds lost, pruned or open not judged.`),
            ]),
        ...(beyond > 0
          ? [
              `${beyond} ${beyond === 1 ? 'lies' : 'lie'} beyond the plane and ${beyond === 1 ? 'is' : 'are'} not drawn.`,
            ]
          : []),
      ];
      return { drawing: drawPlane(model, layout, colours, palette), notes };
    },
  },
  {
    name: 'heat',
    title: 'Two parameters',
    lead: (model) =>
      `Mean of ${withUnit(model)}, over the n configurations of a cell that have a result, whatever their other settings; hatched where there is none.`,
    hint: 'Click a cell to select what is in it, and again to let all through.',
    isHalf: true,
    follows: true,
    draw: (model, width, _colours, palette, view) => {
      const axes = heatAxes(model, view);
      const map = axes === null ? undefined : heatMap(model, axes, view.isShown);
      if (map === undefined) return null;
      const missing = map.cells
        .flatMap(({ configurations }) => configurations.map((place) => model.configurations[place]!))
        .filter(({ value }) => value === null);
      const pruned = missing.filter(({ standing }) => standing === 'pruned').length;
      const notes = [
        ...(map.x.edges !== null || map.y.edges !== null
          ? ['Values drawn from a range are put together in equal parts of it.']
          : []),
        ...(missing.length > 0
          ? [
              `${count(missing.length, 'configuration')} without a result ${missing.length === 1 ? 'takes' : 'take'} no part in a mean; a cell with no other says why.`,
            ]
          : []),
        ...(pruned > 0
          ? [
              `${formatCount(pruned)} of these ${pruned === 1 ? 'was' : 'were'} pruned: what is left was chosen for how it did, so these means flatter. What mattered is told of all at equal epochs.`,
            ]
          : []),
      ];
      return { drawing: drawHeatMap(map, model, width, palette), notes };
    },
  },
  {
    name: 'curves',
    title: 'Learning curves',
    lead: () =>
      'Mean over seeds after each epoch, not smoothed: solid on what is held out, in a band from the lowest seed to the highest; dotted on what is trained on, meanwhile.',
    isHalf: false,
    follows: true,
    draw: (model, width, colours, palette, view) => {
      const [places, note] = ranked(model, view, CURVES);
      if (places.length === 0) return null;
      const drawing = drawCurves(model, places, width, colours, palette);
      const { beyond } = drawing;
      const cut = `${beyond} ${beyond === 1 ? 'mean lies' : 'means lie'} beyond the axes, as early epochs do, and ${beyond === 1 ? 'is' : 'are'} cut off.`;
      return { drawing, notes: beyond > 0 ? [...note, cut] : note };
    },
  },
  {
    name: 'health',
    title: 'Latent health',
    lead: () =>
      'The KL of each latent dimension, in nats: sorted within each trial, then averaged over seeds. Grey stubs carry less than 0.01 nats, which is nothing.',
    isHalf: false,
    follows: true,
    draw: (model, width, colours, palette, view) => {
      const [places, notes] = ranked(model, view, LATENT_ROWS);
      const isKnown = places.some((place) => model.configurations[place]!.klPerDimension !== null);
      return isKnown ? { drawing: drawLatentUse(model, places, width, colours, palette), notes } : null;
    },
  },
  {
    name: 'timeline',
    title: 'Budget and timeline',
    lead: () =>
      'Above, the best single trial so far; below, what each device did, a lane for each trial at a time. Red ended without a result, grey came to nothing and was tried again.',
    isHalf: false,
    follows: false,
    draw: (model, width, colours, palette) => {
      const { attempts, takenOver } = model.timeline;
      if (attempts.length === 0) return null;
      const notes =
        takenOver > 0
          ? [
              `${count(takenOver, 'result')} ${takenOver === 1 ? 'was' : 'were'} taken over from other sweeps and took no time here.`,
            ]
          : [];
      return { drawing: drawTimeline(model, width, colours, palette), notes };
    },
  },
];

export function panelOf(name: string): PagePanel | undefined {
  return PAGE_PANELS.find((panel) => panel.name === name);
}
