/** How a spec names its data: a name, or a mapping that also says how much of it to use. */
import { z } from 'zod';
import { DATASETS } from '../data/datasets/index.ts';
import { formatCount } from '../text/format-number.ts';
import { BINARIZATIONS } from '../trial/trial.ts';
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
const datasetSettings = z
  .strictObject({
    name: datasetName,
    train: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        `Train on so many images; null takes all${partial}. More than there are is all of them, with a warning.`,
      ),
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
  })
  .describe('A data set and how much of it to use.');
type Dataset = z.output<typeof datasetSettings>;
const plainDataset = datasetName.transform((only): Dataset => datasetSettings.parse({ name: only }));

export const DATASET_KEYS = Object.keys(datasetSettings.shape);
export const datasetSchema = byShape<Dataset>([plainDataset, datasetSettings], (input) =>
  typeof input === 'object' && input !== null ? datasetSettings : plainDataset,
).describe('Name of a data set, or { name, train, validation, binarization }.');
