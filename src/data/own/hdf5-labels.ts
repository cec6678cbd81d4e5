/** What in an HDF5 file says what its samples are, and what the columns of AnnData are called. */
import { formatCount } from '../../text/format-number.ts';
import { plain } from '../../text/printable.ts';
import { openHdf5, type Hdf5Array, type Hdf5File, type Values } from './hdf5-file.ts';
import type { ImageStream } from './image-stream.ts';
import { noSuchLabels, type StreamLabels } from './labels.ts';
import { describeShape } from './shape.ts';
import { unusable } from './unusable.ts';
import { MOST_COLUMNS } from './vector-stream.ts';

/** What an array of labels is called, the first that there is. */
export const LABEL_NAMES: readonly string[] = ['labels', 'label', 'y', 'targets', 'target'];
/** Of AnnData's table of samples. */
const ANNDATA_NAMES = ['label', 'labels', 'cell_type', 'target', 'targets'];
const USUAL_NAMES = [...LABEL_NAMES, ...ANNDATA_NAMES.map((one) => `obs/${one}`)];
/** A sample has no more known factors. */
const MOST_FACTORS = 64;
const PIECE = 8192;

export function isAnnData(file: Hdf5File): boolean {
  return file.attribute('', 'encoding-type') === 'anndata' || ['obs', 'var', 'X'].every((name) => file.has(name));
}

/** Labels of so many samples, of the array `label` if one is named, and what is passed over. @throws SweepError DATA_CORRUPT */
export function beside(
  file: Hdf5File,
  {
    name,
    samples,
    place,
    label,
  }: {
    readonly name: string;
    readonly samples: number;
    readonly place: string;
    readonly label: string | undefined;
  },
): Pick<ImageStream, 'labels' | 'passedOver'> {
  const names = label === undefined ? USUAL_NAMES : [label, `obs/${label}`];
  const labels = hdf5Labels(place, file, samples, names);
  if (label !== undefined && labels === undefined) {
    const there = file
      .arrays()
      .filter((one) => one.name !== name && one.dimensions[0] === samples && one.type.kind !== 'other');
    throw noSuchLabels(place, {
      ...{ name: label, kind: 'array' },
      there: there.map((one) => one.name.replace(/\/codes$/, '')),
    });
  }
  const others = isAnnData(file) ? [] : file.arrays().filter((one) => one.name !== name && one.name !== labels?.name);
  return {
    passedOver: others.length === 0 ? '' : `the arrays ${listed(others)}`,
    ...(labels !== undefined && { labels: labels.labels }),
  };
}

/** Those that a message names. */
const MOST_LISTED = 12;

export function listed(arrays: readonly Hdf5Array[]): string {
  const said = arrays
    .slice(0, MOST_LISTED)
    .map(({ name, dimensions }) => `${plain(name)} (${describeShape(dimensions)})`);
  const rest = arrays.length - said.length;
  return said.join(', ') + (rest > 0 ? ` and ${formatCount(rest)} more` : '');
}

/** Those of so many samples; undefined where nothing says. */
function hdf5Labels(
  place: string,
  file: Hdf5File,
  samples: number,
  names: readonly string[],
): { readonly name: string; readonly labels: StreamLabels } | undefined {
  for (const name of names) {
    const array = file.array(name) ?? file.array(`${name}/codes`);
    const [count, factors = 1, ...others] = array?.dimensions ?? [];
    if (array === undefined || count !== samples || others.length > 0 || factors > MOST_FACTORS) continue;
    if (array.type.kind === 'other') continue;
    const from = factors > 1 ? `the array ${plain(name)}, ${factors} factors each` : `the array ${plain(name)}`;
    return { name: array.name, labels: { from, read: () => labelsIn(place, array.name, name, factors) } };
  }
  return undefined;
}

async function labelsIn(place: string, name: string, group: string, factors: number): Promise<string[]> {
  const file = await openHdf5(place);
  try {
    const array = file.array(name);
    if (array === undefined)
      throw unusable(place, 'it changed while it was read', 'Start again once nothing writes there');
    const categories = name === group ? undefined : textsIn(file.array(`${group}/categories`));
    const labels: string[] = [];
    for (let first = 0; first < array.dimensions[0]!; first += PIECE) {
      const values = array.rows(first, Math.min(array.dimensions[0]!, first + PIECE));
      for (let at = 0; at < values.length; at += factors) {
        const some = Array.from({ length: factors }, (_, i) => textOf(array, values, at + i));
        labels.push(categories === undefined ? some.join(' ') : (categories[Number(some[0])] ?? ''));
      }
    }
    return labels;
  } finally {
    file.close();
  }
}

function textOf({ type }: Hdf5Array, values: Values, at: number): string {
  const value = values[at]!;
  return type.kind === 'bool' ? (Number(value) === 0 ? 'false' : 'true') : String(value);
}

/** The names of columns of `X` or a layer; undefined where nothing names so many. */
export function anndataColumns(file: Hdf5File, name: string, columns: number): readonly string[] | undefined {
  const group = name.startsWith('raw/') ? 'raw/var' : 'var';
  const isOfColumns = name === 'X' || name === 'raw/X' || name.startsWith('layers/');
  if (!isOfColumns || !file.isGroup(group)) return undefined;
  const index = file.attribute(group, '_index');
  const names = textsIn(file.array(`${group}/${typeof index === 'string' ? index : '_index'}`));
  return names?.length === columns ? names : undefined;
}

function textsIn(array: Hdf5Array | undefined): readonly string[] | undefined {
  const [count, ...others] = array?.dimensions ?? [];
  if (array === undefined || count === undefined || count > MOST_COLUMNS || others.length > 0) return undefined;
  if (array.type.kind === 'other' || count === 0) return undefined;
  return Array.from(array.rows(0, count) as ArrayLike<string>, String);
}
