/**
 * Pixels of a JPEG, by MozJPEG as WebAssembly: the same bits on every machine, and those of libjpeg, which Pillow and most
 * other programs use. (jpeg-js is up to 26 of 255 off from them.)
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { jpegHeader, refuseCutJpeg } from './jpeg-header.ts';
import type { Pixels } from './pixels.ts';

/** Turned as its orientation says. Colour profiles are left aside. @throws Error, a clause, for what is damaged or not read */
export async function readJpeg(file: Buffer): Promise<Pixels> {
  const { width, height, channels } = jpegHeader(file);
  refuseCutJpeg(file);
  const rgba = await decodeWith(await (decoder ??= loadDecoder()), file);
  if (rgba?.width !== width || rgba.height !== height) throw new Error("it is damaged: its pixels can't be unpacked");
  const bytes = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < channels; c++) bytes[pixel * channels + c] = rgba.data[4 * pixel + c]!;
  }
  return { width, height, channels, bytes };
}

interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
type Decoder = (file: ArrayBuffer, options: { readonly preserveOrientation: boolean }) => Promise<Rgba>;

let decoder: Promise<Decoder> | undefined;

async function loadDecoder(): Promise<Decoder> {
  // For images in other formats it isn't loaded.
  const { default: decode, init } = await import('@jsquash/jpeg/decode.js');
  const wasmBinary = await readFile(createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
  // What it has to say of a file, it would print.
  const quiet = { print: () => undefined, printErr: () => undefined };
  await (init as (options: object) => Promise<void>)({ wasmBinary, ...quiet });
  return decode;
}

/** Undefined for a file that it gives up on: then it throws what is no error. */
async function decodeWith(decode: Decoder, file: Buffer): Promise<Rgba | undefined> {
  const copy = new Uint8Array(file);
  return decode(copy.buffer, { preserveOrientation: true }).catch(() => undefined);
}
