import type { DatasetSettings, TrainSettings } from '../trial/trial.ts';
import type { CatalogEntry } from './catalog.ts';
import { splitSizes, type SplitSizes } from './split-sizes.ts';

interface Settings {
  readonly dataset: DatasetSettings;
  readonly train: TrainSettings;
}

/** Settings as they take effect, and a sentence for each wish that can't come true. */
export interface EffectiveSettings extends Settings {
  readonly warnings: readonly string[];
}

/**
 * One spelling for settings that train the same: what takes as many images as saying nothing becomes null, more than
 * there are becomes all there are, and a batch is never larger than the training split. A trial's identity is made of
 * these, so that equal trials have equal ids.
 */
export function effectiveSettings(entry: CatalogEntry, { dataset, train }: Settings): EffectiveSettings {
  const sizes = splitSizes(entry, dataset);
  const unasked = splitSizes(entry, { train: null, validation: dataset.validation });
  return {
    dataset: {
      ...dataset,
      train: sizes.training === unasked.training ? null : sizes.training,
      validation: dataset.validation !== 0 && sizes.validation === sizes.heldOut ? null : dataset.validation,
      binarization: entry.isBinary ? 'grey' : dataset.binarization,
    },
    train: { ...train, batchSize: Math.min(train.batchSize, sizes.training) },
    warnings: [...unmetWishes(entry, { dataset, train }, sizes)],
  };
}

function* unmetWishes(
  { name, splits, isBinary }: CatalogEntry,
  { dataset, train }: Settings,
  { training, validation, trainable, heldOut }: SplitSizes,
): Generator<string> {
  if (dataset.train !== null && dataset.train > trainable) {
    const others = [
      `${format(splits.test)} are test images`,
      heldOut > 0 && `${format(heldOut)} held out for validation`,
    ];
    yield (
      `dataset.train asks for ${format(dataset.train)} images, and ${name} has ${format(trainable)} to train on ` +
      `(another ${others.filter((other) => other !== false).join(', ')}): all of them train.`
    );
  }
  if (dataset.validation !== null && dataset.validation > heldOut) {
    yield (
      `dataset.validation asks for ${format(dataset.validation)} images, and ${name} has ${format(heldOut)} held ` +
      `out for validation: ${format(validation)} are used.`
    );
  }
  if (train.batchSize > training) {
    yield `train.batch_size is ${format(train.batchSize)}, and there are ${format(training)} training images: every step takes them all.`;
  }
  if (isBinary && dataset.binarization !== 'grey') {
    yield `dataset.binarization: ${dataset.binarization} changes nothing: the images of ${name} are black and white already.`;
  }
}

function format(count: number): string {
  return count.toLocaleString('en');
}
