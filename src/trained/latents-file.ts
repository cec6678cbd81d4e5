/** Latents that `sweep decode` is given: what `sweep encode` wrote, or an array of one's own. */
import { bytesAt, fileBytes, fileSize, startOf, withoutStart } from '../data/own/file-bytes.ts';
import { inPieces, WrongLength } from '../data/own/in-pieces.ts';
import { checkLength } from '../data/own/numpy/npy-length.ts';
import {
  MOST_HEADER_BYTES,
  NPY_MAGIC,
  npyDescription,
  npyHeader,
  type NpyHeader,
} from '../data/own/numpy/npy-header.ts';
import type { StreamLabels } from '../data/own/labels.ts';
import { npzLabels, type ArrayOfLabels } from '../data/own/numpy/npz-labels.ts';
import { describeShape } from '../data/own/shape.ts';
import { unusable } from '../data/own/unusable.ts';
import { readEntry, zipEntries } from '../data/own/numpy/zip.ts';
import { formatCount } from '../text/format-number.ts';

export interface Latents {
  readonly count: number;
  /** What is said of each beside them, as `sweep encode` does of what its model was told. */
  readonly labelOf?: ((sample: number) => string) | undefined;
  /** Whole rows of J latents. @throws SweepError DATA_CORRUPT, naming the first number that isn't finite */
  readonly read: (piece: number) => Iterable<Float32Array> | AsyncIterable<Float32Array>;
}

/**
 * The array `mu` of an `.npz`, or its only one of two dimensions; or a `.npy`. Float32 or float64, [N, J]. Labels are an array
 * `condition`, or else `label`, of the `.npz`.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT
 */
export async function openLatents(file: string, latentDim: number): Promise<Latents> {
  const { place, header, values, labels } = await openArray(file);
  const { dimensions, type } = header;
  const [count, columns] = dimensions;
  if (dimensions.length !== 2 || columns !== latentDim || count === 0) {
    const fix = `The trial has ${latentDim}: latents are an array N×${latentDim}`;
    throw unusable(place, `it is an array of ${describeShape(dimensions)}`, fix);
  }
  if (type.name !== 'float32' && type.name !== 'float64') {
    throw unusable(place, `its values are ${type.name}`, 'Save them as x.astype(np.float32)');
  }
  const said = await labels?.(count!)?.read();
  return {
    count: count!,
    labelOf: said && ((sample) => said[sample]!),
    async *read(piece) {
      const row = latentDim * type.bytes;
      let first = 0;
      try {
        for await (const bytes of inPieces(values(), piece * row, count! * row)) {
          yield floatsOf(bytes, header, { place, first, latentDim });
          first += bytes.length / row;
        }
      } catch (error) {
        if (error instanceof WrongLength) checkLength(place, header, error.bytes);
        throw error;
      }
    },
  };
}

function floatsOf(
  bytes: Buffer,
  { type }: NpyHeader,
  { place, first, latentDim }: { place: string; first: number; latentDim: number },
): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isSingle = type.bytes === 4;
  return Float32Array.from({ length: bytes.length / type.bytes }, (_, i) => {
    const value = isSingle ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true);
    if (Number.isFinite(value)) return value;
    const where = `row ${formatCount(first + Math.floor(i / latentDim))}, column ${i % latentDim}`;
    throw unusable(place, `${where} (counted from 0) is ${value}`, 'Leave such rows out');
  });
}

interface OpenArray {
  readonly place: string;
  readonly header: NpyHeader;
  readonly values: () => AsyncIterable<Uint8Array>;
  /** Those beside it, if there are any for so many rows. */
  readonly labels?: (rows: number) => StreamLabels | undefined;
}

async function openArray(file: string): Promise<OpenArray> {
  const start = await bytesAt(file, 0, MOST_HEADER_BYTES);
  if (start.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) {
    const header = npyHeader(file, start);
    checkLength(file, header, (await fileSize(file)) - header.bytes);
    return { place: file, header, values: () => fileBytes(file, header.bytes) };
  }
  if (start.toString('latin1', 0, 2) !== 'PK') {
    throw unusable(file, 'it is no .npz and no .npy', 'Latents are what `sweep encode TRIAL -o FILE.npz` writes');
  }
  const tables = [];
  const labels: ArrayOfLabels[] = [];
  for (const entry of await zipEntries(file)) {
    const name = entry.name.replace(/\.npy$/, '');
    const place = `${file} (${name})`;
    const head = await startOf(readEntry(file, entry), MOST_HEADER_BYTES);
    if (!head.subarray(0, NPY_MAGIC.length).equals(NPY_MAGIC)) continue;
    if (LABEL_NAMES.includes(name)) labels.push({ file, name, entry, start: head });
    if (npyDescription(place, head).dimensions.length === 2) tables.push({ name, entry, place, head });
  }
  const found = tables.find(({ name }) => name === 'mu') ?? (tables.length === 1 ? tables[0] : undefined);
  if (found === undefined) {
    const there =
      tables.length === 0 ? 'no array of two dimensions' : `several: ${tables.map(({ name }) => name).join(', ')}`;
    throw unusable(
      file,
      `which array is meant isn't clear: there is ${there}`,
      'Save the latents as the array `mu`, N×J',
    );
  }
  const { entry, place, head } = found;
  const header = npyHeader(place, head);
  checkLength(place, header, entry.bytes - header.bytes);
  return {
    ...{ place, header, values: () => withoutStart(readEntry(file, entry), header.bytes) },
    labels(rows) {
      const [first] = labels.sort((a, b) => LABEL_NAMES.indexOf(a.name) - LABEL_NAMES.indexOf(b.name));
      return first && npzLabels(first, rows).labels;
    },
  };
}

/** The first that there is. */
const LABEL_NAMES = ['condition', 'label'];
