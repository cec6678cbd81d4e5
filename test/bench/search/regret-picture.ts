import { element, line, text, type Markup } from '../../../src/charts/svg.ts';

export interface RegretPanel {
  readonly title: string;
  /** The median of each sampler's regret after each trial, above 0. */
  readonly medians: ReadonlyMap<string, readonly number[]>;
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [200, 150, 36, 44, 44];
const COLOURS = ['#0b6e4f', '#59b890', '#c0392b', '#e39b36', '#8a8f98'];

/** Small charts in rows, regret on a log axis, a line a sampler; on its own white ground. */
export function regretPicture(rows: readonly (readonly RegretPanel[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const [width, height] = [LEFT + columns * (WIDTH + GAP), TOP + rows.length * (HEIGHT + GAP)];
  const names = [...rows[0]![0]!.medians.keys()];
  const legend = names.flatMap((name, i) => [
    line(LEFT + i * 150, 14, LEFT + i * 150 + 20, 14, { stroke: COLOURS[i], 'stroke-width': 2 }),
    text(LEFT + i * 150 + 26, 18, name),
  ]);
  const panels = rows.flatMap((row, r) =>
    row.map((panel, c) =>
      element(
        'g',
        { transform: `translate(${LEFT + c * (WIDTH + GAP)} ${TOP + r * (HEIGHT + GAP)})` },
        drawPanel(panel),
      ),
    ),
  );
  const ground = element('rect', { width, height, fill: '#fff' });
  const fonts = { 'font-family': 'Inter, sans-serif', 'font-size': 11, fill: '#222' };
  const head = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height };
  return `${element('svg', { ...head, ...fonts }, [ground, ...legend, ...panels])}\n`;
}

function drawPanel({ title, medians }: RegretPanel): Markup[] {
  const all = [...medians.values()].flat();
  const [low, high] = [Math.floor(Math.log10(Math.min(...all))), Math.ceil(Math.log10(Math.max(...all)))];
  const y = (value: number): number => HEIGHT * (1 - (Math.log10(value) - low) / Math.max(1, high - low));
  const x = (trial: number, trials: number): number => (WIDTH * trial) / trials;
  const grid = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)).flatMap((value) => [
    line(0, y(value), WIDTH, y(value), { stroke: '#ddd' }),
    text(-5, y(value) + 4, String(Number(value.toPrecision(1))), { 'text-anchor': 'end', 'font-size': 9 }),
  ]);
  const trials = Math.max(...[...medians.values()].map((values) => values.length));
  const ticks = [25, 50, 100]
    .filter((trial) => trial <= trials)
    .map((trial) => text(x(trial, trials), HEIGHT + 13, String(trial), { 'text-anchor': 'middle', 'font-size': 9 }));
  const curves = [...medians.values()].map((values, i) => {
    const points = values.map((value, trial) => `${x(trial + 1, trials).toFixed(1)},${y(value).toFixed(1)}`);
    return element('polyline', { points: points.join(' '), fill: 'none', stroke: COLOURS[i], 'stroke-width': 1.5 });
  });
  return [text(0, -8, title), ...grid, ...ticks, ...curves];
}
