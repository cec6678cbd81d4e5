/**
 * Pixels of a PNG of any kind. Our own reader, since fast-png unpacks whatever a file holds before it looks at its size,
 * and takes interlaced images of less than eight bits a sample apart wrongly.
 */
import { inflateSync } from 'node:zlib';
import type { Pixels } from './pixels.ts';
import { pngChunks, type PngChunks } from './png-chunks.ts';

/**
 * Samples of fewer bits than eight are spread over 0 to 255, those of 16 rounded to the nearest of 257 steps. Gamma and colour
 * profiles are left aside, as most readers do. @throws Error, a clause, for what is damaged, and where a
 * pixel is transparent: what is behind it, nobody knows
 */
export function readPng(file: Buffer): Pixels {
  const png = pngChunks(file);
  return colours(png, samplesOf(png));
}

/** All samples, row by row, as they are. */
function samplesOf(png: PngChunks): Uint16Array {
  const { width, height, samples, depth } = png;
  const passes = png.isInterlaced ? ADAM7 : [{ x: 0, y: 0, across: 1, down: 1 }];
  const sizes = passes.map(({ x, y, across, down }) => {
    return { columns: Math.ceil((width - x) / across), rows: Math.ceil((height - y) / down) };
  });
  const rowBytes = (columns: number): number => Math.ceil((columns * samples * depth) / 8);
  const bytes = sizes.reduce((sum, { columns, rows }) => sum + (columns > 0 ? rows * (1 + rowBytes(columns)) : 0), 0);
  const data = unpack(png.packed, bytes);
  const all = new Uint16Array(width * height * samples);
  const step = Math.max(1, (samples * depth) / 8);
  let at = 0;
  for (const [i, { x, y, across, down }] of passes.entries()) {
    const { columns, rows } = sizes[i]!;
    if (columns <= 0) continue;
    let above = new Uint8Array(rowBytes(columns));
    for (let row = 0; row < rows; row++) {
      const line = data.subarray(at + 1, at + 1 + above.length);
      unfilter(data[at]!, line, above, step);
      const isWhole = depth === 8 && !png.isInterlaced;
      if (isWhole) all.set(line, row * line.length);
      for (let k = 0; !isWhole && k < columns * samples; k++) {
        const column = x + Math.floor(k / samples) * across;
        all[((y + row * down) * width + column) * samples + (k % samples)] = sampleAt(line, k, depth);
      }
      above = line;
      at += 1 + line.length;
    }
  }
  return all;
}

const ADAM7 = [
  { x: 0, y: 0, across: 8, down: 8 },
  { x: 4, y: 0, across: 8, down: 8 },
  { x: 0, y: 4, across: 4, down: 8 },
  { x: 2, y: 0, across: 4, down: 4 },
  { x: 0, y: 2, across: 2, down: 4 },
  { x: 1, y: 0, across: 2, down: 2 },
  { x: 0, y: 1, across: 1, down: 2 },
];

/** Never unpacks more than the header asks for, whatever is packed. */
function unpack(packed: Buffer, bytes: number): Uint8Array<ArrayBuffer> {
  let data: Buffer<ArrayBuffer>;
  try {
    data = inflateSync(packed, { maxOutputLength: bytes });
  } catch (error) {
    const isMore = error instanceof RangeError;
    throw new Error(
      `it is damaged: ${isMore ? 'it holds more pixels than its header says' : "its pixels can't be unpacked"}`,
      {
        cause: error,
      },
    );
  }
  if (data.length < bytes) throw new Error('it is cut off: pixels are missing');
  return data;
}

function sampleAt(line: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return line[index]!;
  if (depth === 16) return (line[2 * index]! << 8) | line[2 * index + 1]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** In place; `above` is the line before, taken back already. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  switch (filter) {
    case 0:
      return;
    case 1:
      for (let i = step; i < line.length; i++) line[i]! += line[i - step]!;
      return;
    case 2:
      for (let i = 0; i < line.length; i++) line[i]! += above[i]!;
      return;
    case 3:
      for (let i = 0; i < line.length; i++) line[i]! += ((i < step ? 0 : line[i - step]!) + above[i]!) >> 1;
      return;
    case 4:
      for (let i = 0; i < line.length; i++) {
        line[i]! += i < step ? above[i]! : paeth(line[i - step]!, above[i]!, above[i - step]!);
      }
      return;
    default:
      throw new Error(`it is damaged: there is no filter ${filter}`);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function colours(png: PngChunks, all: Uint16Array): Pixels {
  const { height, width, depth, kind, samples, palette, transparency } = png;
  const size = { height, width };
  const most = 2 ** depth - 1;
  const toByte = (sample: number): number => (depth === 8 ? sample : Math.floor((255 * sample) / most + 0.5));
  const pixels = width * height;
  if (kind === 'palette') {
    const bytes = new Uint8Array(3 * pixels);
    for (let i = 0; i < pixels; i++) {
      const index = all[i]!;
      if (3 * index >= palette!.length) throw new Error('it is damaged: its palette lacks a colour that it names');
      refuseTransparent((transparency?.[index] ?? 255) < 255);
      bytes.set(palette!.subarray(3 * index, 3 * index + 3), 3 * i);
    }
    return { ...size, channels: 3, bytes };
  }
  const channels = samples < 3 ? 1 : 3;
  const hasAlpha = samples !== channels;
  // One colour of these kinds may stand for nothing.
  const nothing = hasAlpha || transparency === undefined ? undefined : colourOf(transparency, channels);
  const bytes = new Uint8Array(channels * pixels);
  for (let i = 0; i < pixels; i++) {
    if (hasAlpha) refuseTransparent(all[(i + 1) * samples - 1]! < most);
    refuseTransparent(nothing?.every((sample, c) => sample === all[i * samples + c]) === true);
    for (let c = 0; c < channels; c++) bytes[i * channels + c] = toByte(all[i * samples + c]!);
  }
  return { ...size, channels, bytes };
}

function colourOf(transparency: Buffer, channels: number): number[] {
  if (transparency.length < 2 * channels) throw new Error('it is damaged: its transparency is cut');
  return Array.from({ length: channels }, (_, c) => transparency.readUInt16BE(2 * c));
}

function refuseTransparent(isTransparent: boolean): void {
  if (isTransparent) throw new TransparentPixel('it has transparent pixels, and what is behind them is not known');
}

export class TransparentPixel extends Error {}
