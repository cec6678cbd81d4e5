import type { DatasetSettings } from '../trial/trial.ts';
import type { DatasetDefinition } from './definition.ts';

/** How many images these settings take from a data set, and how many there are to take. */
export interface SplitSizes {
  readonly training: number;
  readonly validation: number;
  /** Images that may train: all but the test images and those held out for validation. */
  readonly trainable: number;
  /** Images held out for validation, used or not; none with `validation: 0`. */
  readonly heldOut: number;
}

/** The rule of the splits, without any image: what a trial sees, for whoever loads, plans, estimates or records it. */
export function splitSizes(
  { images, splits }: Pick<DatasetDefinition, 'images' | 'splits'>,
  { train, validation }: Pick<DatasetSettings, 'train' | 'validation'>,
): SplitSizes {
  const heldOut = validation === 0 ? 0 : splits.validation;
  const trainable = images - splits.test - heldOut;
  // All train when the settings say nothing, except of a grid that would not fit into memory.
  const isPartial = splits.train + splits.validation + splits.test < images;
  return {
    training: Math.min(train ?? (isPartial ? splits.train : trainable), trainable),
    validation: Math.min(validation ?? heldOut, heldOut),
    trainable,
    heldOut,
  };
}
