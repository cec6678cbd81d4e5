/** Files of images as tests need them, right or wrong. */
import { crc32, deflateSync } from 'node:zlib';

/** A `.npy` of uint8, whatever it holds. */
export function npy(shape: readonly number[], values: Uint8Array): Buffer {
  return npyWithHeader(`{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`, values);
}

export function npyWithHeader(text: string, values: Uint8Array): Buffer {
  const padded = `${text}${' '.repeat(63 - ((10 + text.length) % 64))}\n`;
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(padded.length, 8);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), values]);
}

interface Kind {
  readonly kind?: number;
  readonly depth?: number;
  readonly palette?: readonly number[];
  /** Bytes of a row; those of its width by default. */
  readonly row?: number;
}

/** A PNG, grey unless said otherwise, that holds these bytes, whatever its header says. */
export function png(
  width: number,
  height: number,
  bytes: Uint8Array | readonly number[],
  { kind = 0, depth = 8, palette, row = kind === 2 ? 3 * width : width }: Kind = {},
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = depth;
  header[9] = kind;
  const rows = Array.from({ length: Math.ceil(bytes.length / row) }, (_, y) => [
    Buffer.from([0]),
    Buffer.from(bytes.slice(y * row, (y + 1) * row)),
  ]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(palette === undefined ? [] : [chunk('PLTE', Buffer.from(palette))]),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
