import { createHash } from 'node:crypto';
import { SweepError } from '../errors.ts';
import { SPRITES, SPRITES_MINI, spriteCount, type SpriteGrid } from './sprites.ts';

/** The data sets a spec may name. */
export type CatalogEntry = SpritesEntry | IdxEntry;

interface EntryBase {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  /** How many images there are in all. */
  readonly images: number;
  /** Sizes of the splits when the settings say nothing. Test and validation images are never trained on. */
  readonly splits: { readonly train: number; readonly validation: number; readonly test: number };
  /** Whether every pixel is black or white, so that all binarizations give the same images. */
  readonly isBinary: boolean;
}

/** Rendered on demand; nothing to find or download. */
export interface SpritesEntry extends EntryBase {
  readonly kind: 'sprites';
  readonly grid: SpriteGrid;
  /** Raise when the same index gives another image: it is what the fingerprint is made of. */
  readonly recipeVersion: number;
}

/** A training and a test file of images, in the format of MNIST. */
export interface IdxEntry extends EntryBase {
  readonly kind: 'idx';
  /** Folders on the web that hold the files, to be tried in turn. */
  readonly mirrors: readonly string[];
  readonly files: Readonly<Record<IdxRole, ImageFile>>;
}

export const IDX_ROLES = ['train-images', 'test-images'] as const;
export type IdxRole = (typeof IDX_ROLES)[number];

/** One file of a data set. Its name is without `.gz`: on the web it is compressed, in a folder it may be either. */
export interface ImageFile {
  readonly name: string;
  readonly images: number;
  readonly gzip: { readonly bytes: number; readonly sha256: string };
  /** Of the uncompressed file: what a file is known by, whatever its name and however it is compressed. */
  readonly sha256: string;
}

export const CATALOG: readonly CatalogEntry[] = [
  {
    kind: 'sprites',
    name: 'sprites-mini',
    grid: SPRITES_MINI,
    recipeVersion: 1,
    images: spriteCount(SPRITES_MINI),
    height: SPRITES_MINI.size,
    width: SPRITES_MINI.size,
    isBinary: true,
    splits: { train: 4608, validation: 576, test: 576 },
  },
  {
    // All of it would take 3 GB: by default a fixed random draw of 50,000, and more on request (`train: 700000`).
    kind: 'sprites',
    name: 'sprites',
    grid: SPRITES,
    recipeVersion: 1,
    images: spriteCount(SPRITES),
    height: SPRITES.size,
    width: SPRITES.size,
    isBinary: true,
    splits: { train: 40_000, validation: 5000, test: 5000 },
  },
  {
    kind: 'idx',
    name: 'mnist',
    images: 70_000,
    height: 28,
    width: 28,
    isBinary: false,
    splits: { train: 55_000, validation: 5000, test: 10_000 },
    mirrors: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
    files: {
      'train-images': {
        name: 'train-images-idx3-ubyte',
        images: 60_000,
        gzip: { bytes: 9_912_422, sha256: '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609' },
        sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
      },
      'test-images': {
        name: 't10k-images-idx3-ubyte',
        images: 10_000,
        gzip: { bytes: 1_648_877, sha256: '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6' },
        sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
      },
    },
  },
  {
    kind: 'idx',
    name: 'fashion-mnist',
    images: 70_000,
    height: 28,
    width: 28,
    isBinary: false,
    splits: { train: 55_000, validation: 5000, test: 10_000 },
    // The publisher gives hashes of the compressed files alone. Those of the content are as several projects that
    // unpack them have them; the labels' in the same lists are those of the publisher's label files.
    mirrors: [
      'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
      'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    ],
    files: {
      'train-images': {
        name: 'train-images-idx3-ubyte',
        images: 60_000,
        gzip: { bytes: 26_421_880, sha256: '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84' },
        sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      },
      'test-images': {
        name: 't10k-images-idx3-ubyte',
        images: 10_000,
        gzip: { bytes: 4_422_102, sha256: '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073' },
        sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      },
    },
  },
];

/** @throws SweepError DATA_MISSING if there is none of that name. */
export function catalogEntry(name: string, catalog: readonly CatalogEntry[] = CATALOG): CatalogEntry {
  const entry = catalog.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  const known = catalog.map((candidate) => candidate.name).join(', ');
  throw new SweepError('DATA_MISSING', `There is no data set called \`${name}\`. There are: ${known}.`);
}

/** `train-images of mnist`, in words. */
export function roleOf(role: IdxRole, { name }: Pick<IdxEntry, 'name'>): string {
  return `the ${role === 'train-images' ? 'training' : 'test'} images of ${name}`;
}

/** Bytes of the uncompressed file: a header of 16, then a byte a pixel. */
export function idxBytes({ height, width, files }: IdxEntry, role: IdxRole): number {
  return 16 + files[role].images * height * width;
}

/** Hash of a data set's content, known without it: generated data have a recipe, and files must hold the original's. */
export function fingerprintOf(entry: CatalogEntry): string {
  const content =
    entry.kind === 'sprites'
      ? `${entry.name} recipe ${entry.recipeVersion}`
      : IDX_ROLES.map((role) => `${role} ${entry.files[role].sha256}\n`).join('');
  return createHash('sha256').update(content).digest('hex');
}
