import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { count } from '../../text/format-number.ts';
import { refused } from '../refusal.ts';
import { imagesAPiece, type ImageStream } from './image-stream.ts';
import { folderLabels } from './labels.ts';
import { pictureShape, readPicture, type PictureShape } from './picture.ts';
import { shapeOfImages } from './shape.ts';
import { sideBySide } from './side-by-side.ts';
import { unusable } from './unusable.ts';

const PICTURE = /\.(png|jpe?g|jfif)$/i;
/** Images that nobody reads here: leaving them out in silence would train on a part of the data. */
const UNREAD = /\.(webp|gif|bmp|tiff?|avif|heic|jxl|jp2|tga|ppm|pgm)$/i;

/** Far below what a process may have open. */
const FILES_AT_ONCE = 64;

export interface FolderFiles {
  /** Relative, in the order of their names as strings: that of the images. */
  readonly pictures: readonly string[];
  /** Other files, hidden ones not counted. */
  readonly others: number;
}

/**
 * The PNGs and JPEGs of a folder and of the folders in it. Links to folders are not followed.
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
    const ending = path.extname(unread);
    const fix = `Of folders PNGs and JPEGs are read: turn all of them into such, as by \`mogrify -format png *${ending}\`, and move these away`;
    throw unusable(path.join(folder, unread), `${ending.slice(1).toUpperCase()} isn't read`, fix);
  }
  const pictures = names.filter((name) => PICTURE.test(name));
  if (pictures.length === 0) {
    const others = `there is no PNG and no JPEG in it, but ${count(names.length, 'other file')}`;
    const what = names.length === 0 ? 'there is no file in it' : others;
    throw unusable(folder, what, 'Name a folder of pictures, or a file .npy, .npz or IDX');
  }
  return { pictures, others: names.length - pictures.length };
}

/** A folder of pictures of one size; in colour where one of them is. @throws SweepError DATA_CORRUPT, DATA_MISSING */
export async function pictureFolder(folder: string): Promise<ImageStream> {
  const { pictures, others } = await filesOfFolder(folder);
  const place = (name: string): string => path.join(folder, name);
  let first: PictureShape | undefined;
  let channels: 1 | 3 = 1;
  let seen = 0;
  for await (const found of sideBySide(pictures, (name) => pictureShape(place(name)), FILES_AT_ONCE)) {
    const name = pictures[seen++]!;
    first ??= found;
    if (found.channels === 3) channels = 3;
    if (found.width === first.width && found.height === first.height) continue;
    const size = `${first.width}x${first.height}!`;
    const fix = `All must be of one size: bring them to it, as by \`mogrify -resize '${size}' *${path.extname(name)}\``;
    const what = `it is of ${found.height}×${found.width} pixels, and ${pictures[0]!} of ${first.height}×${first.width}`;
    throw unusable(place(name), what, fix);
  }
  const labels = folderLabels(pictures);
  const shape = shapeOfImages(folder, [pictures.length, first!.height, first!.width, channels]);
  return {
    ...shape,
    format: 'a folder of pictures',
    passedOver: others === 0 ? '' : count(others, 'other file'),
    ...(labels !== undefined && { labels }),
    async *read() {
      // Large images one by one, or those read at a time would fill the memory.
      const atOnce = Math.min(FILES_AT_ONCE, imagesAPiece(shape.height * shape.width * shape.channels));
      yield* sideBySide(pictures, (name) => imageOf(place(name), shape), atOnce);
    },
  };
}

/** An image of this shape. */
async function imageOf(file: string, { height, width, channels }: PictureShape): Promise<Uint8Array> {
  const found = await readPicture(file, height * width);
  if (found.height !== height || found.width !== width || found.channels > channels) {
    throw unusable(file, 'it changed while the folder was read', 'Start again');
  }
  return found.channels === channels ? found.bytes : inColour(found.bytes);
}

function inColour(grey: Uint8Array): Uint8Array {
  const colour = new Uint8Array(3 * grey.length);
  for (const [i, value] of grey.entries()) colour.fill(value, 3 * i, 3 * i + 3);
  return colour;
}
