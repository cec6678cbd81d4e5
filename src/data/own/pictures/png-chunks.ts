/** The parts of a PNG that say what its pixels are (w3.org/TR/png-3). */
import { crc32 } from 'node:zlib';
import { MOST_SIDE } from '../image-stream.ts';

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  readonly kind: 'grey' | 'colour' | 'palette' | 'grey and alpha' | 'colour and alpha';
  /** Samples of a pixel. */
  readonly samples: number;
  readonly isInterlaced: boolean;
}

export interface PngChunks extends PngHeader {
  /** Three bytes a colour. */
  readonly palette: Buffer | undefined;
  /** As the chunk tRNS has it. */
  readonly transparency: Buffer | undefined;
  readonly packed: Buffer;
}

/** What is needed to read a header. */
const PNG_HEADER_BYTES = 33;

const KINDS = new Map<
  number,
  { readonly kind: PngHeader['kind']; readonly samples: number; readonly depths: number[] }
>([
  [0, { kind: 'grey', samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { kind: 'colour', samples: 3, depths: [8, 16] }],
  [3, { kind: 'palette', samples: 1, depths: [1, 2, 4, 8] }],
  [4, { kind: 'grey and alpha', samples: 2, depths: [8, 16] }],
  [6, { kind: 'colour and alpha', samples: 4, depths: [8, 16] }],
]);

/** @throws Error, a clause, for what starts no PNG, or one that is damaged */
export function pngHeader(bytes: Buffer): PngHeader {
  if (!bytes.subarray(0, 8).equals(PNG_SIGNATURE)) throw new Error('it is no PNG: it does not begin as one');
  const [header] = chunksOf(bytes.subarray(0, PNG_HEADER_BYTES));
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw new Error('it is damaged: its header is missing');
  const { data } = header;
  const [width, height, depth] = [data.readUInt32BE(0), data.readUInt32BE(4), data[8]!];
  const known = KINDS.get(data[9]!);
  if (known?.depths.includes(depth) !== true) {
    throw new Error(`it is damaged: there is no kind ${data[9]!} with ${depth} bits a sample`);
  }
  if (data[10] !== 0 || data[11] !== 0 || data[12]! > 1) throw new Error('it is damaged: its packing is unknown');
  if (width === 0 || height === 0) throw new Error('it has no pixel');
  if (width > MOST_SIDE || height > MOST_SIDE) {
    throw new Error(`it is of ${height}×${width} pixels, and at most ${MOST_SIDE} a side are taken`);
  }
  return { width, height, depth, kind: known.kind, samples: known.samples, isInterlaced: data[12] === 1 };
}

/** @throws Error, a clause */
export function pngChunks(bytes: Buffer): PngChunks {
  const header = pngHeader(bytes);
  const packed: Buffer[] = [];
  let [palette, transparency]: (Buffer | undefined)[] = [];
  let hasEnd = false;
  for (const { type, data } of chunksOf(bytes)) {
    if (type === 'IDAT') packed.push(data);
    else if (type === 'PLTE') palette = data;
    else if (type === 'tRNS') transparency = data;
    else if (type === 'IEND') hasEnd = true;
    // A small letter marks what one may pass over.
    else if (type !== 'IHDR' && /^[A-Z]/.test(type)) throw new Error(`it has a part ${type} that no PNG has`);
  }
  if (!hasEnd) throw new Error('it is cut off');
  if (packed.length === 0) throw new Error('it is damaged: it has no pixels');
  if (header.kind === 'palette' && (palette === undefined || palette.length % 3 !== 0)) {
    throw new Error('it is damaged: its palette is missing, or cut');
  }
  return { ...header, palette, transparency, packed: Buffer.concat(packed) };
}

function* chunksOf(bytes: Buffer): Generator<{ readonly type: string; readonly data: Buffer }> {
  for (let at = PNG_SIGNATURE.length; at < bytes.length;) {
    const length = at + 8 <= bytes.length ? bytes.readUInt32BE(at) : Infinity;
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new Error('it is cut off');
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) {
      throw new Error('it is damaged: a checksum in it is another');
    }
    const type = bytes.toString('latin1', at + 4, at + 8);
    yield { type, data: bytes.subarray(at + 8, end) };
    // What follows is none of its parts.
    if (type === 'IEND') return;
    at = end + 4;
  }
}
