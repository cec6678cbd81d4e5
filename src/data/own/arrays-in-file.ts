/** Which array of a file that has several holds the samples. */
import { plain } from '../../text/printable.ts';
import { specWord } from '../../text/spec-word.ts';
import { LABEL_NAMES, someOf, thereAre, type NamesInFile } from './labels.ts';
import { MisfitReading } from './misfit-reading.ts';
import { describeShape } from './shape.ts';
import { unusable } from './unusable.ts';

export interface NamedArray {
  readonly name: string;
  readonly dimensions: readonly number[];
}

/** `x (40 × 28 × 28)`. */
export function describeArray({ name, dimensions }: NamedArray): string {
  return `${plain(name)} (${describeShape(dimensions)})`;
}

/** Those that a message names. */
export function listedArrays(arrays: readonly NamedArray[]): string {
  return someOf(arrays.map(describeArray));
}

/** The only one of images, or of rows where there are none, but for those of labels. @throws SweepError DATA_CORRUPT */
export function onlyArray<Some extends NamedArray>(
  place: string,
  arrays: readonly Some[],
  { label, isGiven = false }: NamesInFile,
): Some {
  const isOfLabels = ({ name }: NamedArray): boolean =>
    label === undefined ? LABEL_NAMES.includes(name) : name === label;
  const images = arrays.filter(({ dimensions }) => dimensions.length >= 3);
  const tables = arrays.filter(({ dimensions }) => dimensions.length === 2);
  const rows = tables.filter((one) => !isOfLabels(one));
  const candidates = images.length > 0 ? images : rows.length > 0 || label !== undefined ? rows : tables;
  const [found, ...more] = candidates;
  if (found === undefined) {
    const there = arrays.length === 0 ? 'no array of numbers' : `only ${listedArrays(arrays)}`;
    const fix = 'Save images as an array N×H×W or N×H×W×C, rows of numbers as N×P';
    throw unusable(place, `there are no samples in it: ${there}`, fix);
  }
  if (more.length === 0) return found;
  const said = `Say which is meant: dataset: { path: …, key: ${specWord(found.name)} }. Splits are made here: those of a file belong in one array`;
  const fix = isGiven ? 'Save the one that is meant alone' : said;
  throw unusable(place, `there are several arrays that could be meant: ${listedArrays(candidates)}`, fix);
}

/** Of a `key` that names none. `there`: those that it could. */
export function noSuchArray(place: string, what: string, there: readonly string[]): MisfitReading {
  const fix = there.length === 0 ? 'There is none of numbers' : thereAre(there);
  return new MisfitReading({ place, key: 'key', at: 'value', what, fix });
}
