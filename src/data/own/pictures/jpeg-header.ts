/** What of a JPEG must be known before, and is not told by, its decoder (ITU-T T.81; orientation: Exif 2.3, tag 274). */
import { MOST_SIDE } from '../image-stream.ts';

export interface JpegHeader {
  /** Of the picture as it is shown, turned as its orientation says. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** The file goes on behind these bytes. */
export class MoreNeeded extends Error {}

const SOI = Buffer.from([0xff, 0xd8]);

export function startsJpeg(bytes: Buffer): boolean {
  return bytes.subarray(0, 2).equals(SOI);
}

/** @throws Error, a clause, for what is damaged or of a kind that isn't read; MoreNeeded where its frame isn't in these bytes */
export function jpegHeader(bytes: Buffer): JpegHeader {
  let orientation = 1;
  for (const { marker, data } of segmentsOf(bytes)) {
    if (marker === APP1) orientation = orientationIn(data) ?? orientation;
    if (isFrame(marker)) return frameOf(marker, data, orientation);
    if (marker === SCAN) break;
  }
  throw new Error('it is damaged: its size is missing');
}

/**
 * Its decoder fills up with grey what is missing at the end, and says nothing.
 * @throws Error, a clause, for a file that is cut off
 */
export function refuseCutJpeg(bytes: Buffer): void {
  try {
    for (const { marker } of segmentsOf(bytes)) if (marker === END) return;
  } catch (error) {
    if (!(error instanceof MoreNeeded)) throw error;
  }
  throw new Error('it is cut off');
}

const [APP1, SCAN, END] = [0xe1, 0xda, 0xd9];

function isFrame(marker: number): boolean {
  // Between the frames of other kinds stand DHT, JPG and DAC.
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function frameOf(marker: number, data: Buffer, orientation: number): JpegHeader {
  // Baseline, extended and progressive, of Huffman's code.
  if (marker > 0xc2)
    throw new Error('it is a JPEG of a rare kind (lossless, hierarchical or arithmetic), which is not read');
  if (data.length < 6) throw new Error('it is damaged: its size is missing');
  const [bits, height, width, components] = [data[0]!, data.readUInt16BE(1), data.readUInt16BE(3), data[5]!];
  if (bits !== 8) throw new Error(`it has ${bits} bits a value, and JPEGs of 8 are read`);
  if (components === 4) throw new Error('it is in CMYK, the colours of print, which is not read');
  if (components !== 1 && components !== 3) throw new Error(`it is damaged: it has ${components} colours`);
  if (width === 0 || height === 0) throw new Error('it has no pixel');
  if (width > MOST_SIDE || height > MOST_SIDE) {
    throw new Error(`it is of ${height}×${width} pixels, and at most ${MOST_SIDE} a side are taken`);
  }
  const isOnItsSide = orientation >= 5 && orientation <= 8;
  return { channels: components, ...(isOnItsSide ? { width: height, height: width } : { width, height }) };
}

/** Those that begin with their length; what is coded between them is passed over. */
function* segmentsOf(bytes: Buffer): Generator<{ readonly marker: number; readonly data: Buffer }> {
  let at = 2;
  for (;;) {
    // Up to the next marker: no zero, which stands behind each 0xff of a code, and no restart.
    while (at + 1 < bytes.length && !(bytes[at] === 0xff && isMarker(bytes[at + 1]!))) at++;
    if (at + 1 >= bytes.length) throw new MoreNeeded();
    const marker = bytes[at + 1]!;
    if (marker === END) {
      yield { marker, data: bytes.subarray(at, at) };
      return;
    }
    if (at + 4 > bytes.length) throw new MoreNeeded();
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw new MoreNeeded();
    if (end < at + 4) throw new Error('it is damaged: a part of it has no length');
    yield { marker, data: bytes.subarray(at + 4, end) };
    at = end;
  }
}

function isMarker(byte: number): boolean {
  return byte >= 0xc0 && byte !== 0xff && !(byte >= 0xd0 && byte <= 0xd8);
}

/** Of Exif's first folder of tags; undefined where it has none. */
function orientationIn(data: Buffer): number | undefined {
  if (data.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = data.subarray(6);
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  try {
    const folder = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
    const tags = short(folder);
    for (let i = 0; i < tags; i++) {
      const tag = folder + 2 + 12 * i;
      if (short(tag) === 0x0112) return short(tag + 8);
    }
  } catch (error) {
    // It leads out of its bytes: then it says nothing.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}
