import { startOf, withoutStart } from './file-bytes.ts';
import type { ImageStream } from './image-stream.ts';
import { checkLength, imagesIn } from './npy.ts';
import { MOST_HEADER_BYTES, NPY_MAGIC, npyDimensions, npyHeader, type NpyHeader } from './npy-header.ts';
import { describeShape } from './shape.ts';
import { unusable } from './unusable.ts';
import { readEntry, zipEntries, type ZipEntry } from './zip.ts';

/**
 * The images of a `.npz`: its only array of three or more dimensions. Others, such as labels, are passed over.
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function npzImages(file: string): Promise<ImageStream> {
  const arrays: { readonly name: string; readonly entry: ZipEntry; readonly header: NpyHeader }[] = [];
  const others: string[] = [];
  for (const entry of await zipEntries(file)) {
    const name = entry.name.replace(/\.npy$/, '');
    const start = await startOf(readEntry(file, entry), MOST_HEADER_BYTES);
    if (!start.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) continue;
    const dimensions = npyDimensions(inside(file, name), start);
    // Labels may be of any type.
    if (dimensions.length >= 3) arrays.push({ name, entry, header: npyHeader(inside(file, name), start) });
    else others.push(`${name} (${describeShape(dimensions)})`);
  }
  const [found, ...more] = arrays;
  if (found === undefined) {
    const there = others.length === 0 ? 'no array' : `only ${others.join(', ')}`;
    throw unusable(file, `there are no images in it: ${there}`, 'Save them as an array N×H×W or N×H×W×C');
  }
  if (more.length > 0) {
    const names = arrays.map(({ name, header }) => `${name} (${describeShape(header.dimensions)})`).join(', ');
    const fix = 'Splits are made here: save one array of all images alone, np.save(FILE.npy, x)';
    throw unusable(file, `there are several arrays of images in it: ${names}`, fix);
  }
  const { name, entry, header } = found;
  const place = inside(file, name);
  checkLength(place, header, entry.bytes - header.bytes);
  const stream = imagesIn(place, header, () => withoutStart(readEntry(file, entry), header.bytes));
  const format = `${stream.format}, ${name} in an archive`;
  return { ...stream, format, passedOver: others.length === 0 ? '' : `the arrays ${others.join(', ')}` };
}

function inside(file: string, name: string): string {
  return `${file} (${name})`;
}
