import type { TrialRecord } from '../store/read-model.ts';

/** What stands beside a result, so that rows of two sweeps can be told apart. Columns as in the view `v_trials`. */
export interface TrainedOn {
  readonly dataset: string;
  readonly binarization: string;
  /** Null for a trial of an older version that was not counted, and where trials differ in it, as below. */
  readonly train_images: number | null;
  readonly validation_images: number | null;
  readonly batch_size: number | null;
  readonly clip_norm: number | null;
  /** Epochs asked for; `epochs` are those recorded. */
  readonly planned_epochs: number | null;
  /** The arithmetic that computed it; figures of two versions differ a little. */
  readonly numerics_version: number | null;
}

export const TRAINED_ON_COLUMNS = [
  'dataset',
  'binarization',
  'train_images',
  'validation_images',
  'batch_size',
  'clip_norm',
  'planned_epochs',
  'numerics_version',
] as const satisfies readonly (keyof TrainedOn)[];

type Trained = Pick<TrialRecord, 'config' | 'images' | 'numericsVersion'>;

export function trainedOn({ config: { dataset, train }, images, numericsVersion }: Trained): TrainedOn {
  return {
    dataset: dataset.name,
    binarization: dataset.binarization,
    train_images: images?.train ?? null,
    validation_images: images?.validation ?? null,
    // Older versions kept the size that was asked for, and trained with no more than there were images.
    batch_size: Math.min(train.batchSize, images?.train ?? Infinity),
    clip_norm: train.clipNorm,
    planned_epochs: train.epochs,
    numerics_version: numericsVersion,
  };
}

/** What all trials have in common; they are of the same data set. Null without trials. */
export function commonTrainedOn(trials: readonly Trained[]): TrainedOn | null {
  const [first, ...others] = trials.map((trial) => trainedOn(trial));
  if (first === undefined) return null;
  const { dataset, binarization, ...settings } = first;
  const isCommon = (name: keyof TrainedOn): boolean => others.every((other) => other[name] === first[name]);
  const common = Object.entries(settings).map(([name, value]) => [
    name,
    isCommon(name as keyof TrainedOn) ? value : null,
  ]);
  return { dataset, binarization, ...(Object.fromEntries(common) as typeof settings) };
}
