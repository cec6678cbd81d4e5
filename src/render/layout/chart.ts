/** Curves in the cells of a terminal, each of 2 × 4 braille dots: one line solid, another dotted, with or without colour. */
import stringWidth from 'string-width';
import { visibleRange } from '../../analysis/statistics/visible-range.ts';
import type { CurvePoint } from '../../store/read-model.ts';
import { formatNumber } from '../../text/format-number.ts';
import { clip, styled, type Layout, type Style } from './text.ts';

export interface Series {
  readonly points: readonly CurvePoint[];
  readonly isDotted: boolean;
  readonly style?: Style;
}

export interface ChartOptions {
  readonly title: string;
  /** Of the plot, without the labels and axes around it. */
  readonly rows: number;
  readonly decimals: number;
  /** Marked below the axis, if there is one. */
  readonly bestEpoch: number | null;
}

/** The dots of a cell by column and row, as offsets of U+2800. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** Of a dotted line every third column of dots is there. */
const DOTTED = 3;

/**
 * Lines of at most `layout.columns` cells, all of one width: title, plot, axis, epochs, and what lies outside. Of at least
 * two points.
 */
export function renderChart(series: readonly Series[], options: ChartOptions, layout: Layout): string[] {
  const { title, rows, decimals, bestEpoch } = options;
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const { low, high } = visibleRange(values);
  const [top, bottom] = [formatNumber(high, decimals), formatNumber(low, decimals)];
  const margin = Math.max(top.length, bottom.length) + 2;
  const cells = Math.max(4, layout.columns - margin);
  const epochs = series.flatMap(({ points }) => points.map(({ epoch }) => epoch));
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)];
  const columnOf = (epoch: number): number => Math.round(((epoch - first) / Math.max(1, last - first)) * (cells - 1));

  const canvases = series.map((one) => drawn(one, { cells, rows, first, last, low, high }));
  const plot = Array.from({ length: rows }, (_, row) => {
    const label = row === 0 ? top : row === rows - 1 ? bottom : '';
    return `${label.padStart(margin - 2)} ${label === '' ? '│' : '┤'}${plotRow(canvases, series, row, layout)}`;
  });
  const axis = Array<string>(cells).fill('─');
  if (bestEpoch !== null) axis[columnOf(bestEpoch)] = '▲';
  const outside = values.filter((value) => value < low || value > high);
  const note = outside.length === 0 ? [] : [outsideNote(outside, { low, high, decimals })];
  return [
    styled(layout, 'bold', title),
    ...plot,
    `${' '.repeat(margin - 1)}└${axis.join('')}`,
    ' '.repeat(margin) + epochLabels({ first, last, bestEpoch, cells, columnOf }),
    ...note.map((text) => styled(layout, 'dim', clip(text, layout.columns))),
  ];
}

interface Frame {
  readonly cells: number;
  readonly rows: number;
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

/** The dots of each cell, by row and column. */
function drawn({ points, isDotted }: Series, { cells, rows, first, last, low, high }: Frame): number[][] {
  const canvas = Array.from({ length: rows }, () => Array<number>(cells).fill(0));
  const height = 4 * rows - 1;
  const put = (x: number, y: number): void => {
    canvas[y >> 2]![x >> 1]! |= DOTS[(x & 1) as 0 | 1][(y & 3) as 0 | 1 | 2 | 3];
  };
  let previous: number | undefined;
  for (let x = 0; x < 2 * cells; x++) {
    const value = valueAt(points, first + (x / (2 * cells - 1)) * (last - first));
    const isInside = value !== undefined && value >= low && value <= high;
    if (!isInside) {
      previous = undefined;
      continue;
    }
    const y = high === low ? height >> 1 : Math.round(((high - value) / (high - low)) * height);
    if (isDotted) {
      if (x % DOTTED === 0) put(x, y);
      continue;
    }
    // A steep line has no holes.
    const from = previous === undefined ? y : previous + Math.sign(y - previous);
    for (let step = from; step !== y; step += Math.sign(y - step)) put(x, step);
    put(x, y);
    previous = y;
  }
  return canvas;
}

/** On straight lines between the points; undefined beyond them. */
function valueAt(points: readonly CurvePoint[], epoch: number): number | undefined {
  const after = points.findIndex((point) => point.epoch >= epoch - 1e-9);
  const [left, right] = [points[after - 1], points[after]];
  if (right === undefined) return undefined;
  if (left === undefined) return right.epoch - epoch < 1e-9 ? right.value : undefined;
  const share = (epoch - left.epoch) / (right.epoch - left.epoch);
  return left.value + share * (right.value - left.value);
}

function plotRow(canvases: readonly number[][][], series: readonly Series[], row: number, layout: Layout): string {
  const cells = canvases[0]![row]!.map((_, column) => {
    const dots = canvases.map((canvas) => canvas[row]![column]!);
    const character = dots.some((dot) => dot !== 0)
      ? String.fromCodePoint(0x2800 + dots.reduce((all, dot) => all | dot, 0))
      : ' ';
    return styled(layout, series[dots.findIndex((dot) => dot !== 0)]?.style, character);
  });
  return cells.join('');
}

interface Labels {
  readonly first: number;
  readonly last: number;
  readonly bestEpoch: number | null;
  readonly cells: number;
  readonly columnOf: (epoch: number) => number;
}

/** The first epoch, the best below its mark, and the last, of which the best goes before the others. */
function epochLabels({ first, last, bestEpoch, cells, columnOf }: Labels): string {
  const line = Array<string>(cells).fill(' ');
  const isFree = (from: number, to: number): boolean => line.slice(Math.max(0, from), to).every((cell) => cell === ' ');
  const put = (text: string, middle: number): void => {
    const start = Math.max(0, Math.min(cells - text.length, middle - Math.floor(text.length / 2)));
    if (text.length <= cells && isFree(start - 1, start + text.length + 1))
      line.splice(start, text.length, ...text.split(''));
  };
  if (bestEpoch !== null) put(`best ${bestEpoch}`, columnOf(bestEpoch));
  if (bestEpoch !== last) put(String(last), cells);
  if (bestEpoch !== first) put(String(first), 0);
  return line.join('');
}

/** `1 off: up to 8.58e7`. */
function outsideNote(
  outside: readonly number[],
  { low, high, decimals }: { readonly low: number; readonly high: number; readonly decimals: number },
): string {
  const [least, most] = [Math.min(...outside), Math.max(...outside)];
  const ends = [
    ...(least < low ? [`down to ${formatNumber(least, decimals)}`] : []),
    ...(most > high ? [`up to ${formatNumber(most, decimals)}`] : []),
  ];
  return `${outside.length} off: ${ends.join(', ')}`;
}

/** Blocks of lines beside each other, each padded to its width. */
export function sideBySide(blocks: readonly (readonly string[])[], widths: readonly number[], gap: string): string[] {
  const height = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) => {
    return blocks
      .map((lines, index) => {
        const line = lines[row] ?? '';
        return line + ' '.repeat(Math.max(0, widths[index]! - stringWidth(line)));
      })
      .join(gap)
      .trimEnd();
  });
}
