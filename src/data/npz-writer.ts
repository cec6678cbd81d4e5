/** NumPy's `.npz`, written as a stream (format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1). */
import type { StoredEntry } from '../files/zip-writer.ts';

export interface NpyArray {
  readonly name: string;
  /** `<U12`: text of at most 12 characters, in UTF-32. */
  readonly type: '<f4' | '<f8' | '|u1' | '<i8' | `<U${number}`;
  readonly shape: readonly number[];
  /** Its values in C order, as they lie in memory. */
  readonly read: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export function npzEntry({ name, type, shape, read }: NpyArray): StoredEntry {
  const header = npyHeaderOf(type, shape);
  const width = type.startsWith('<U') ? 4 * Number(type.slice(2)) : Number(type.slice(2));
  const bytes = header.length + shape.reduce((product, size) => product * size, width);
  return {
    name: `${name}.npy`,
    bytes,
    async *read() {
      yield header;
      yield* read();
    },
  };
}

/** Of `least` bytes at least, a multiple of 64: for one that is written when the number of rows is known. */
export function npyHeaderOf(type: string, shape: readonly number[], least = 0): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.max(least, 64 * Math.ceil((10 + text.length + 1) / 64)) - 10;
  const header = Buffer.alloc(10 + length, ' ');
  header.write('\x93NUMPY\x01\x00', 'latin1');
  header.writeUInt16LE(length, 8);
  header.write(text, 10, 'latin1');
  header.write('\n', 10 + length - 1);
  return header;
}

/** Texts one under another. */
export function textArray(name: string, count: number, textOf: (index: number) => string): NpyArray {
  let longest = 1;
  for (let i = 0; i < count; i++) longest = Math.max(longest, codePoints(textOf(i)).length);
  return {
    name,
    type: `<U${longest}`,
    shape: [count],
    *read() {
      for (let i = 0; i < count; i++) {
        const cell = Buffer.alloc(4 * longest);
        codePoints(textOf(i)).forEach((point, place) => cell.writeUInt32LE(point, 4 * place));
        yield cell;
      }
    },
  };
}

/** NumPy's characters. */
function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

/** Whole numbers as int64. */
export function integerArray(name: string, values: ArrayLike<number>): NpyArray {
  return {
    name,
    type: '<i8',
    shape: [values.length],
    *read() {
      const piece = 4096;
      for (let at = 0; at < values.length; at += piece) {
        const count = Math.min(piece, values.length - at);
        yield bytesOf(BigInt64Array.from({ length: count }, (_, i) => BigInt(values[at + i]!)));
      }
    },
  };
}

/** The bytes of an array, without copying. */
export function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | BigInt64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
