/** How a spec names its data: a name, or a mapping that also says how much of it to use. */
import { z } from 'zod';
import { BINARIZATIONS } from '../trial/trial.ts';
import { byShape } from './by-shape.ts';

export const DATASETS = ['sprites', 'sprites-mini', 'mnist', 'fashion-mnist'] as const;

const datasetName = z.enum(DATASETS).describe('sprites and sprites-mini are built in; the others are downloaded once.');
const datasetSettings = z
  .strictObject({
    name: datasetName,
    train: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Train on so many images; null takes all (of sprites, 40,000). More than there are is all of them, with a warning.',
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
        'grey: pixels as they are, in [0, 1]. threshold: 1 from one half on. static: drawn once with the grey value as probability. dynamic: drawn anew in each epoch. The sprites are black and white already.',
      ),
  })
  .describe('A data set and how much of it to use.');
type Dataset = z.output<typeof datasetSettings>;
const plainDataset = datasetName.transform((only): Dataset => datasetSettings.parse({ name: only }));

export const DATASET_KEYS = Object.keys(datasetSettings.shape);
export const datasetSchema = byShape<Dataset>([plainDataset, datasetSettings], (input) =>
  typeof input === 'object' && input !== null ? datasetSettings : plainDataset,
).describe('Name of a data set, or { name, train, validation, binarization }.');
