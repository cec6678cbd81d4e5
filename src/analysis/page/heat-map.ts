import { rangeParts } from '../statistics/range-parts.ts';
import type { PageModel } from './page-model.ts';

/** More numbers than this are put together in so many ranges. */
const MOST_CELLS = 8;
const RANGES = 6;

export interface HeatAxis {
  readonly name: string;
  readonly labels: readonly string[];
  /** Where each cell is a range of values: its ends, one more than there are cells; else null. */
  readonly edges: readonly string[] | null;
  /** The cell of a value. */
  cellOf(at: number): number;
}

export interface HeatCell {
  readonly x: number;
  readonly y: number;
  /** Mean of the configurations' means; null where none has a value. */
  readonly mean: number | null;
  /** Over how many. */
  readonly measured: number;
  readonly configurations: readonly number[];
}

export interface HeatMap {
  readonly x: HeatAxis;
  readonly y: HeatAxis;
  readonly cells: readonly HeatCell[];
}

/** The ranked metric by two of the model's axes, over the configurations that `isShown`; undefined where an axis is none. */
export function heatMap(
  model: Pick<PageModel, 'axes' | 'configurations'>,
  [xName, yName]: readonly [string, string],
  isShown: (configuration: number) => boolean = () => true,
): HeatMap | undefined {
  const [xPlace, yPlace] = [xName, yName].map((name) => model.axes.findIndex((axis) => axis.name === name)) as [
    number,
    number,
  ];
  if (xPlace === -1 || yPlace === -1) return undefined;
  const [x, y] = [heatAxis(model, xPlace), heatAxis(model, yPlace)];
  const members = new Map<number, number[]>();
  model.configurations.forEach(({ at }, place) => {
    const [ax, ay] = [at[xPlace], at[yPlace]];
    if (ax == null || ay == null || !isShown(place)) return;
    const key = y.cellOf(ay) * x.labels.length + x.cellOf(ax);
    members.set(key, [...(members.get(key) ?? []), place]);
  });
  const cells = y.labels.flatMap((_, row) =>
    x.labels.map((_label, column): HeatCell => {
      const configurations = members.get(row * x.labels.length + column) ?? [];
      const values = configurations.flatMap((place) => model.configurations[place]!.value?.mean ?? []);
      const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
      return { x: column, y: row, mean, measured: values.length, configurations };
    }),
  );
  return { x, y, cells };
}

function heatAxis({ axes }: Pick<PageModel, 'axes'>, place: number): HeatAxis {
  const { name, scale, values } = axes[place]!;
  if (scale === 'category' || values.length <= MOST_CELLS) {
    const labels = values.map(String);
    return {
      name,
      labels,
      edges: null,
      cellOf: (at) => (scale === 'category' ? at : (values as number[]).indexOf(at)),
    };
  }
  const numbers = values as readonly number[];
  const { edges, partOf } = rangeParts({ min: numbers[0]!, max: numbers.at(-1)!, scale }, RANGES);
  return {
    name,
    labels: edges.slice(1).map((to, part) => `${edges[part]!}–${to}`),
    edges: edges.map(String),
    cellOf: partOf,
  };
}
