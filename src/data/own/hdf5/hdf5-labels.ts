/** What in an HDF5 file says what its samples are, and what the columns of AnnData are called. */
import { formatCount } from '../../../text/format-number.ts';
import { plain } from '../../../text/printable.ts';
import { specWord } from '../../../text/spec-word.ts';
import { droppedColumns } from '../dropped-columns.ts';
import { listedArrays } from '../arrays-in-file.ts';
import { openHdf5, type Hdf5Array, type Hdf5File, type Hdf5Values } from './hdf5-file.ts';
import type { ImageStream } from '../image-stream.ts';
import { LABEL_NAMES, noSuchLabels, thereAre, wrongLabels, type NamesInFile, type StreamLabels } from '../labels.ts';
import { describeShape } from '../shape.ts';
import { unusable } from '../unusable.ts';

/** AnnData's table of samples has kinds of cells, and no `y`. */
const OBS_NAMES = ['label', 'labels', 'cell_type', 'target', 'targets'];
const USUAL_NAMES = [...LABEL_NAMES, ...OBS_NAMES.map((one) => `obs/${one}`)];
/** A sample has no more known factors. */
const MOST_FACTORS = 64;
const PIECE = 8192;
/** Of columns, or of categories: more aren't read. */
const MOST_NAMES = 2 ** 20;

export function isAnnData(file: Hdf5File): boolean {
  return file.attribute('', 'encoding-type') === 'anndata' || ['obs', 'var', 'X'].every((name) => file.has(name));
}

interface Sought extends NamesInFile {
  readonly place: string;
  /** The array of samples. */
  readonly name: string;
  readonly samples: number;
}

/** Labels of so many samples, of the array `label` if one is named, and what is passed over. @throws SweepError DATA_CORRUPT */
export function beside(file: Hdf5File, sought: Sought): Pick<ImageStream, 'labels' | 'passedOver'> {
  const { place, name, label } = sought;
  const labelled = label === undefined ? usualLabels(file, sought) : namedLabels(file, { ...sought, label });
  const rest = isAnnData(file)
    ? []
    : file.arrays().filter((one) => one.name !== name && one.name !== labelled?.array.name);
  return {
    passedOver: rest.length === 0 ? '' : `the arrays ${listedArrays(rest)}`,
    ...(labelled !== undefined && { labels: labelsFrom(place, labelled) }),
  };
}

/** An array, and how it is called: of what AnnData keeps as numbers of categories, the group of both. */
interface Labelled {
  readonly array: Hdf5Array;
  readonly called: string;
}

function usualLabels(file: Hdf5File, sought: Sought): Labelled | undefined {
  return USUAL_NAMES.flatMap((called) => labelledArray(file, called) ?? []).find(
    ({ array }) => unfitFor(array, sought) === undefined,
  );
}

function namedLabels(file: Hdf5File, { label, ...sought }: Sought & { readonly label: string }): Labelled {
  const found = labelledArray(file, label) ?? labelledArray(file, `obs/${label}`);
  const unfit = found && unfitFor(found.array, sought);
  if (found !== undefined && unfit === undefined) return found;
  const names = file
    .arrays()
    .flatMap((one) => (unfitFor(one, sought) === undefined ? [one.name.replace(/\/codes$/, '')] : []));
  if (unfit === undefined) throw noSuchLabels(sought.place, { name: label, kind: 'array', there: names });
  const fix = names.length === 0 ? 'Save one value for each sample' : thereAre(names.map(specWord));
  throw wrongLabels(sought.place, `its array ${plain(found!.called)} can't be labels: ${unfit}`, fix);
}

function labelledArray(file: Hdf5File, called: string): Labelled | undefined {
  const array = file.array(called) ?? file.array(`${called}/codes`);
  return array && { array, called };
}

/** Why an array can't be labels, a clause; undefined where it can. */
function unfitFor(
  { name, type, dimensions }: Hdf5Array,
  samples: Pick<Sought, 'name' | 'samples'>,
): string | undefined {
  const [count, factors = 1, ...others] = dimensions;
  if (name === samples.name) return 'it is that of the samples';
  if (type.kind === 'other') return `its values are ${type.name}`;
  if (count === samples.samples && others.length === 0 && factors <= MOST_FACTORS) return undefined;
  return `its shape is ${describeShape(dimensions)}, for ${formatCount(samples.samples)} samples`;
}

function labelsFrom(place: string, { array, called }: Labelled): StreamLabels {
  const factors = array.dimensions[1] ?? 1;
  const from = factors > 1 ? `the array ${plain(called)}, ${factors} factors each` : `the array ${plain(called)}`;
  return { from, read: () => labelsIn(place, array.name, called, factors) };
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

function textOf({ type }: Hdf5Array, values: Hdf5Values, at: number): string {
  const value = values[at]!;
  return type.kind === 'bool' ? (Number(value) === 0 ? 'false' : 'true') : String(value);
}

/** The names of so many columns, where something has them, and which of them are left out. @throws MisfitReading as droppedColumns */
export function columnsIn(
  place: string,
  file: Hdf5File,
  name: string,
  columns: number,
  drop: readonly string[] | undefined,
): { readonly names: readonly string[] | undefined; readonly dropped: ReadonlySet<number> } {
  const names = anndataColumns(file, name, columns);
  return { names, dropped: droppedColumns(place, names, drop) };
}

/** The names of columns of `X` or a layer; undefined where nothing names so many. */
function anndataColumns(file: Hdf5File, name: string, columns: number): readonly string[] | undefined {
  const group = name.startsWith('raw/') ? 'raw/var' : 'var';
  const isOfColumns = name === 'X' || name === 'raw/X' || name.startsWith('layers/');
  if (!isOfColumns || !file.isGroup(group)) return undefined;
  const index = file.attribute(group, '_index');
  const names = textsIn(file.array(`${group}/${typeof index === 'string' ? index : '_index'}`));
  return names?.length === columns ? names : undefined;
}

function textsIn(array: Hdf5Array | undefined): readonly string[] | undefined {
  const [count, ...others] = array?.dimensions ?? [];
  if (array === undefined || count === undefined || count > MOST_NAMES || others.length > 0) return undefined;
  if (array.type.kind === 'other' || count === 0) return undefined;
  return Array.from(array.rows(0, count) as ArrayLike<string>, String);
}
