/** The plane of rate and distortion (Alemi et al. 2018), with straight lines of equal ELBO and the Pareto set. */
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from './colouring.ts';
import type { Palette } from './palette.ts';
import { labelWidth, linearScale, robustDomain, tickText } from './scales.ts';
import { element, line, text, type Drawing, type Markup } from './svg.ts';
import { count } from '../text/format-number.ts';

/** Of the distortion's name, at the left edge. */
const NAME = 22;
/** From a label to its axis. */
const TICK = 8;
const RIGHT = 20;
const TOP = 18;
const BOTTOM = 44;
/** Length of what is written along a line of equal ELBO. */
const ISO_LABEL = 58;
/** From the best dot to the end of what is written beside it. */
const BEST_LABEL = 44;

export interface PlaneLayout {
  readonly width: number;
  readonly height: number;
  readonly x: ReturnType<typeof linearScale>;
  readonly y: ReturnType<typeof linearScale>;
  readonly rates: readonly [number, number];
  readonly distortions: readonly [number, number];
  /** Of the plane within its axes. */
  readonly box: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  /** Configurations whose mean lies outside. */
  readonly beyond: number;
}

export function planeLayout({ configurations, trials, pareto }: PageModel, width: number): PlaneLayout {
  const height = Math.min(440, Math.max(300, width * 0.78));
  const points = trials.filter(
    ({ rate, distortion, configuration }) =>
      rate !== null && distortion !== null && configurations[configuration]!.rate !== null,
  );
  // Where most collapsed, those that did not are no outliers; nor is a mean that is none among means, wherever its seeds lie.
  const front = (pareto?.places ?? []).map((place) => configurations[place]!);
  const means = configurations.filter(({ rate, distortion }) => rate !== null && distortion !== null);
  const spread = (
    values: readonly number[],
    ofMeans: readonly number[],
    optimal: readonly number[],
  ): [number, number] => {
    const [low, most] = robustDomain(values, 'minimize');
    const high = Math.max(most, robustDomain(ofMeans, 'minimize')[1], ...optimal);
    const room = (high - low || 1) * 0.06;
    return [Math.max(low >= 0 ? 0 : -Infinity, low - room), high + room];
  };
  const rates = spread(
    points.map(({ rate }) => rate!),
    means.map(({ rate }) => rate!.mean),
    front.map(({ rate }) => rate!.mean),
  );
  const distortions = spread(
    points.map(({ distortion }) => distortion!),
    means.map(({ distortion }) => distortion!.mean),
    front.map(({ distortion }) => distortion!.mean),
  );
  const isBeyond = (rate: number, distortion: number): boolean =>
    rate < rates[0] || rate > rates[1] || distortion < distortions[0] || distortion > distortions[1];
  const y = linearScale(distortions, [height - BOTTOM, TOP], 6);
  const left = NAME + labelWidth(y) + TICK;
  return {
    width,
    height,
    rates,
    distortions,
    box: { left, right: width - RIGHT, top: TOP, bottom: height - BOTTOM },
    x: linearScale(rates, [left, width - RIGHT], width < 500 ? 5 : 7),
    y,
    beyond: configurations.filter(
      ({ rate, distortion }) => rate !== null && distortion !== null && isBeyond(rate.mean, distortion.mean),
    ).length,
  };
}

export function drawPlane(model: PageModel, layout: PlaneLayout, colours: Colouring, palette: Palette): Drawing {
  const { width, height, x, y } = layout;
  const { configurations, trials, metric } = model;
  const isInside = (rate: number, distortion: number): boolean =>
    rate <= layout.rates[1] && distortion <= layout.distortions[1];
  const order = configurations.map((_, place) => place).reverse();
  const isMany = configurations.length > 1000;
  const radius = isMany ? 2.2 : configurations.length > 120 ? 3.6 : 5.5;
  return {
    width,
    height,
    title: `Rate and distortion of ${count(configurations.length, 'configuration')}; the Pareto set has ${model.pareto?.places.length ?? 0} of them.`,
    body: [
      ...axesOf(layout, palette),
      ...isoLines(layout, palette, bestDot(model, layout)),
      paretoLine(model, layout, palette),
      element(
        'g',
        { class: 'marks' },
        order.flatMap((place) => {
          const { rate, distortion, rank } = configurations[place]!;
          if (rate === null || distortion === null || !isInside(rate.mean, distortion.mean)) return [];
          const isBest = metric.goal !== null && rank === 1;
          const colour = colours.of(place);
          const seeds = configurations[place]!.trials.flatMap((trial) => {
            const { rate: r, distortion: d } = trials[trial]!;
            if (r === null || d === null || !isInside(r, d)) return [];
            return [
              line(x(rate.mean), y(distortion.mean), x(r), y(d), { stroke: colour, 'stroke-opacity': 0.35 }),
              element('circle', { cx: x(r), cy: y(d), r: 1.6, fill: colour, 'fill-opacity': 0.7 }),
            ];
          });
          const [cx, cy] = [x(rate.mean), y(distortion.mean)];
          return [
            element('g', { class: 'mark', 'data-c': place }, [
              ...(configurations.length > 120 ? [] : seeds),
              isBest
                ? element('circle', { cx, cy, r: radius + 4, fill: 'none', stroke: palette.best, 'stroke-width': 2.2 })
                : '',
              element('circle', {
                ...{ cx, cy, r: radius, fill: colour },
                ...(isMany ? {} : { stroke: palette.paper, 'stroke-width': 1.2 }),
              }),
            ]),
          ];
        }),
      ),
      bestLabel(model, layout, palette),
    ],
  };
}

