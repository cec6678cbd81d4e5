/**
 * The safetensors file format: an 8-byte little-endian length, a JSON header, and the tensors' raw little-endian data.
 * Only float32 and float64. `metadata` is text by key; a checksum over everything else is added to it and checked when reading.
 * Source: huggingface/safetensors, "Format".
 */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sizeOf } from '../engine/engine.ts';

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}
export interface TensorFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, NamedTensor>>;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

/** The metadata of a file holds its checksum under this name: `sha256` where it is kept, `crc32` where time matters. */
export type Checksum = 'sha256' | 'crc32';

/** The file's bytes, as pieces to be written one after another: the data is not copied. */
export function encodeTensors({ metadata, tensors }: TensorFile, checksum: Checksum): Uint8Array[] {
  const hash = HASHES[checksum]();
  const header: Record<string, HeaderEntry | Record<string, string>> = {};
  const pieces: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (const piece of inPieces(bytes)) {
      hash.update(piece);
      pieces.push(piece);
    }
    header[name] = {
      dtype: values instanceof Float64Array ? 'F64' : 'F32',
      shape: [...shape],
      data_offsets: [offset, offset + bytes.length],
    };
    offset += bytes.length;
  }
  header['__metadata__'] = { ...metadata };
  hash.update(JSON.stringify(header));
  header['__metadata__'] = { ...metadata, [checksum]: hash.digest() };
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return [length, json, ...pieces];
}

/** Hashes and writes take no more than 2 GiB at once. */
const PIECE_BYTES = 2 ** 30;

function* inPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

interface Hash {
  update(data: Uint8Array | string): void;
  digest(): string;
}

const HASHES: Readonly<Record<Checksum, () => Hash>> = {
  sha256: () => {
    const hash = createHash('sha256');
    return { update: (data) => void hash.update(data), digest: () => hash.digest('hex') };
  },
  crc32: () => {
    let value = 0;
    return { update: (data) => void (value = crc32(data, value)), digest: () => value.toString(16).padStart(8, '0') };
  },
};

/** Throws an Error that says what is wrong with a file that is cut off, altered or not of this kind. */
export function decodeTensors(file: Uint8Array): TensorFile {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 8) throw new Error('the file is cut off');
  const headerEnd = 8 + Number(view.getBigUint64(0, true));
  if (headerEnd > file.length) throw new Error('the file is cut off');
  const header = JSON.parse(Buffer.from(file.subarray(8, headerEnd)).toString()) as Record<string, HeaderEntry> & {
    __metadata__?: Record<string, string>;
  };
  const { __metadata__, ...entries } = header;
  const { sha256, crc32: crc, ...metadata } = __metadata__ ?? {};
  // A copy of its own aligns the floats (Buffer's slice would share memory).
  const data = new Uint8Array(file.subarray(headerEnd));
  // The encoder's own text again: JSON keeps the order of keys, and every number in it is an integer.
  const unsigned = JSON.stringify({ ...entries, __metadata__: metadata });
  const hash = HASHES[crc === undefined ? 'sha256' : 'crc32']();
  for (const piece of inPieces(data)) hash.update(piece);
  hash.update(unsigned);
  if (hash.digest() !== (crc ?? sha256)) throw new Error('the content does not match its checksum');
  const tensors: Record<string, NamedTensor> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const [start, end] = entry.data_offsets;
    const { dtype, shape } = entry;
    const size = sizeOf(shape);
    const bytes = dtype === 'F32' ? 4 : dtype === 'F64' ? 8 : NaN;
    if (end - start !== bytes * size) throw new Error(`tensor ${name} is malformed`);
    const values =
      dtype === 'F32' ? new Float32Array(data.buffer, start, size) : new Float64Array(data.buffer.slice(start, end));
    tensors[name] = { shape, values };
  }
  return { metadata, tensors };
}
