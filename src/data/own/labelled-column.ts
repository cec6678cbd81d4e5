import { plain } from '../../text/printable.ts';
import { dropping } from './column-advice.ts';
import { LABEL_COLUMNS, noSuchLabels, wrongLabels } from './labels.ts';
import { unusable } from './unusable.ts';

/**
 * Which column of a table holds labels: the one called `label`, or as usual; undefined for none, as for null.
 * @throws SweepError DATA_CORRUPT where `label` is none of them, several are called as usual, or two alike
 */
export function labelledColumn(place: string, names: readonly string[], label?: string | null): string | undefined {
  if (label === null) return undefined;
  if (label !== undefined && !names.includes(label)) {
    throw noSuchLabels(place, { name: label, kind: 'column', there: names.filter((name) => name !== '') });
  }
  const found = (label === undefined ? LABEL_COLUMNS : [label]).filter((name) => names.includes(name));
  const [first, ...others] = found;
  const twice = found.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw unusable(place, `it has several columns ${plain(twice)}`, 'Rename one');
  if (others.length === 0) return first;
  const what = `it has several columns that may hold labels: ${found.join(', ')}`;
  const rest = `others are inputs, numbers, unless ${dropping(others)} leaves them out`;
  throw wrongLabels(place, what, `Say which it is, as by \`label: ${first!}\`; ${rest}`);
}
