import { SweepError } from '../errors.ts';
import type { DatasetSettings } from '../trial/trial.ts';
import { binarize, evaluationBits, trainingBits } from './binarize.ts';
import { readImages, splitIndices } from './dataset.ts';
import { definitionOf } from './definition-of.ts';
import { labelsOf } from './labels.ts';
import { locateDataset, type LocateOptions } from './locate.ts';
import type { ImageSet } from './source.ts';

const MOST_CLASSES = 20;

/** The first of the images that trials were evaluated on. */
export interface HeldOut extends ImageSet {
  readonly images: Uint8Array;
  /** How many there are in all. */
  readonly of: number;
  /** Of each image, an index of `names`; empty where none are known. */
  readonly classes: Uint8Array;
  readonly names: readonly string[];
}

/**
 * The first `most` validation images, binarised as they were evaluated; training images where none are held out. Nothing
 * is downloaded. @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function loadHeldOut(
  settings: DatasetSettings,
  most: number,
  options: Omit<LocateOptions, 'download'> = {},
): Promise<HeldOut> {
  const source = await locateDataset(settings, { ...options, download: false });
  const definition = definitionOf(settings, options.catalog);
  const read = await readImages(settings, source, options.catalog);
  const { validation, train } = splitIndices(definition, settings, read.order);
  const isHeldOut = validation.length > 0;
  const all = isHeldOut ? validation : train;
  const indices = all.subarray(0, most);
  const bits = isHeldOut ? evaluationBits('validation') : trainingBits(settings.binarization, 0, 1);
  if (definition.isReal)
    throw new SweepError('USAGE', `${settings.name} holds columns of numbers, which have no pictures.`);
  const images = binarize(read.take(indices) as Uint8Array, settings.binarization, bits);
  const labels = await labelsOf(definition, read, source, indices);
  // So many that nobody tells their colours apart say nothing.
  const told = labels !== undefined && labels.names.length <= MOST_CLASSES ? labels : { of: [], names: [] };
  return {
    ...{ count: indices.length, of: all.length, images, classes: Uint8Array.from(told.of), names: told.names },
    ...(labels && { labels: Uint16Array.from(labels.of) }),
  };
}
