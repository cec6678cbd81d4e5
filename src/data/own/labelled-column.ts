import { plain } from '../../text/printable.ts';
import { leftOutBy } from './dropped-columns.ts';
import { LABEL_COLUMNS, noSuchLabels } from './labels.ts';
import { MisfitReading } from './misfit-reading.ts';
import { unusable } from './unusable.ts';

/** Which column of a table holds labels; undefined for none. */
export interface LabelledColumn {
  readonly label: string | undefined;
  /** All that are called as usual, in the order in which they are taken, where they are several and nobody says which is meant. */
  readonly labelColumns?: readonly string[];
}

/**
 * The column called `label`, or as usual; none for null. Of several usual ones it is the first, as records have it that were planned
 * before anybody was asked.
 * @throws SweepError DATA_CORRUPT where `label` is none of them, or two are called so
 */
export function labelledColumn(place: string, names: readonly string[], label?: string | null): LabelledColumn {
  if (label === null) return { label: undefined };
  if (label !== undefined && !names.includes(label)) {
    throw noSuchLabels(place, { name: label, kind: 'column', there: names });
  }
  const found = (label === undefined ? LABEL_COLUMNS : [label]).filter((name) => names.includes(name));
  const [first] = found;
  const twice = found.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined) throw unusable(place, `it has several columns ${plain(twice)}`, 'Rename one');
  return { label: first, ...(found.length > 1 && { labelColumns: found }) };
}

/** The error for such a table that nobody has planned with yet. */
export function severalColumns(place: string, labelColumns: readonly string[]): MisfitReading {
  const what = `it has several columns that may hold labels: ${labelColumns.map(plain).join(', ')}`;
  const fix = `Say which it is, as by \`label: ${plain(labelColumns[0]!)}\`: the others are inputs, numbers`;
  return new MisfitReading({ place, key: 'label', at: 'absent', what, fix });
}

/** Of such a table on record, a sentence without its full stop. */
export function takenLabels([taken, ...others]: readonly string[]): string {
  const rest = others.map(plain).join(', ');
  return `its column ${plain(taken!)} is taken for labels, and ${rest} for numbers, as in the trials on record; \`label: ${plain(taken!)}\` says so`;
}

/** What becomes of a column that is of no numbers. `asLabels`: what to do if it holds labels, a clause; undefined where it can't. */
export function ofNumbers(name: string | undefined, asLabels: string | undefined): string {
  const leave = name === undefined ? 'leave it out' : leftOutBy(name);
  return `Columns are of numbers: make numbers of it, or ${leave}${asLabels === undefined ? '' : `; ${asLabels}`}`;
}

/** What becomes of gaps. `name`: of the column, if it has one. */
export function gapsIn(name: string | undefined): string {
  const fill = 'Fill gaps, or leave such rows or columns out';
  return name === undefined ? fill : `${fill}: this one by \`drop: [${plain(name)}]\``;
}

/** Of a column that has a name. */
export function saidLabels(name: string): string {
  return `if it holds labels, say \`label: ${plain(name)}\``;
}
