/** How a spec names its data: a name, or a mapping that also says how much of it to use. */
import { z } from 'zod';
import { DATASETS } from '../data/datasets/index.ts';
import { formatCount } from '../text/format-number.ts';
import { readingOf } from '../data/own/reading.ts';
import { DEFAULT_RESIZE, RESIZES, type Resize } from '../data/own/pictures/resample.ts';
import { MOST_SIDE } from '../data/own/image-stream.ts';
import { MOST_COLUMNS } from '../data/own/tables/vector-stream.ts';
import { BINARIZATIONS, type DatasetSettings, type OwnReading } from '../trial/trial.ts';
import { byShape } from './by-shape.ts';

const namesOf = (some: typeof DATASETS): string => some.map(({ name }) => name).join(' and ');
const partial = DATASETS.filter(({ splits, images }) => splits.train + splits.validation + splits.test < images)
  .map(({ name, splits }) => ` (of ${name}, ${formatCount(splits.train)})`)
  .join('');

const datasetName = z
  .enum(DATASETS.map(({ name }) => name))
  .describe(
    `${namesOf(DATASETS.filter(({ kind }) => kind === 'generated'))} are built in; the others are downloaded once.`,
  );
const ownPath = z
  .string()
  .min(1)
  .max(4096)
  .describe(
    'Images of your own, a folder of PNGs or JPEGs, or a file .npy, .npz, HDF5 or IDX, rows of numbers, .npy, .npz, HDF5, .h5ad, .parquet, .csv or .tsv (also .gz), or a module .ts or .js that yields either, by the path from the folder of the spec.',
  );
const usage = {
  train: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe(`Train on so many images; null takes all${partial}. More than there are is all of them, with a warning.`),
  validation: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      'Validate on at most so many images; null takes all. 0 trains on them too, and is for a single configuration, since nothing is left to rank by.',
    ),
  binarization: z
    .enum(BINARIZATIONS)
    .default('grey')
    .describe(
      `grey: pixels as they are, in [0, 1]. threshold: 1 from one half on. static: drawn once with the grey value as probability. dynamic: drawn anew in each epoch. ${namesOf(DATASETS.filter(({ isBinary }) => isBinary))} are black and white already.`,
    ),
};
const side = z.int().min(1).max(MOST_SIDE);
const reading = {
  size: z
    .union([side, z.tuple([side, side])])
    .optional()
    .describe(
      'Bring images to so many pixels a side, or to [height, width], by the means of areas. Left out, all are of one size.',
    ),
  resize: z
    .enum(Object.keys(RESIZES) as [Resize, ...Resize[]])
    .optional()
    .describe(
      `Where \`size\` has other proportions. ${Object.entries(RESIZES)
        .map(([name, what]) => `${name}${name === DEFAULT_RESIZE ? ' (left out)' : ''}: ${what}`)
        .join('. ')}.`,
    ),
  channels: z
    .enum(['grey', 'colour'])
    .optional()
    .describe('Bring images to grey or to colour. Left out, a folder is in colour where one of its pictures is.'),
  key: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'Which array of an HDF5 file or an .npz is meant, where there are several: `images`, or `layers/counts`.',
    ),
  label: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'Which column of a table, or array of an HDF5 file or an .npz, holds the labels: `species`, or `obs/batch`. It is no input. Left out, the one called `label` or alike; of several columns of a table a plan asks which.',
    ),
  values: z
    .literal('counts')
    .optional()
    .describe(
      'Rows of numbers that count something: whole numbers from 0 on, left as they are. Left out, each column is standardised.',
    ),
  header: z
    .boolean()
    .optional()
    .describe(
      'Whether the first line of a CSV names its columns. Left out, it does where it has a name, and not where it is of numbers alone.',
    ),
  drop: z
    .array(z.string().max(1024))
    .min(1)
    .max(MOST_COLUMNS)
    .optional()
    .describe(
      'Columns of a table that are left out, by name: [id, timestamp]; the one without a name is "". They need hold no numbers. Of CSV, Parquet and AnnData.',
    ),
};
const datasetSettings = z
  .strictObject({ name: datasetName, ...usage })
  .describe('A data set and how much of it to use.');
const ownSettings = z
  .strictObject({ path: ownPath, ...reading, ...usage })
  .describe('Images of your own and how much of them to use.');

/** As the spec says it: images of one's own are known by their path, until they are read. */
export type SpecDataset = DatasetSettings & { readonly path?: string; readonly reading?: OwnReading };
const named = datasetSettings.transform((settings): SpecDataset => settings);
const ofPath = ownSettings.transform(
  ({ size, resize, channels, key, label, values, header, drop, ...settings }): SpecDataset => {
    const sides = typeof size === 'number' ? ([size, size] as const) : size;
    const asked = readingOf({ size: sides, resize, channels, key, label, values, header, drop });
    return { ...settings, name: nameOfPath(settings.path), ...(asked && { reading: asked }) };
  },
);
const plainName = datasetName.transform((name): SpecDataset => named.parse({ name }));
const PATH = /[\\/]|\.(npy|npz|[ct]sv(\.gz)?|h5|hdf5|h5ad|parquet|[cm]?[jt]s)$/i;
const plainPath = ownPath.regex(PATH).transform((path): SpecDataset => ofPath.parse({ path }));

export const DATASET_KEYS = ['name', 'path', ...Object.keys({ ...reading, ...usage })];
export const datasetSchema = byShape<SpecDataset>([plainName, plainPath, named, ofPath], (input) => {
  if (typeof input === 'object' && input !== null) return 'path' in input ? ofPath : named;
  return isPath(input) ? plainPath : plainName;
}).describe(
  'Name of a data set, a path of your own images, or a mapping of either with train, validation, binarization.',
);

/** `./faces`, `faces.npy`: no data set of ours is called like it. */
export function isPath(input: unknown): input is string {
  return typeof input === 'string' && PATH.test(input);
}

/** What the data are called in answers: the last part of their path. */
function nameOfPath(path: string): string {
  return path.split(/[\\/]+/).findLast((part) => part !== '' && part !== '.') ?? path;
}
