/** What ran where and when, and above it how the best came about. */
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Colouring } from './colouring.ts';
import type { Palette } from './palette.ts';
import { linearScale, minus, tickText } from './scales.ts';
import { element, escapeMarkup, line, text, type Drawing, type Markup } from './svg.ts';
import { count } from '../text/format-number.ts';

export function drawTimeline(model: PageModel, width: number, colours: Colouring, palette: Palette): Drawing {
  const { timeline, trials, metric } = model;
  const unit =
    timeline.seconds > 2 * 3600
      ? { name: 'hours', of: 3600 }
      : timeline.seconds > 180
        ? { name: 'minutes', of: 60 }
        : { name: 'seconds', of: 1 };
  const [left, right] = [width < 600 ? 66 : 84, 12];
  const x = linearScale([0, Math.max(timeline.seconds, 0.001) / unit.of], [left, width - right], width < 600 ? 5 : 9);
  const at = (seconds: number): number => x(seconds / unit.of);
  const bestHeight = timeline.best.length === 0 ? 0 : 130;
  const slots = timeline.devices.reduce((sum, device) => sum + device.slots, 0);
  const lane = slots > 24 ? 6 : slots > 8 ? 10 : 16;
  let y = bestHeight + 16;
  const starts = new Map<string, number>();
  const lanes: Markup[] = timeline.devices.map(({ name, slots: count, busySeconds }) => {
    const top = y;
    starts.set(name, top);
    y += count * (lane + 2) + 14;
    const busy = timeline.seconds === 0 ? 0 : (100 * busySeconds) / (count * timeline.seconds);
    return element('g', {}, [
      text(left - 10, top + Math.max(11, (count * (lane + 2)) / 2 + 1), name, {
        'text-anchor': 'end',
        'font-size': 11.5,
        'font-weight': 600,
        fill: palette.ink,
      }),
      text(left - 10, top + Math.max(25, (count * (lane + 2)) / 2 + 15), `${busy.toFixed(0)} % busy`, {
        'text-anchor': 'end',
        'font-size': 10,
        fill: palette.muted,
      }),
      ...Array.from({ length: count }, (_, slot) =>
        element('rect', {
          x: left,
          y: top + slot * (lane + 2),
          width: width - left - right,
          height: lane,
          fill: palette.grid,
          opacity: 0.7,
        }),
      ),
    ]);
  });
  const bars = timeline.attempts.map(({ trial, device, slot, start, end, outcome }) => {
    const { configuration, state } = trials[trial]!;
    // What was pruned, or waits for others at a rung, lost nothing.
    const isLost = outcome === 'lost' || outcome === 'failed' || outcome === 'diverged' || outcome === 'cancelled';
    const isDead = isLost && (state === 'diverged' || state === 'failed');
    return element('rect', {
      x: at(start),
      y: starts.get(device)! + slot * (lane + 2),
      width: Math.max(0.8, at(end) - at(start) - 0.6),
      height: lane,
      fill: isDead ? palette.bad : isLost ? palette.quiet : colours.of(configuration),
      class: 'mark',
      'data-c': configuration,
      'data-t': trial,
    });
  });
  const height = y + 34;
  return {
    width,
    height,
    title: `${count(timeline.attempts.length, 'attempt')} on ${timeline.devices.map(({ name }) => name).join(', ')} over ${(timeline.seconds / unit.of).toFixed(1)} ${unit.name}.`,
    body: [
      ...x.ticks.flatMap(({ at: tick, label }) => [
        line(tick, 20, tick, y - 8, { stroke: palette.grid }),
        text(tick, y + 8, label, { 'text-anchor': 'middle', 'font-size': 11, fill: palette.muted }),
      ]),
      text(width - right, y + 26, `${unit.name} since the first trial began`, {
        'text-anchor': 'end',
        'font-size': 11,
        fill: palette.muted,
      }),
      ...lanes,
      element('g', { class: 'marks' }, bars),
      ...(bestHeight === 0
        ? []
        : bestSteps(model, at, { top: 36, bottom: bestHeight - 8, left, right: width - right }, palette)),
      bestHeight === 0
        ? ''
        : element('text', { x: left, y: 10, fill: palette.ink, 'font-size': 11.5 }, [
            element('tspan', { 'font-weight': 600 }, 'best so far'),
            element(
              'tspan',
              { dx: 6, fill: palette.muted, 'font-size': 11 },
              escapeMarkup(`${metric.name}, ${metric.unit}`),
            ),
          ]),
    ],
  };
}

interface Box {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function bestSteps(
  { timeline, metric }: PageModel,
  at: (seconds: number) => number,
  { top, bottom, left, right }: Box,
  palette: Palette,
): Markup[] {
  const { best } = timeline;
  const values = best.map(({ value }) => value);
  // After the first few trials the best moves little; what came before would flatten it.
  const domain = [Math.min(...values), Math.max(...values)] as const;
  const y = linearScale(domain, metric.goal === 'minimize' ? [top, bottom] : [bottom, top], 4);
  const steps = best.map(({ at: when, value }, index) => {
    const next = best[index + 1];
    return `${at(when).toFixed(1)},${y(value).toFixed(1)} ${(next === undefined ? right : at(next.at)).toFixed(1)},${y(value).toFixed(1)}`;
  });
  const last = best.at(-1)!;
  const isLate = at(last.at) > right - 90;
  return [
    ...y.ticks.map(({ at: tick, label }) =>
      text(left - 10, tick + 4, label, { 'text-anchor': 'end', 'font-size': 11, fill: palette.muted }),
    ),
    element('polyline', { points: steps.join(' '), fill: 'none', stroke: palette.best, 'stroke-width': 1.8 }),
    ...best.map(({ at: when, value }) => element('circle', { cx: at(when), cy: y(value), r: 3, fill: palette.best })),
    text(
      isLate ? at(last.at) - 8 : at(last.at) + 6,
      y(last.value) - 8 < 10 ? y(last.value) + 16 : y(last.value) - 8,
      minus(tickText(Number(last.value.toFixed(metric.decimals)))),
      {
        'text-anchor': isLate ? 'end' : 'start',
        'font-size': 11.5,
        'font-weight': 600,
        fill: palette.best,
        class: 'halo',
      },
    ),
  ];
}
