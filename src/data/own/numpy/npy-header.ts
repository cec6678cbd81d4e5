/** The header of NumPy's `.npy` (format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3). */
import { unusable } from '../unusable.ts';

export const NPY_MAGIC = Buffer.from('\x93NUMPY', 'latin1');

/** What a value is stored as. */
export interface NpyType {
  readonly name: ValueType | WholeType;
  readonly bytes: number;
}

/** Those that images may have. */
export type ValueType = 'uint8' | 'bool' | 'float32' | 'float64';
/** Those that only rows of numbers may have. */
type WholeType = 'int8' | 'int16' | 'int32' | 'int64' | 'uint16' | 'uint32' | 'uint64';
export interface ImageType extends NpyType {
  readonly name: ValueType;
}

export interface NpyHeader {
  readonly type: NpyType;
  readonly dimensions: readonly number[];
  /** Where the values begin. */
  readonly bytes: number;
}

/** Longer headers are no arrays of numbers: NumPy's are padded to 64 bytes, and to 16 in old versions. */
export const MOST_HEADER_BYTES = 10_000;

const TYPES: Readonly<Record<string, NpyType>> = {
  '|u1': { name: 'uint8', bytes: 1 },
  '|b1': { name: 'bool', bytes: 1 },
  '<f4': { name: 'float32', bytes: 4 },
  '<f8': { name: 'float64', bytes: 8 },
  '|i1': { name: 'int8', bytes: 1 },
  '<i2': { name: 'int16', bytes: 2 },
  '<i4': { name: 'int32', bytes: 4 },
  '<i8': { name: 'int64', bytes: 8 },
  '<u2': { name: 'uint16', bytes: 2 },
  '<u4': { name: 'uint32', bytes: 4 },
  '<u8': { name: 'uint64', bytes: 8 },
};
const IMAGE_TYPES: readonly string[] = ['uint8', 'bool', 'float32', 'float64'] satisfies ValueType[];

/** @throws SweepError DATA_CORRUPT for numbers of no such range that black and white would be known */
export function imageType(place: string, type: NpyType): ImageType {
  if (IMAGE_TYPES.includes(type.name)) return type as ImageType;
  const fix =
    'Values are read as uint8 (0 to 255), bool, or float32 and float64 (0 to 1): np.save(FILE, x.astype(np.uint8))';
  throw unusable(place, `its values are of dtype ${type.name}`, fix);
}

/** Of a file that starts with these bytes, which are enough for a header. @throws SweepError DATA_CORRUPT */
export function npyHeader(place: string, start: Buffer): NpyHeader {
  const { text, bytes } = headerText(place, start);
  const type = typeIn(place, text);
  const dimensions = dimensionsIn(place, text);
  const order = /['"]fortran_order['"]:\s*(True|False)/.exec(text)?.[1];
  if (order === undefined) throw damaged(place, 'its header names no order of values');
  // An array of one dimension is the same in both orders.
  if (order === 'True' && dimensions.length > 1) {
    const fix = 'Save it in C order: np.save(FILE, np.ascontiguousarray(x))';
    throw unusable(place, "its values are in Fortran's order, the first axis fastest", fix);
  }
  return { type, dimensions, bytes };
}

/** What it says of its values, whatever they are; `type` is empty where they are structured. @throws SweepError DATA_CORRUPT */
export function npyDescription(
  place: string,
  start: Buffer,
): { readonly type: string; readonly dimensions: readonly number[]; readonly bytes: number } {
  const { text, bytes } = headerText(place, start);
  return {
    type: /['"]descr['"]:\s*['"]([^'"]*)['"]/.exec(text)?.[1] ?? '',
    dimensions: dimensionsIn(place, text),
    bytes,
  };
}

function headerText(place: string, start: Buffer): { readonly text: string; readonly bytes: number } {
  const major = start[6] ?? 0;
  const size = major === 1 ? 2 : 4;
  if (start.length < 8 + size) throw damaged(place, 'its header is cut off');
  if (major < 1 || major > 3) throw damaged(place, `its header is of version ${major}, and there are 1 to 3`);
  const length = size === 2 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  const bytes = 8 + size + length;
  if (bytes > MOST_HEADER_BYTES) throw damaged(place, `its header claims to be ${length} bytes long`);
  if (start.length < bytes) throw damaged(place, 'its header is cut off');
  return { text: start.toString(major === 3 ? 'utf8' : 'latin1', 8 + size, bytes), bytes };
}

function typeIn(place: string, text: string): NpyType {
  if (/['"]descr['"]:\s*\[/.test(text)) {
    throw unusable(place, 'it is a structured array, of several values in each place', 'Save the images alone');
  }
  const written = /['"]descr['"]:\s*['"]([^'"]*)['"]/.exec(text)?.[1];
  if (written === undefined) throw damaged(place, 'its header names no type of values');
  const type = TYPES[written];
  if (type !== undefined) return type;
  if (/^[|<>=]?O/.test(written)) {
    const fix = 'Save them as numbers: np.save(FILE, np.stack(list(x)).astype(np.uint8))';
    throw unusable(place, "it holds Python objects (dtype object), which are a program and aren't run", fix);
  }
  if (/^>/.test(written)) {
    const fix = "Turn them round: np.save(FILE, x.astype(x.dtype.newbyteorder('<')))";
    throw unusable(place, `its values are big-endian (dtype ${written})`, fix);
  }
  if (written === '<f2')
    throw unusable(place, 'its values are of dtype float16', 'Save it as np.save(FILE, x.astype(np.float32))');
  const fix = 'Save images as uint8, bool, float32 or float64, rows of numbers also as whole numbers of up to 64 bits';
  throw unusable(place, `its values are of dtype ${JSON.stringify(written.slice(0, 20))}`, fix);
}

function dimensionsIn(place: string, text: string): number[] {
  const shape = /['"]shape['"]:\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (shape === undefined) throw damaged(place, 'its header names no shape');
  const sizes = shape.match(/\d+/g)?.map(Number) ?? [];
  if (!sizes.every(Number.isSafeInteger)) throw damaged(place, 'its header names a shape that no array has');
  return sizes;
}

function damaged(place: string, what: string): Error {
  return unusable(place, `it is damaged: ${what}`, 'Save the array again with np.save');
}
