/** How a search came to its best: a mark for each configuration, and the best so far as steps. */
import type { PageModel, PageStep } from '../analysis/page/page-model.ts';
import { visibleRange } from '../analysis/statistics/visible-range.ts';
import type { Goal } from '../metrics/metric.ts';
import type { Colouring } from './colouring.ts';
import type { Palette } from './palette.ts';
import { labelWidth, linearScale, minus, type Scale } from './scales.ts';
import { element, line, text, type Drawing, type Markup } from './svg.ts';
import { count } from '../text/format-number.ts';

/** Configurations in their order, or by when their last trial ended. */
export type CourseAxis = 'order' | 'time';

/** A configuration that has a value, where it is drawn. */
interface Placed extends PageStep {
  readonly x: number;
  readonly value: number;
}

const HEIGHT = 310;
const TOP = 56;
const FOOT = 40;
const SIZE = 4.2;

/** What is drawn, from left to right; those without a value have no place. */
export function placedSteps({ course }: Pick<PageModel, 'course'>, over: CourseAxis): Placed[] {
  const placed = (course ?? []).flatMap((step, i): Placed[] => {
    const x = over === 'order' ? i + 1 : step.at;
    return step.value === null || x === null || step.end === 'open' ? [] : [{ ...step, value: step.value, x }];
  });
  return placed.sort((a, b) => a.x - b.x);
}

/** Where the best of what completed gets better. */
function bests<Step extends Pick<Placed, 'end' | 'value'>>(steps: readonly Step[], goal: Goal | null): Step[] {
  let best: number | null = null;
  return steps.filter(({ end, value }) => {
    const isBetter = best === null || (goal === 'minimize' ? value < best : value > best);
    if (goal === null || end !== 'completed' || !isBetter) return false;
    best = value;
    return true;
  });
}

/** Fewer values than these tell nothing of what lies far off. */
const FEW = 12;

/**
 * The range of what completed, but for what lies far off, and as much again on the worse side: what was pruned has few
 * epochs, and all of it would squeeze the others together.
 */
function valueRange(steps: readonly Placed[], goal: Goal | null): readonly [number, number] {
  const completed = steps.filter(({ end }) => end === 'completed');
  const values = (completed.length > 0 ? completed : steps).map(({ value }) => value);
  const { low, high, least, most } = visibleRange(values, values.length < FEW ? Number.MAX_VALUE : 3);
  const [from, to] = [goal === 'minimize' ? least : low, goal === 'maximize' ? most : high];
  const more = to - from || 1;
  const all = steps.map(({ value }) => value);
  return goal === 'minimize'
    ? [from, Math.min(Math.max(to, ...all), to + more)]
    : [Math.max(Math.min(from, ...all), from - more), to];
}

export function drawCourse(
  model: PageModel,
  over: CourseAxis,
  width: number,
  colours: Colouring,
  palette: Palette,
): Drawing & { readonly beyond: number } {
  const { metric, course } = model;
  const steps = placedSteps(model, over);
  const [low, high] = valueRange(steps, metric.goal);
  const bottom = HEIGHT - FOOT;
  const y = linearScale(
    [low, high],
    metric.goal === 'minimize' ? [TOP + 8, bottom - 8] : [bottom - 8, TOP + 8],
    width < 600 ? 4 : 6,
  );
  const [left, right] = [Math.max(40, labelWidth(y) + 14), width - 14];
  const seconds = Math.max(1, ...steps.map(({ at }) => at ?? 0));
  const unit =
    over === 'order'
      ? { name: 'configurations, in the order of the plan', of: 1 }
      : seconds > 2 * 3600
        ? { name: 'hours since the first trial began', of: 3600 }
        : seconds > 180
          ? { name: 'minutes since the first trial began', of: 60 }
          : { name: 'seconds since the first trial began', of: 1 };
  const last = over === 'order' ? (course?.length ?? 0) : seconds;
  const x = linearScale(
    [over === 'order' ? 0.5 : 0, (last + (over === 'order' ? 0.5 : 0)) / unit.of],
    [left, right],
    width < 600 ? 5 : 10,
  );
  const isBeyond = ({ value }: Placed): boolean => value < low || value > high;
  const atY = (value: number): number => y(Math.max(low, Math.min(high, value)));
  const atX = (step: Placed): number => x(step.x / unit.of);
  const better = bests(steps, metric.goal);
  const winner = steps.find(({ configuration }) => model.configurations[configuration]!.rank === 1);
  const best = better.at(-1);
  const pruned = steps.filter(({ end }) => end === 'pruned').length;
  const path = better.flatMap((step, i) => {
    const next = better[i + 1];
    const until = next === undefined ? right : atX(next);
    return [
      `${atX(step).toFixed(1)},${atY(step.value).toFixed(1)}`,
      `${until.toFixed(1)},${atY(step.value).toFixed(1)}`,
    ];
  });
  const number = (value: number): string => minus(value.toFixed(metric.decimals));
  // The table has it by further seeds.
  const isConfirmed = model.configurations.some(({ standing }) => standing === 'screened');
  return {
    width,
    height: HEIGHT,
    beyond: steps.filter(isBeyond).length,
    title:
      `${count(course?.length ?? 0, 'configuration')}, ${steps.length} with a value, ${pruned} of them pruned.` +
      (best === undefined ? '' : ` The best ${metric.name} of those trained to the end is ${number(best.value)}.`),
    body: [
      ...y.ticks.flatMap(({ at, label }) => [
        line(left, at, right, at, { stroke: palette.grid }),
        text(left - 8, at + 4, label, { 'text-anchor': 'end', 'font-size': 11, fill: palette.muted }),
      ]),
      line(left, bottom, right, bottom, { stroke: palette.rule }),
      ...xTicks(x, over).map(({ at, label }) =>
        text(at, bottom + 15, label, { 'text-anchor': 'middle', 'font-size': 11, fill: palette.muted }),
      ),
      text(right, bottom + 32, unit.name, { 'text-anchor': 'end', 'font-size': 11, fill: palette.muted }),
      text(0, 12, [metric.name, metric.unit].filter((part) => part !== '').join(', '), {
        'font-size': 11.5,
        fill: palette.muted,
      }),
      ...legend(steps, width, palette),
      path.length === 0
        ? ''
        : element('polyline', { points: path.join(' '), fill: 'none', stroke: palette.best, 'stroke-width': 1.8 }),
      element(
        'g',
        { class: 'marks' },
        steps.map((step) =>
          mark(step, atX(step), atY(step.value), colours.of(step.configuration), palette, {
            class: 'mark',
            'data-c': step.configuration,
          }),
        ),
      ),
      winner === undefined
        ? ''
        : element('circle', {
            ...{ cx: atX(winner), cy: atY(winner.value), r: SIZE + 4, fill: 'none' },
            ...{ stroke: palette.best, 'stroke-width': 1.8 },
          }),
      winner === undefined
        ? ''
        : winnerLabel(isConfirmed ? '' : number(winner.value), atX(winner), atY(winner.value), right, palette),
    ],
  };
}

