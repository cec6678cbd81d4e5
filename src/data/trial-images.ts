import type { DatasetSettings } from '../trial/trial.ts';
import { binarize, evaluationBits, trainingBits } from './binarize.ts';
import { loadDataset } from './dataset.ts';
import { pixelMeans } from './pixel-means.ts';
import type { Keeping } from './own/kept-images.ts';
import type { Dataset, DatasetSource, ImageSet } from './source.ts';
import { isStored } from './stored-images.ts';

/**
 * The images of all trials of a data set and its settings, binarised; dynamic binarisation leaves training images grey,
 * since each seed and epoch draws bits of its own. Threads that get it by a message share the memory of its images.
 */
export interface TrialImages extends Dataset {
  /** Mean of each pixel over the training images as they are before binarisation, in [0, 1]. */
  readonly trainingMeans: Float32Array;
}

/** @throws SweepError DATA_MISSING or DATA_CORRUPT, as `loadDataset` */
export async function loadTrialImages(
  source: DatasetSource,
  settings: DatasetSettings,
  keeping?: Keeping,
): Promise<TrialImages> {
  const dataset = await loadDataset(source, settings, undefined, keeping);
  const { train, height, width, channels } = dataset;
  const { binarization } = settings;
  const trainingMeans = dataset.trainingMeans ?? pixelMeans(greyOf(train), height * width * channels);
  // Of rows of numbers nothing is made: they are standardised already. Images in a file become bits when they are read.
  if (dataset.columns !== undefined || isStored(train.images)) return { ...dataset, trainingMeans };
  const bytes = train.images as Uint8Array;
  if (binarization !== 'dynamic') binarize(bytes, binarization, trainingBits(binarization, 0, 1), bytes);
  for (const split of ['validation', 'test'] as const) {
    const images = dataset[split].images as Uint8Array;
    binarize(images, binarization, evaluationBits(split), images);
  }
  return { ...dataset, trainingMeans };
}

/** As they are before binarisation. */
function greyOf({ count, images }: ImageSet): ImageSet {
  return { count, images: isStored(images) ? { ...images, isThresholded: false } : images };
}