function axesOf({ height, box, x, y }: PlaneLayout, palette: Palette): Markup[] {
  const small = { 'font-size': 11, fill: palette.muted };
  const { left, right, top, bottom } = box;
  const middle = (top + bottom) / 2;
  return [
    line(left, bottom, right, bottom, { stroke: palette.rule }),
    line(left, top, left, bottom, { stroke: palette.rule }),
    ...x.ticks.map(({ at, label }) => text(at, bottom + 17, label, { 'text-anchor': 'middle', ...small })),
    ...y.ticks.map(({ at, label }) => text(left - TICK, at + 4, label, { 'text-anchor': 'end', ...small })),
    text((left + right) / 2, height - 6, 'rate R, KL in nats each', {
      'text-anchor': 'middle',
      fill: palette.ink,
    }),
    text(14, middle, 'distortion D, reconstruction in nats each', {
      'text-anchor': 'middle',
      fill: palette.ink,
      transform: `rotate(-90 14 ${Math.round(middle)})`,
    }),
  ];
}

/** D = −ELBO − R: every point of such a line has the same ELBO at β = 1. */
function isoLines({ width, x, y, rates, distortions }: PlaneLayout, palette: Palette, dot: Dot | null): Markup[] {
  const [best, worst] = [rates[0] + distortions[0], rates[1] + distortions[1]];
  const levels = linearScale([best, worst], [best, worst], 7).ticks.map(({ at }) => at);
  return levels.flatMap((sum) => {
    // From the left or upper edge to the lower or right one.
    const [r1, r2] = [Math.max(rates[0], sum - distortions[1]), Math.min(rates[1], sum - distortions[0])];
    if (r2 <= r1) return [];
    const [x1, y1, x2, y2] = [x(r1), y(sum - r1), x(r2), y(sum - r2)];
    const slope = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    const length = Math.hypot(x2 - x1, y2 - y1);
    const along = (share: number): Dot => [x1 + (x2 - x1) * share, y1 + (y2 - y1) * share];
    const last = Math.min(0.8, 1 - ISO_LABEL / length);
    const isFree = ([left, foot]: Dot): boolean =>
      dot === null ||
      Math.abs(left + ISO_LABEL / 2 - dot[0]) > BEST_LABEL + ISO_LABEL / 2 ||
      Math.abs(foot - dot[1]) > BEST_LABEL / 2;
    const place = length > 1.5 * ISO_LABEL && width >= 340 ? [last, last / 2, 0].map(along).find(isFree) : undefined;
    return [
      line(x1, y1, x2, y2, { stroke: palette.grid, 'stroke-width': 1.2 }),
      place === undefined
        ? ''
        : text(place[0], place[1] - 4, `ELBO ${tickText(-sum)}`, {
            'font-size': 10,
            fill: palette.muted,
            class: 'halo',
            transform: `rotate(${slope.toFixed(1)} ${place[0].toFixed(1)} ${place[1].toFixed(1)})`,
          }),
    ];
  });
}

function paretoLine({ configurations, pareto }: PageModel, { x, y }: PlaneLayout, palette: Palette): Markup {
  const points = (pareto?.places ?? []).map((place) => {
    const { rate, distortion } = configurations[place]!;
    return [x(rate!.mean), y(distortion!.mean)];
  });
  if (points.length < 2) return '';
  return element('polyline', {
    points: points.map((point) => point.map((one) => one.toFixed(1)).join(',')).join(' '),
    fill: 'none',
    stroke: palette.ink,
    'stroke-opacity': 0.55,
    'stroke-width': 1.3,
    'stroke-dasharray': '1 4',
    'stroke-linecap': 'round',
  });
}

type Dot = readonly [x: number, y: number];

/** Null where none is best, or has no place in the plane. */
function bestDot({ configurations: [first], metric }: PageModel, { x, y }: PlaneLayout): Dot | null {
  if (metric.goal === null || first?.rank !== 1 || first.rate === null || first.distortion === null) return null;
  return [x(first.rate.mean), y(first.distortion.mean)];
}

function bestLabel(model: PageModel, layout: PlaneLayout, palette: Palette): Markup {
  const dot = bestDot(model, layout);
  if (dot === null) return '';
  const [cx, cy] = dot;
  const isRight = cx > layout.width * 0.8;
  return text(cx + (isRight ? -14 : 14), cy - 10, 'best', {
    'text-anchor': isRight ? 'end' : 'start',
    'font-weight': 600,
    fill: palette.best,
    class: 'halo',
  });
}
