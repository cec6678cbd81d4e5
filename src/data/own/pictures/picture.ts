/** One picture in a file, a PNG or a JPEG: its content says which. */
import { messageOf } from '../../../errors.ts';
import { shellWord } from '../../../text/shell-word.ts';
import { bytesAt } from '../file-bytes.ts';
import { jpegHeader, MoreNeeded, startsJpeg } from './jpeg-header.ts';
import { readJpeg } from './jpeg.ts';
import type { Pixels } from './pixels.ts';
import { pngHeader } from './png-chunks.ts';
import { readPng, TransparentPixel } from './png.ts';
import { unusable } from '../unusable.ts';

/** What the name of one ends with. */
export const PICTURE = /\.(png|jpe?g|jfif)$/i;

export type PictureShape = Omit<Pixels, 'bytes'>;

/** Enough for a PNG's header, and for most JPEGs'. */
const HEADER_BYTES = 512;

/** A pixel takes at most eight bytes, and packing makes nothing twice as large; texts, thumbnails and profiles come to that. */
const MOST_PIXEL_BYTES = 16;
const MOST_OTHER_BYTES = 2 ** 22;

/** @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function pictureShape(file: string): Promise<PictureShape> {
  const start = await bytesAt(file, 0, HEADER_BYTES);
  return orUnusable(file, async () => {
    if (!startsJpeg(start)) {
      const { height, width, kind } = pngHeader(start);
      return { height, width, channels: kind === 'grey' || kind === 'grey and alpha' ? 1 : 3 };
    }
    try {
      return jpegHeader(start);
    } catch (error) {
      if (!(error instanceof MoreNeeded)) throw error;
      return jpegHeader(await bytesAt(file, 0, MOST_OTHER_BYTES));
    }
  });
}

/** Of a picture of so many pixels. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function readPicture(file: string, pixels: number): Promise<Pixels> {
  const most = MOST_PIXEL_BYTES * pixels + MOST_OTHER_BYTES;
  const bytes = await bytesAt(file, 0, most + 1);
  if (bytes.length > most) throw unusable(file, 'it is larger than an image of its size can be', 'Save it again');
  return orUnusable(file, async () => (startsJpeg(bytes) ? await readJpeg(bytes) : readPng(bytes)));
}

async function orUnusable<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const fix =
      error instanceof TransparentPixel
        ? `Give them a background: mogrify -background black -alpha remove -alpha off ${shellWord(file)}`
        : 'Save it again, or move it away';
    throw unusable(file, error instanceof MoreNeeded ? 'it is cut off' : messageOf(error), fix);
  }
}
