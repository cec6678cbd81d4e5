import { SweepError } from '../errors.ts';
import { integerArray, npzEntry, textArray, type NpyArray } from '../data/npz-writer.ts';
import { archiveBytes, MOST_ARCHIVE_BYTES, zipChunks } from '../files/zip-writer.ts';
import { formatCount } from '../text/format-number.ts';
import type { LabelsOf } from './condition.ts';
import type { Samples } from './samples.ts';
import type { TrainedModel } from './trained-model.ts';

/**
 * An `.npz` as it is made. The arrays are written in their order, each once.
 * @throws SweepError USAGE for one too large, before anything is computed
 */
export function archiveOf(arrays: readonly NpyArray[]): AsyncGenerator<Uint8Array> {
  const entries = arrays.map(npzEntry);
  const bytes = archiveBytes(entries);
  if (bytes > MOST_ARCHIVE_BYTES) {
    const size = `${formatCount(Math.round(bytes / 1e6))} MB`;
    throw new SweepError('USAGE', `That makes an archive of ${size}, and 4,294 MB is the most. Take fewer at a time.`);
  }
  return zipChunks(entries);
}

/** Which images the others' rows are of: `index`, and `path` and `label` where there are any. */
export function arraysOfNames({ count, indexOf, pathOf, labelOf }: Samples): NpyArray[] {
  const index = Float64Array.from({ length: count }, (_, sample) => indexOf(sample));
  return [
    integerArray('index', index),
    ...(pathOf === undefined ? [] : [textArray('path', count, pathOf)]),
    ...(labelOf === undefined ? [] : [textArray('label', count, labelOf)]),
  ];
}

/** The array `condition`: the label that a model is told of each; none where it is told nothing. */
export function arrayOfConditions(
  { labels }: Pick<TrainedModel, 'labels'>,
  count: number,
  labelsOf: LabelsOf,
): NpyArray[] {
  const places = labelsOf(0, count);
  return places === undefined ? [] : [textArray('condition', count, (sample) => labels[places[sample]!]!)];
}
