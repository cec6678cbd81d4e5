import { plain } from '../../../text/printable.ts';
import { describeArray, noSuchArray, onlyArray } from '../arrays-in-file.ts';
import { startOf, withoutStart } from '../file-bytes.ts';
import { LABEL_NAMES, noSuchLabels, wrongLabels, type NamesInFile } from '../labels.ts';
import type { ImageStream } from '../image-stream.ts';
import { imagesIn } from './npy.ts';
import { checkLength } from './npy-length.ts';
import { vectorsIn } from './npy-vectors.ts';
import { MOST_HEADER_BYTES, NPY_MAGIC, npyDescription, npyHeader } from './npy-header.ts';
import { npzLabels, type ArrayOfLabels } from './npz-labels.ts';
import { unreadArchive } from '../unreadable.ts';
import type { VectorStream } from '../tables/vector-stream.ts';
import { readEntry, zipEntries } from './zip.ts';

interface StoredArray extends ArrayOfLabels {
  readonly dimensions: readonly number[];
}

/**
 * The samples of a `.npz`: the array `key`, or its only one of images, or of rows of numbers; and their labels, the array `label`
 * or one called as usual. Other arrays are passed over.
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function npzImages(file: string, names: NamesInFile = {}): Promise<ImageStream | VectorStream> {
  const entries = await zipEntries(file);
  const arrays: StoredArray[] = [];
  for (const entry of entries) {
    const name = entry.name.replace(/\.npy$/, '');
    const start = await startOf(readEntry(file, entry), MOST_HEADER_BYTES);
    if (!start.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) continue;
    arrays.push({ file, name, entry, start, dimensions: npyDescription(inside(file, name), start).dimensions });
  }
  if (arrays.length === 0 && entries.length > 0)
    throw unreadArchive(
      file,
      entries.map(({ name }) => name),
    );
  const found = chosen(file, arrays, names);
  const place = inside(file, found.name);
  const header = npyHeader(place, found.start);
  checkLength(place, header, found.entry.bytes - header.bytes);
  const values = (): AsyncIterable<Uint8Array> => withoutStart(readEntry(file, found.entry), header.bytes);
  const stream = header.dimensions.length === 2 ? vectorsIn(place, header, values) : imagesIn(place, header, values);
  const samples = header.dimensions[0]!;
  const others = arrays.filter((one) => one !== found);
  return {
    ...stream,
    format: `${stream.format}, ${found.name} in an archive`,
    ...beside(file, others, samples, names),
  };
}

function chosen(file: string, arrays: readonly StoredArray[], names: NamesInFile): StoredArray {
  const { key } = names;
  // As `sweep generate` calls them.
  const rows = arrays.find(({ name, dimensions }) => name === 'rows' && dimensions.length === 2);
  const hasImages = arrays.some(({ dimensions }) => dimensions.length >= 3);
  if (key === undefined)
    return rows !== undefined && !hasImages && names.label !== 'rows' ? rows : onlyArray(file, arrays, names);
  const named = arrays.find(({ name }) => name === key);
  if (named === undefined) throw noSuchArray(file, `there is no array ${plain(key)} in it`, arrays.map(describeArray));
  return named;
}

/** The labels among the other arrays, and what is passed over. */
function beside(
  file: string,
  others: readonly StoredArray[],
  samples: number,
  { label }: NamesInFile,
): Pick<ImageStream, 'labels' | 'passedOver'> {
  // `condition` where a model was told them and drew the rest.
  const usual = label === undefined ? [...LABEL_NAMES, 'condition'] : [label];
  const candidates = usual.flatMap((name) => others.filter((one) => one.name === name));
  const tried = candidates.map((array) => ({ array, ...npzLabels(array, samples, label !== undefined) }));
  const labelled = tried.find(({ labels }) => labels !== undefined);
  if (label !== undefined && labelled === undefined) {
    const [unfit] = tried.flatMap((one) => one.unfit ?? []);
    if (unfit !== undefined)
      throw wrongLabels(file, `its array ${plain(label)} can't be labels: ${unfit.what}`, unfit.fix);
    const there = others.filter((one) => npzLabels(one, samples, true).labels !== undefined).map(({ name }) => name);
    throw noSuchLabels(file, { name: label, kind: 'array', there });
  }
  const rest = others
    .filter((one) => one !== labelled?.array)
    .map((one) => {
      const unfit = tried.find(({ array }) => array === one)?.unfit;
      return describeArray(one) + (unfit === undefined ? '' : `, no labels since ${unfit.what}`);
    });
  return {
    passedOver: rest.length === 0 ? '' : `the arrays ${rest.join(', ')}`,
    ...(labelled?.labels !== undefined && { labels: labelled.labels }),
  };
}

function inside(file: string, name: string): string {
  return `${file} (${name})`;
}