/** Configurations are whole. */
function xTicks({ ticks }: Scale, over: CourseAxis): Scale['ticks'] {
  return over === 'order' ? ticks.filter(({ label }) => Number.isInteger(Number(label))) : ticks;
}

function winnerLabel(value: string, x: number, y: number, right: number, palette: Palette): Markup {
  const isLate = x > right - 150;
  const words = `first in the table ${value}`.trimEnd();
  return text(isLate ? x + 8 : x - 4, y - 12, words, {
    ...{ 'text-anchor': isLate ? 'end' : 'start', 'font-size': 11.5, 'font-weight': 600 },
    ...{ fill: palette.best, class: 'halo' },
  });
}

/** A square was proposed before anything was learnt, a circle after; what was pruned is hollow. */
function mark(
  { isInitial, end }: Pick<Placed, 'isInitial' | 'end'>,
  x: number,
  y: number,
  colour: string,
  palette: Palette,
  attributes: Readonly<Record<string, string | number>>,
): Markup {
  const paint =
    end === 'pruned'
      ? { fill: palette.paper, stroke: colour, 'stroke-width': 1.4 }
      : { fill: colour, stroke: palette.paper, 'stroke-width': 0.8 };
  return isInitial
    ? element('rect', {
        x: x - SIZE + 0.4,
        y: y - SIZE + 0.4,
        width: 2 * SIZE - 0.8,
        height: 2 * SIZE - 0.8,
        ...paint,
        ...attributes,
      })
    : element('circle', { cx: x, cy: y, r: SIZE, ...paint, ...attributes });
}

/** Only of what there is. */
function legend(steps: readonly Placed[], width: number, palette: Palette): Markup[] {
  const has = (is: (step: Placed) => boolean): boolean => steps.some(is);
  const entries = [
    ...(has(({ isInitial }) => isInitial)
      ? [
          { words: 'proposed before any result', isInitial: true, end: 'completed' as const },
          { words: 'by results', isInitial: false, end: 'completed' as const },
        ]
      : [{ words: 'trained to the end', isInitial: false, end: 'completed' as const }]),
    ...(has(({ end }) => end === 'pruned') ? [{ words: 'pruned', isInitial: false, end: 'pruned' as const }] : []),
  ];
  let at = 6;
  return entries.flatMap(({ words, ...kind }) => {
    const from = at;
    at += 6.1 * words.length + 30;
    return from > width - 40
      ? []
      : [
          mark(kind, from, 28, palette.muted, palette, {}),
          text(from + 10, 32, words, { 'font-size': 11, fill: palette.muted }),
        ];
  });
}

/** The same as rows, for who doesn't see it. */
export function courseRows(model: PageModel): {
  readonly header: readonly string[];
  readonly rows: readonly string[][];
} {
  const { course, configurations, metric } = model;
  const number = (value: number | null): string => (value === null ? '' : minus(value.toFixed(metric.decimals)));
  const rows = (course ?? []).map(({ configuration, end, value, best, epochs, sampler }, i) => {
    const how = end === 'completed' ? 'to the end' : end === 'pruned' ? `pruned after epoch ${epochs}` : end;
    return [String(i + 1), configurations[configuration]!.label, sampler ?? '', how, number(value), number(best)];
  });
  return { header: ['#', 'configuration', 'proposed by', 'trained', metric.name, 'best so far'], rows };
}
