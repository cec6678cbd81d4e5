/** One colour a configuration, the same in every panel. */
import type { PageModel } from '../analysis/page/page-model.ts';
import type { Palette } from './palette.ts';
import { axisScale } from './scales.ts';

export interface Colouring {
  /** The axis that colours tell of; null where configurations differ in nothing. */
  readonly axis: string | null;
  of(configuration: number): string;
  /** Of a value on that axis. */
  readonly legend: readonly { readonly label: string; readonly colour: string }[];
  /** Whether the legend's colours are steps of a scale. */
  readonly isScale: boolean;
}

/** β where it is swept, since that is what moves a VAE along rate and distortion; else the first parameter that differs. */
export function defaultColourAxis(model: Pick<PageModel, 'axes'>): string | null {
  return (model.axes.find(({ name }) => name === 'beta') ?? model.axes[0])?.name ?? null;
}

export function colouring(model: PageModel, name: string | null, palette: Palette): Colouring {
  const place = model.axes.findIndex((axis) => axis.name === name);
  const axis = model.axes[place];
  if (axis === undefined) return { axis: null, of: () => palette.category(0), legend: [], isScale: false };
  const isScale = axis.scale !== 'category';
  const share = axisScale(axis, [0, 1]);
  const colourAt = (at: number): string => (isScale ? palette.sequence(share(at)) : palette.category(at));
  const { values } = axis;
  const shown = !isScale || values.length <= 8 ? values.map((_, index) => index) : evenly(values.length, 6);
  return {
    axis: axis.name,
    of: (configuration) => {
      const at = model.configurations[configuration]!.at[place];
      return at == null ? palette.quiet : colourAt(at);
    },
    legend: shown.map((index) => {
      const value = values[index]!;
      return { label: label(value), colour: colourAt(typeof value === 'number' ? value : index) };
    }),
    isScale,
  };
}

function evenly(length: number, count: number): number[] {
  return Array.from({ length: count }, (_, step) => Math.round((step * (length - 1)) / (count - 1)));
}

function label(value: number | string): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(3))) : value;
}
