import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../errors.ts';
import { shellWord } from '../../text/shell-word.ts';
import { count } from '../../text/format-number.ts';
import { refused } from '../refusal.ts';
import { bytesAt } from './file-bytes.ts';
import { imagesAPiece, type ImageStream } from './image-stream.ts';
import { PNG_HEADER_BYTES, pngHeader, type PngHeader } from './png-chunks.ts';
import { readPng, TransparentPixel, type PngPixels } from './png.ts';
import { shapeOfImages, type Shape } from './shape.ts';
import { sideBySide } from './side-by-side.ts';
import { unusable } from './unusable.ts';

/** Images that nobody reads here: leaving them out in silence would train on a part of the data. */
const UNREAD = /\.(jpe?g|jfif|webp|gif|bmp|tiff?|avif|heic|jxl|jp2|tga|ppm|pgm)$/i;

/** Far below what a process may have open. */
const FILES_AT_ONCE = 64;

/** A pixel takes at most eight bytes, and packing makes nothing twice as large; texts and profiles come to that. */
const MOST_PIXEL_BYTES = 16;
const MOST_OTHER_BYTES = 2 ** 22;

export interface FolderFiles {
  /** Relative, in the order of their names as strings: that of the images. */
  readonly pngs: readonly string[];
  /** Other files, hidden ones not counted. */
  readonly others: number;
}

/**
 * The PNGs of a folder and of the folders in it. Links to folders are not followed.
 * @throws SweepError DATA_MISSING, DATA_CORRUPT where an image is of another format
 */
export async function filesOfFolder(folder: string): Promise<FolderFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(async (error: unknown) => {
    throw await refused(folder, error);
  });
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'Thumbs.db')
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
  const unread = names.find((name) => UNREAD.test(name));
  if (unread !== undefined) {
    const kind = path.extname(unread).slice(1).toUpperCase();
    const fix = `Of folders only PNGs are read: turn them into such, as by \`mogrify -format png *${path.extname(unread)}\`, and move the others away`;
    throw unusable(path.join(folder, unread), `${kind} isn't read`, fix);
  }
  const pngs = names.filter((name) => /\.png$/i.test(name));
  if (pngs.length === 0) {
    const what =
      names.length === 0 ? 'there is no file in it' : `there is no PNG in it, but ${count(names.length, 'other file')}`;
    throw unusable(folder, what, 'Name a folder of PNGs, or a file .npy, .npz or IDX');
  }
  return { pngs, others: names.length - pngs.length };
}

/** A folder of PNGs of one size; in colour where one of them is. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function pngFolder(folder: string): Promise<ImageStream> {
  const { pngs, others } = await filesOfFolder(folder);
  const [firstName] = pngs as [string];
  const first = await headerOf(path.join(folder, firstName));
  let isGrey = true;
  let seen = 0;
  for await (const header of sideBySide(pngs, (name) => headerOf(path.join(folder, name)), FILES_AT_ONCE)) {
    const name = pngs[seen++]!;
    isGrey &&= header.kind === 'grey' || header.kind === 'grey and alpha';
    if (header.width === first.width && header.height === first.height) continue;
    const fix = `All must be of one size: bring them to it, as by \`mogrify -resize '${first.width}x${first.height}!' *.png\``;
    const what = `it is of ${header.height}×${header.width} pixels, and ${firstName} of ${first.height}×${first.width}`;
    throw unusable(path.join(folder, name), what, fix);
  }
  const shape = shapeOfImages(folder, [pngs.length, first.height, first.width, isGrey ? 1 : 3]);
  const size = shape.height * shape.width * shape.channels;
  return {
    ...shape,
    format: 'a folder of PNGs',
    passedOver: others === 0 ? '' : count(others, 'other file'),
    async *read() {
      // Large images one by one, or those read at a time would fill the memory.
      const atOnce = Math.min(FILES_AT_ONCE, imagesAPiece(size));
      yield* sideBySide(pngs, (name) => imageOf(path.join(folder, name), shape), atOnce);
    },
  };
}

/** An image of this shape. */
async function imageOf(file: string, { height, width, channels }: Shape): Promise<Uint8Array> {
  const found = await pixelsOf(file, height * width);
  if (found.height !== height || found.width !== width || found.channels > channels) {
    throw unusable(file, 'it changed while the folder was read', 'Start again');
  }
  return found.channels === channels ? found.bytes : inColour(found.bytes);
}

async function headerOf(file: string): Promise<PngHeader> {
  const start = await bytesAt(file, 0, PNG_HEADER_BYTES);
  return orUnusable(file, () => pngHeader(start));
}

async function pixelsOf(file: string, pixels: number): Promise<PngPixels> {
  const most = MOST_PIXEL_BYTES * pixels + MOST_OTHER_BYTES;
  const bytes = await bytesAt(file, 0, most + 1);
  if (bytes.length > most) throw unusable(file, 'it is larger than an image of its size can be', 'Save it again');
  return orUnusable(file, () => readPng(bytes));
}

function orUnusable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isTransparent = error instanceof TransparentPixel;
    const fix = isTransparent
      ? `Give them a background: mogrify -background black -alpha remove -alpha off ${shellWord(file)}`
      : 'Save it again, or move it away';
    throw unusable(file, messageOf(error), fix);
  }
}

function inColour(grey: Uint8Array): Uint8Array {
  const colour = new Uint8Array(3 * grey.length);
  for (const [i, value] of grey.entries()) colour.fill(value, 3 * i, 3 * i + 3);
  return colour;
}
