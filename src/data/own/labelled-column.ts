import { plain } from '../../text/printable.ts';
import { LABEL_COLUMNS, noSuchLabels } from './labels.ts';
import { unusable } from './unusable.ts';

/**
 * Which column of a table holds labels: the one called `label`, or as usual; undefined for none, as for null.
 * @throws SweepError DATA_CORRUPT where that is none, or there are several
 */
export function labelledColumn(place: string, names: readonly string[], label?: string | null): string | undefined {
  if (label === null) return undefined;
  const found = names.filter((name) => (label === undefined ? LABEL_COLUMNS.includes(name) : name === label));
  const [name] = found;
  if (label !== undefined && name === undefined)
    throw noSuchLabels(place, { name: label, kind: 'column', there: names });
  if (found.length < 2) return name;
  const what = `it has several columns of labels: ${found.map(plain).join(', ')}`;
  const fix =
    label === undefined ? `Say which it is, as by \`label: ${plain(name!)}\`: others are numbers` : 'Rename one';
  throw unusable(place, what, fix);
}

/** What becomes of a column that is of no numbers. `name`: undefined where nothing names it. */
export function ofNumbers(name: string | undefined): string {
  const asLabels = name === undefined ? '' : `; if it holds labels, say \`label: ${plain(name)}\``;
  return `Columns are of numbers: make numbers of it, or leave it out${asLabels}`;
}
