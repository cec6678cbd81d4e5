/** How a spec names its data: a name, or a mapping that also says how much of it to use. */
import { z } from 'zod';
import { DATASETS } from '../data/datasets/index.ts';
import { formatCount } from '../text/format-number.ts';
import { BINARIZATIONS, type DatasetSettings } from '../trial/trial.ts';
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
    'Images of your own: a folder of PNGs or JPEGs, or a file .npy, .npz or IDX, by its path from the folder of the spec.',
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
const datasetSettings = z
  .strictObject({ name: datasetName, ...usage })
  .describe('A data set and how much of it to use.');
const ownSettings = z
  .strictObject({ path: ownPath, ...usage })
  .describe('Images of your own and how much of them to use.');

/** As the spec says it: images of one's own are known by their path, until they are read. */
export type SpecDataset = DatasetSettings & { readonly path?: string };
const named = datasetSettings.transform((settings): SpecDataset => settings);
const ofPath = ownSettings.transform((settings): SpecDataset => ({ ...settings, name: nameOfPath(settings.path) }));
const plainName = datasetName.transform((name): SpecDataset => named.parse({ name }));
const plainPath = ownPath.regex(/[\\/]|\.(npy|npz)$/i).transform((path): SpecDataset => ofPath.parse({ path }));

export const DATASET_KEYS = ['name', 'path', ...Object.keys(usage)];
export const datasetSchema = byShape<SpecDataset>([plainName, plainPath, named, ofPath], (input) => {
  if (typeof input === 'object' && input !== null) return 'path' in input ? ofPath : named;
  return isPath(input) ? plainPath : plainName;
}).describe(
  'Name of a data set, a path of your own images, or a mapping of either with train, validation, binarization.',
);

/** `./faces`, `faces.npy`: no data set of ours is called like it. */
export function isPath(input: unknown): input is string {
  return typeof input === 'string' && /[\\/]|\.(npy|npz)$/i.test(input);
}

/** What the data are called in answers: the last part of their path. */
function nameOfPath(path: string): string {
  return path.split(/[\\/]+/).findLast((part) => part !== '' && part !== '.') ?? path;
}
