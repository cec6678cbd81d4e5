import { plain } from '../../text/printable.ts';
import { startOf, withoutStart } from './file-bytes.ts';
import { noSuchLabels, type NamesInFile } from './labels.ts';
import type { ImageStream } from './image-stream.ts';
import { imagesIn } from './npy.ts';
import { checkLength } from './npy-length.ts';
import { vectorsIn } from './npy-vectors.ts';
import { MOST_HEADER_BYTES, NPY_MAGIC, npyDescription, npyHeader, type NpyHeader } from './npy-header.ts';
import { LABEL_NAMES, npzLabels, type ArrayOfLabels } from './npz-labels.ts';
import { describeShape } from './shape.ts';
import { unusable } from './unusable.ts';
import type { VectorStream } from './vector-stream.ts';
import { readEntry, zipEntries, type ZipEntry } from './zip.ts';

/**
 * The images of a `.npz`: its only array of three or more dimensions, or the array `key`; and their labels, the array `label` or one called as usual. Other arrays are passed over.
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function npzImages(file: string, { key, label }: NamesInFile = {}): Promise<ImageStream | VectorStream> {
  const arrays: { readonly name: string; readonly entry: ZipEntry; readonly header: NpyHeader }[] = [];
  const others: OtherArray[] = [];
  for (const entry of await zipEntries(file)) {
    const name = entry.name.replace(/\.npy$/, '');
    const start = await startOf(readEntry(file, entry), MOST_HEADER_BYTES);
    if (!start.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) continue;
    const { dimensions } = npyDescription(inside(file, name), start);
    // Labels may be of any type.
    const isMeant = key === undefined ? dimensions.length >= 3 : name === key && dimensions.length !== 2;
    if (isMeant) arrays.push({ name, entry, header: npyHeader(inside(file, name), start) });
    else others.push({ file, name, entry, start, dimensions, said: `${name} (${describeShape(dimensions)})` });
  }
  const [found, ...more] = arrays;
  if (found === undefined) {
    const tables = others.filter(({ name, dimensions }) => dimensions.length === 2 && name !== label);
    const table =
      tables.length === 1 && key === undefined ? tables[0] : tables.find(({ name }) => name === (key ?? 'rows'));
    if (table !== undefined) return tableIn(file, table, others, label);
    const there = others.length === 0 ? 'no array' : `only ${others.map(({ said }) => said).join(', ')}`;
    if (key !== undefined) throw unusable(file, `there is no array ${plain(key)} in it`, `There is ${there}`);
    throw unusable(
      file,
      `there are no images in it: ${there}`,
      'Save images as an array N×H×W or N×H×W×C, rows of numbers as N×P',
    );
  }
  if (more.length > 0) {
    const names = arrays.map(({ name, header }) => `${name} (${describeShape(header.dimensions)})`).join(', ');
    const fix =
      'Say which is meant, `key: NAME`; or, as splits are made here, save one array of all images alone, np.save(FILE.npy, x)';
    throw unusable(file, `there are several arrays of images in it: ${names}`, fix);
  }
  const { name, entry, header } = found;
  const place = inside(file, name);
  checkLength(place, header, entry.bytes - header.bytes);
  const stream = imagesIn(place, header, () => withoutStart(readEntry(file, entry), header.bytes));
  const format = `${stream.format}, ${name} in an archive`;
  return { ...stream, format, ...beside(file, others, stream.images, label) };
}

interface OtherArray extends ArrayOfLabels {
  readonly dimensions: readonly number[];
  readonly said: string;
}

/** Rows of numbers: the only array of two dimensions, or the one called `rows`, as `sweep generate` writes it. */
function tableIn(file: string, table: OtherArray, all: readonly OtherArray[], label?: string): VectorStream {
  const { name, entry, start } = table;
  const place = inside(file, name);
  const header = npyHeader(place, start);
  checkLength(place, header, entry.bytes - header.bytes);
  const stream = vectorsIn(place, header, () => withoutStart(readEntry(file, entry), header.bytes));
  const others = all.filter((one) => one !== table);
  return { ...stream, format: `${stream.format}, ${name} in an archive`, ...beside(file, others, stream.rows, label) };
}

/** The labels among the other arrays, and what is passed over. */
function beside(
  file: string,
  others: readonly OtherArray[],
  samples: number,
  label?: string,
): Pick<ImageStream, 'labels' | 'passedOver'> {
  const usual = label === undefined ? LABEL_NAMES : [label];
  const [labelled] = others
    .filter((one) => usual.includes(one.name))
    .sort((a, b) => usual.indexOf(a.name) - usual.indexOf(b.name))
    .flatMap((array) => {
      const labels = npzLabels(array, samples);
      return labels === undefined ? [] : [{ array, labels }];
    });
  if (label !== undefined && labelled === undefined) {
    const there = others.filter((one) => npzLabels(one, samples) !== undefined).map(({ name }) => name);
    throw noSuchLabels(file, { name: label, kind: 'array', there });
  }
  const rest = others.filter((one) => one !== labelled?.array).map(({ said }) => said);
  return {
    passedOver: rest.length === 0 ? '' : `the arrays ${rest.join(', ')}`,
    ...(labelled !== undefined && { labels: labelled.labels }),
  };
}

function inside(file: string, name: string): string {
  return `${file} (${name})`;
}
