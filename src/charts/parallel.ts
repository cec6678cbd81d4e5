/** Parallel coordinates: an axis for each parameter that differs, the ranked metric last, its better end up. */
import { curveBumpX, line as lineOf } from 'd3-shape';
import type { PageAxis, PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from './colouring.ts';
import type { Palette } from './palette.ts';
import { axisScale, linearScale, robustDomain, tickText, type Scale } from './scales.ts';
import { element, line, text, type Drawing } from './svg.ts';
import { count } from '../text/format-number.ts';

const TOP = 40;
const BOTTOM = 34;
/** Height of the band at the foot, for what has no value there. */
const FOOT = 26;
/** From so many configurations on lines are thin. */
const MANY = 120;

export interface ParallelAxis {
  readonly name: string;
  readonly x: number;
  readonly scale: Scale;
  /** Of the parameter in the model's axes; null for the ranked metric. */
  readonly place: number | null;
}

export interface ParallelLayout {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  /** Where the axes end; below is the band. */
  readonly bottom: number;
  readonly foot: number;
  readonly axes: readonly ParallelAxis[];
  /** Where a configuration crosses each axis, from left to right. */
  crossings(configuration: number): readonly number[];
  /** Configurations whose value lies beyond the objective's axis. */
  readonly beyond: number;
}

/** Axes in the order of `names`; those that it leaves out follow. */
export function parallelLayout(
  model: PageModel,
  width: number,
  names: readonly string[] | null = null,
): ParallelLayout {
  const { axes, configurations, metric } = model;
  const height = width < 600 ? 300 : 380;
  const hasFoot = configurations.some(({ at, value }) => value === null || at.includes(null));
  const bottom = height - BOTTOM - FOOT;
  const values = configurations.flatMap(({ value }) => (value === null ? [] : [value.mean]));
  const [low, high] = robustDomain(values, metric.goal);
  const objective = linearScale([low, high], metric.goal === 'minimize' ? [TOP, bottom] : [bottom, TOP], 6);
  const [left, right] = [width < 600 ? 34 : 64, width < 600 ? 40 : 70];
  const step = (width - left - right) / Math.max(1, axes.length);
  const rank = ({ name }: PageAxis): number => (names?.includes(name) === true ? names.indexOf(name) : axes.length);
  const placed: ParallelAxis[] = [
    ...axes
      .toSorted((a, b) => rank(a) - rank(b))
      .map((axis, index) => ({
        name: axis.name,
        x: left + index * step,
        scale: axisScale(axis, [bottom, TOP]),
        place: axes.indexOf(axis),
      })),
    { name: metric.name, x: axes.length === 0 ? width / 2 : width - right, scale: objective, place: null },
  ];
  const foot = bottom + FOOT;
  const clamp = (y: number): number => Math.min(bottom, Math.max(TOP, y));
  return {
    width,
    height: hasFoot ? height : height - FOOT - 18,
    top: TOP,
    bottom,
    foot,
    axes: placed,
    crossings: (configuration) => {
      const { at, value } = configurations[configuration]!;
      return placed.map(({ place, scale }) => {
        if (place === null) return value === null ? foot : clamp(scale(value.mean));
        return at[place] == null ? foot : scale(at[place]);
      });
    },
    beyond: values.filter((value) => value < low || value > high).length,
  };
}

export function drawParallel(model: PageModel, layout: ParallelLayout, colours: Colouring, palette: Palette): Drawing {
  const { width, height, top, bottom, foot, axes } = layout;
  const { configurations } = model;
  const path = lineOf().curve(curveBumpX);
  const opacity = configurations.length > 150 ? 0.35 : configurations.length > 40 ? 0.55 : 0.8;
  // A line one pixel wide is painted ten times as fast as one a little wider.
  const isMany = configurations.length > MANY;
  const order = configurations.map((_, place) => place).reverse();
  // Names that would touch each other take turns in two lines.
  const isTight = axes.length > 1 && Math.max(...axes.map(({ name }) => name.length)) * 7 > axes[1]!.x - axes[0]!.x;
  const hasFoot = configurations.some(({ at, value }) => value === null || at.includes(null));
  return {
    width,
    height,
    title: `Parallel coordinates of ${count(configurations.length, 'configuration')} over ${axes.map(({ name }) => name).join(', ')}.`,
    body: [
      hasFoot
        ? element('rect', { x: 0, y: foot - 11, width, height: 22, rx: 4, fill: palette.grid, opacity: 0.6 })
        : '',
      element(
        'g',
        { fill: 'none', class: isMany ? 'marks many' : 'marks' },
        order.map((place) => {
          const crossings = layout.crossings(place);
          const isBest = model.metric.goal !== null && place === 0 && configurations[0]!.rank === 1;
          const { value, standing } = configurations[place]!;
          const isMissing = value === null;
          return element('path', {
            d: path(crossings.map((y, index) => [axes[index]!.x, y]))?.replaceAll(/(\.\d)\d+/g, '$1') ?? '',
            // What was pruned, or is still open, has failed at nothing.
            stroke: isBest ? palette.best : isMissing && standing === 'lost' ? palette.bad : colours.of(place),
            'stroke-width': isBest ? 3 : isMissing || isMany ? 1 : 1.4,
            'stroke-dasharray': isMissing && '4 3',
            'stroke-opacity': isBest ? 1 : isMissing ? opacity * 0.7 : opacity,
            class: 'mark',
            'data-c': place,
          });
        }),
      ),
      ...axes.map(({ name, x, scale, place }, index) => {
        const isObjective = place === null;
        return element('g', { class: 'axis' }, [
          line(x, top - 6, x, bottom + 6, { stroke: palette.rule }),
          text(x, top - 20 + (isTight ? (index % 2 === 0 ? 6 : -7) : 0), name, {
            'text-anchor': 'middle',
            'font-weight': 600,
            'font-size': width < 600 ? 10.5 : 12.5,
            fill: isObjective ? palette.best : palette.ink,
          }),
          ...scale.ticks.map(({ at, label }) =>
            element('g', {}, [
              line(x - 3, at, x + 3, at, { stroke: palette.muted }),
              text(isObjective ? x + 8 : x - 8, at + 4, label, {
                'text-anchor': isObjective ? 'start' : 'end',
                fill: palette.muted,
                'font-size': 11,
                class: 'halo',
              }),
            ]),
          ),
        ]);
      }),
      hasFoot
        ? text(width, foot + 26, 'at the foot: no result (dashed), or no such parameter', {
            'text-anchor': 'end',
            'font-size': 11,
            fill: palette.muted,
          })
        : '',
    ],
  };
}

/** `2 configurations lie beyond the axis of val/elbo (down to −751.1) and are drawn at its end.` */
export function beyondNote({ beyond }: ParallelLayout, { configurations, metric }: PageModel): string[] {
  if (beyond === 0) return [];
  const values = configurations.flatMap(({ value }) => (value === null ? [] : [value.mean]));
  const worst = metric.goal === 'minimize' ? Math.max(...values) : Math.min(...values);
  const who = beyond === 1 ? '1 configuration lies' : `${beyond} configurations lie`;
  const end = `as far as ${tickText(Number(worst.toPrecision(4)))}`;
  return [`${who} beyond the axis of ${metric.name}, ${end}, and ${beyond === 1 ? 'is' : 'are'} drawn at its end.`];
}
