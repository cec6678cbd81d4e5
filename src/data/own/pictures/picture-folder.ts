import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { SweepError } from '../../../errors.ts';
import { count } from '../../../text/format-number.ts';
import { refused } from '../../refusal.ts';
import { describeReading } from '../brought-stream.ts';
import { imagesAPiece, type ImageStream } from '../image-stream.ts';
import { folderLabels } from '../labels.ts';
import { PICTURE, pictureShape, readPicture, type PictureShape } from './picture.ts';
import { broughtTo, shapeAfter, type Bringing, type Resize } from './resample.ts';
import { shapeOfImages } from '../shape.ts';
import { sideBySide } from './side-by-side.ts';
import { unusable } from '../unusable.ts';

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
    const { code, path: place = '' } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' && place.includes(UNDECODED) ? notNamed(place) : await refused(folder, error);
  });
  const names = entries
    .filter((entry) => !entry.isDirectory() && entry.name !== 'Thumbs.db')
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    // In hidden folders programs keep copies: thumbnails, checkpoints.
    .filter((name) => !name.split('/').some((part) => part.startsWith('.')))
    .sort();
  const unread = names.find((name) => UNREAD.test(name));
  if (unread !== undefined) {
    const ending = path.extname(unread);
    const fix = `Of folders PNGs and JPEGs are read: turn all of them into such, as by \`mogrify -format png *${ending}\`, and move these away`;
    throw unusable(path.join(folder, unread), `${ending.slice(1).toUpperCase()} isn't read`, fix);
  }
  const pictures = names.filter((name) => PICTURE.test(name));
  const undecoded = pictures.find((name) => name.includes(UNDECODED) && !existsSync(path.join(folder, name)));
  if (undecoded !== undefined) throw notNamed(path.join(folder, undecoded));
  if (pictures.length === 0) throw noPictures(folder, names);
  return { pictures, others: names.length - pictures.length };
}

function noPictures(folder: string, names: readonly string[]): SweepError {
  if (names.some((name) => /(^|\/)data_batch_\d$/.test(name))) {
    const what = "it is CIFAR-10's version for Python: pickles, which are programs and aren't run";
    return unusable(folder, what, 'Unpack its binary version, cifar-10-binary.tar.gz');
  }
  const file = names.find((name) => /\.(npy|npz|csv|tsv|parquet|h5|hdf5|h5ad|gz)$/i.test(name));
  const others = `there is no PNG and no JPEG in it, but ${count(names.length, 'other file')}`;
  const fix =
    file === undefined
      ? 'Name a folder of pictures, or a file .npy, .npz or IDX'
      : `Name one file, as ${path.join(folder, file)}; arrays of an image each become one by np.stack`;
  return unusable(folder, names.length === 0 ? 'there is no file in it' : others, fix);
}

/**
 * A folder of pictures; in colour where one of them is. They are of one size, unless `reading` brings them to one.
 * @throws SweepError DATA_CORRUPT, DATA_MISSING
 */
export async function pictureFolder(folder: string, reading: Bringing = {}): Promise<ImageStream> {
  const { pictures, others } = await filesOfFolder(folder);
  const place = (name: string): string => path.join(folder, name);
  const found: PictureShape[] = [];
  for await (const one of sideBySide(pictures, (name) => pictureShape(place(name)), FILES_AT_ONCE)) {
    const first = found[0] ?? one;
    if (reading.size === undefined && (one.width !== first.width || one.height !== first.height)) {
      throw ofOtherSize(folder, { name: pictures[found.length]!, ...one }, { name: pictures[0]!, ...first });
    }
    found.push(one);
  }
  const isColour = found.some((one) => one.channels === 3);
  const shape = shapeAfter({ ...found[0]!, channels: isColour ? 3 : 1 }, reading);
  const images = shapeOfImages(folder, [pictures.length, shape.height, shape.width, shape.channels]);
  const labels = folderLabels(pictures);
  const parts = labels === undefined ? [] : partsOf(pictures);
  const sizes = new Set(found.map(({ height, width }) => `${height}×${width}`)).size;
  const isBrought = reading.size !== undefined || reading.channels !== undefined;
  const ofSizes = sizes === 1 ? '' : ` of ${count(sizes, 'size')}`;
  // Large images one by one, or those read at a time would fill the memory.
  const largest = found.reduce((most, { height, width }) => Math.max(most, 3 * height * width), 0);
  return {
    ...images,
    format: `a folder of pictures${ofSizes}${isBrought ? `, ${describeReading(reading)}` : ''}`,
    passedOver: others === 0 ? '' : count(others, 'other file'),
    paths: pictures,
    ...(parts.length > 0 && {
      doubt: `its folders are ${parts.join(', ')}, which are its labels then; splits are made here, so one of them may be meant: ${place(parts.find((one) => /^train/i.test(one)) ?? parts[0]!)}`,
    }),
    ...(labels !== undefined && { labels }),
    async *read() {
      const indices = found.map((_, index) => index);
      const read = (index: number): Promise<Uint8Array> =>
        imageOf(place(pictures[index]!), found[index]!, shape, reading.resize);
      yield* sideBySide(indices, read, Math.min(FILES_AT_ONCE, imagesAPiece(largest)));
    },
  };
}

/** Its first folders, where they are called as parts of a data set are. */
function partsOf(paths: readonly string[]): string[] {
  const folders = [...new Set(paths.map((one) => one.split('/', 1)[0]!))];
  return folders.length > 1 && folders.every((name) => /^(train|test|val|valid)(ing|idation)?$/i.test(name))
    ? folders
    : [];
}

/** In place of bytes that are no UTF-8; the file is then called otherwise than its name reads. */
const UNDECODED = '\ufffd';

function notNamed(place: string): SweepError {
  return unusable(place, 'its name is no UTF-8', 'Rename it, as by `convmv -f latin1 -t utf8 -r --notest FOLDER`');
}

interface NamedShape extends PictureShape {
  readonly name: string;
}

/** Of a folder whose pictures are of several sizes, which nobody asked to bring to one. */
export class MixedSizes extends SweepError {
  /** Which are; without what helps. */
  readonly what: string;

  constructor(place: string, what: string, fix: string) {
    super('DATA_CORRUPT', unusable(place, what, fix).message);
    this.what = what;
  }
}

function ofOtherSize(folder: string, found: NamedShape, first: NamedShape): MixedSizes {
  const fix =
    'All must be of one size. With `size:` in the spec they are brought to one, as by ' +
    `dataset: { path: ./${path.basename(folder)}, size: 32 }; \`sweep data\` has --size to look at it first`;
  const what = `it is of ${found.height}×${found.width} pixels, and ${first.name} of ${first.height}×${first.width}`;
  return new MixedSizes(path.join(folder, found.name), what, fix);
}

/** A picture that was of the shape `before`, brought to another. */
async function imageOf(file: string, before: PictureShape, shape: PictureShape, resize?: Resize): Promise<Uint8Array> {
  const found = await readPicture(file, before.height * before.width);
  if (found.height !== before.height || found.width !== before.width || found.channels !== before.channels) {
    throw unusable(file, 'it changed while the folder was read', 'Start again');
  }
  return broughtTo(found, shape, resize);
}
