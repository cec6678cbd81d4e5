import type { DatasetSettings } from '../trial/trial.ts';
import { binarize, evaluationBits, trainingBits } from './binarize.ts';
import { loadDataset } from './dataset.ts';
import { pixelMeans } from './pixel-means.ts';
import type { Dataset, DatasetSource } from './source.ts';

/**
 * The images of all trials of a data set and its settings, binarised; dynamic binarisation leaves training images grey,
 * since each seed and epoch draws bits of its own. Threads that get it by a message share the memory of its images.
 */
export interface TrialImages extends Dataset {
  /** Mean of each pixel over the training images as they are before binarisation, in [0, 1]. */
  readonly trainingMeans: Float32Array;
}

/** @throws SweepError DATA_MISSING or DATA_CORRUPT, as `loadDataset` */
export async function loadTrialImages(source: DatasetSource, settings: DatasetSettings): Promise<TrialImages> {
  const dataset = await loadDataset(source, settings);
  const { train, height, width, channels } = dataset;
  const { binarization } = settings;
  // Of rows of numbers nothing is made: they are standardised already.
  if (dataset.columns !== undefined) return { ...dataset, trainingMeans: pixelMeans(train, height * width * channels) };
  const trainingMeans = pixelMeans(train, height * width * channels);
  const bytes = train.images as Uint8Array;
  if (binarization !== 'dynamic') binarize(bytes, binarization, trainingBits(binarization, 0, 1), bytes);
  for (const split of ['validation', 'test'] as const) {
    const images = dataset[split].images as Uint8Array;
    binarize(images, binarization, evaluationBits(split), images);
  }
  return { ...dataset, trainingMeans };
}
