import { sampleNoun } from '../text/sample-noun.ts';
import type { DatasetSettings, TrainSettings } from '../trial/trial.ts';
import { formatCount } from '../text/format-number.ts';
import type { DatasetDefinition } from './definition.ts';
import { splitSizes, type SplitSizes } from './split-sizes.ts';

interface Settings {
  readonly dataset: DatasetSettings;
  readonly train: TrainSettings;
}

/** Something that the spec asks for at `path` and can't have. */
export interface UnmetWish {
  readonly path: readonly [string, string];
  readonly message: string;
}

export interface EffectiveSettings extends Settings {
  readonly wishes: readonly UnmetWish[];
}

/**
 * One spelling for settings that train the same: what takes as many images as saying nothing becomes null, more than
 * there are becomes all there are, and a batch is never larger than the training split. A trial's identity is made of
 * these, so that equal trials have equal ids.
 */
export function effectiveSettings(definition: DatasetDefinition, { dataset, train }: Settings): EffectiveSettings {
  const sizes = splitSizes(definition, dataset);
  const unasked = splitSizes(definition, { train: null, validation: dataset.validation });
  return {
    dataset: {
      ...dataset,
      train: sizes.training === unasked.training ? null : sizes.training,
      validation: dataset.validation !== 0 && sizes.validation === sizes.heldOut ? null : dataset.validation,
      binarization: definition.isBinary ? 'grey' : dataset.binarization,
    },
    train: { ...train, batchSize: Math.min(train.batchSize, sizes.training) },
    wishes: [...unmetWishes(definition, { dataset, train }, sizes)],
  };
}

function* unmetWishes(
  definition: DatasetDefinition,
  { dataset, train }: Settings,
  { training, validation, trainable, heldOut }: SplitSizes,
): Generator<UnmetWish> {
  const { name, splits, isBinary } = definition;
  const samples = `${sampleNoun(definition)}s`;
  if (dataset.train !== null && dataset.train > trainable) {
    const others = [
      `${formatCount(splits.test)} are test ${samples}`,
      heldOut > 0 && `${formatCount(heldOut)} held out for validation`,
    ];
    const message =
      `dataset.train asks for ${formatCount(dataset.train)} ${samples}, and ${name} has ${formatCount(trainable)} to train on ` +
      `(another ${others.filter((other) => other !== false).join(', ')}): all of them train`;
    yield { path: ['dataset', 'train'], message };
  }
  if (dataset.validation !== null && dataset.validation > heldOut) {
    const message =
      `dataset.validation asks for ${formatCount(dataset.validation)} ${samples}, and ${name} has ${formatCount(heldOut)} held ` +
      `out for validation: ${formatCount(validation)} are used`;
    yield { path: ['dataset', 'validation'], message };
  }
  if (train.batchSize > training) {
    const message = `train.batch_size is ${formatCount(train.batchSize)}, and there are ${formatCount(training)} training ${samples}: every step takes them all`;
    yield { path: ['train', 'batch_size'], message };
  }
  if (isBinary && dataset.binarization !== 'grey') {
    const message = `dataset.binarization: ${dataset.binarization} changes nothing: the images of ${name} are black and white already`;
    yield { path: ['dataset', 'binarization'], message };
  }
}
