/** What the reader has chosen, as it stands in the page's address: `#beta=0.5..2&architecture=conv&colour=architecture`. */
import type { CourseAxis } from '../charts/course.ts';
import type { PageModel } from '../analysis/page/page-model.ts';

/** A range with both ends, or some categories. */
export type FilterChoice = { readonly from: number; readonly to: number } | { readonly values: readonly string[] };

export interface ViewState {
  /** By the name of an axis, or of a metric of `filteredMetrics`. */
  readonly filters: Readonly<Record<string, FilterChoice>>;
  /** Of the parallel coordinates, from left to right; null for their own order. */
  readonly axes: readonly string[] | null;
  readonly colour: string | null;
  readonly heat: readonly [string, string] | null;
  /** A configuration, by its id. */
  readonly pick: string | null;
  readonly theme: 'light' | 'dark' | null;
  /** Whether curves and latents are drawn of all that is selected. */
  readonly all: boolean;
  /** What a search's course runs over. */
  readonly over: CourseAxis;
}

export const EMPTY_VIEW: ViewState = {
  filters: {},
  axes: null,
  colour: null,
  heat: null,
  pick: null,
  theme: null,
  all: false,
  over: 'order',
};

type Valued = Pick<PageModel['configurations'][number], 'value' | 'rate' | 'distortion'>;
type Filtered = Pick<PageModel, 'axes' | 'metric' | 'split'>;

/** What a filter may name beside an axis: the ranked metric, and rate and distortion as the plane shows them. */
export function filteredMetrics({ metric, split }: Pick<PageModel, 'metric' | 'split'>) {
  return new Map<string, (of: Valued) => number | null>([
    [`${split}/kl`, ({ rate }) => rate?.mean ?? null],
    [`${split}/reconstruction`, ({ distortion }) => distortion?.mean ?? null],
    [metric.name, ({ value }) => value?.mean ?? null],
  ]);
}

export function writeView({ filters, axes, colour, heat, pick, theme, all, over }: ViewState): string {
  const parts = [
    ...Object.entries(filters).map(([name, choice]) => [
      name,
      'values' in choice ? choice.values.map(encodeURIComponent).join(',') : `${choice.from}..${choice.to}`,
    ]),
    ...(axes === null ? [] : [['axes', axes.join(',')]]),
    ...(colour === null ? [] : [['colour', colour]]),
    ...(heat === null ? [] : [['heat', heat.join(',')]]),
    ...(pick === null ? [] : [['pick', pick]]),
    ...(theme === null ? [] : [['theme', theme]]),
    ...(all ? [['show', 'all']] : []),
    ...(over === 'time' ? [['over', 'time']] : []),
  ];
  return parts
    .map(([name = '', value = '']) => `${encodeURIComponent(name).replaceAll('%2F', '/')}=${value}`)
    .join('&');
}

/** What an address says of this sweep; parts that it has no sense for are left out. */
export function readView(hash: string, model: Filtered): ViewState {
  const pairs = hash
    .replace(/^#/, '')
    .split('&')
    .flatMap((part) => {
      const at = part.indexOf('=');
      return at === -1 ? [] : [[decode(part.slice(0, at)), part.slice(at + 1)] as const];
    });
  const given = new Map(pairs);
  const isAxis = (name: string | undefined): name is string => model.axes.some((axis) => axis.name === name);
  const metrics = filteredMetrics(model);
  const filters = pairs.flatMap(([name, text]) => {
    const axis = model.axes.find((one) => one.name === name);
    if (axis === undefined && !metrics.has(name)) return [];
    const choice = readChoice(text, axis?.scale === 'category' ? axis.values.map(String) : null);
    return choice === null ? [] : [[name, choice] as const];
  });
  const listed = (key: string): string[] => (given.get(key) ?? '').split(',').map(decode);
  const [x, y] = listed('heat');
  const axes = [...new Set(listed('axes').filter(isAxis))];
  const theme = given.get('theme');
  const colour = decode(given.get('colour') ?? '');
  return {
    filters: Object.fromEntries(filters),
    axes: axes.length === 0 ? null : axes,
    colour: isAxis(colour) ? colour : null,
    heat: isAxis(x) && isAxis(y) ? [x, y] : null,
    pick: given.get('pick') ?? null,
    theme: theme === 'light' || theme === 'dark' ? theme : null,
    all: given.get('show') === 'all',
    over: given.get('over') === 'time' ? 'time' : 'order',
  };
}

function readChoice(text: string, categories: readonly string[] | null): FilterChoice | null {
  if (categories !== null) {
    const values = text
      .split(',')
      .map(decode)
      .filter((value) => categories.includes(value));
    return values.length === 0 ? null : { values };
  }
  const [from = NaN, to = NaN] = text.split('..').map((part) => (part === '' ? NaN : Number(part)));
  return Number.isFinite(from) && Number.isFinite(to) ? { from: Math.min(from, to), to: Math.max(from, to) } : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of each configuration, whether all filters let it through; one without such a parameter, or without a value, doesn't pass. */
export function selected(
  model: Filtered & Pick<PageModel, 'configurations'>,
  { filters }: Pick<ViewState, 'filters'>,
): boolean[] {
  const metrics = filteredMetrics(model);
  const tests = Object.entries(filters).map(([name, choice]) => {
    const place = model.axes.findIndex((axis) => axis.name === name);
    const categories = place === -1 ? [] : model.axes[place]!.values.map(String);
    return (one: PageModel['configurations'][number]): boolean => {
      const own = place === -1 ? metrics.get(name)?.(one) : one.at[place];
      if (own == null) return false;
      return 'values' in choice ? choice.values.includes(categories[own]!) : own >= choice.from && own <= choice.to;
    };
  });
  return model.configurations.map((one) => tests.every((test) => test(one)));
}
