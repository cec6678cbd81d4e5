import type { ParameterValue } from '../../model/parameter.ts';
import type { SweepSpec } from '../../sweep-file/spec.ts';
import { formatValue } from '../../text/format-value.ts';
import { distinctValues, type Params } from '../parameters.ts';
import type { PageAxis } from './page-model.ts';

/** From this ratio of largest to smallest on, listed values are told apart by their ratios. */
const WIDE = 10;

/** The parameters in which configurations differ. `spec` says which are drawn on a log scale; undefined where it can't be read. */
export function axesOf(
  configurations: readonly { readonly params: Params }[],
  differing: readonly string[],
  spec: Pick<SweepSpec, 'axes'> | undefined,
): PageAxis[] {
  return differing.map((name) => {
    const values = distinctValues(configurations, name);
    if (!values.every((value) => typeof value === 'number')) {
      return { name, scale: 'category', values: values.map(formatValue) };
    }
    const sorted = values.toSorted((a, b) => a - b);
    const domain = spec?.axes.find(({ parameter }) => parameter === name)?.domain;
    const isLog = domain?.kind === 'range' ? domain.scale === 'log' : sorted.at(-1)! >= WIDE * sorted[0]!;
    return { name, scale: isLog && sorted[0]! > 0 ? 'log' : 'linear', values: sorted };
  });
}

/** Where a configuration lies on an axis: the number, or the place of its category; null where it has no such parameter. */
export function placeOn({ name, scale, values }: PageAxis, params: Params): number | null {
  if (!Object.hasOwn(params, name)) return null;
  const value = params[name] as ParameterValue;
  return scale === 'category' ? values.indexOf(formatValue(value)) : (value as number);
}
