/** A data set's images as arrays, for programs that compare something with them. */
import type { DatasetSettings } from '../trial/trial.ts';
import { readImages, splitIndices } from './dataset.ts';
import { definitionOf } from './definition-of.ts';
import { labelsOf } from './labels.ts';
import { textArray, type NpyArray } from './npz-writer.ts';
import type { DatasetSource } from './source.ts';

/** Images that are taken at a time. */
const PIECE = 1000;

/**
 * All images in their order, uint8 [N, H, W] or [N, H, W, C]; the split that each is in where a spec caps none; `label` and
 * `path` where there are any. @throws SweepError DATA_MISSING or DATA_CORRUPT
 */
export async function imageArrays(settings: DatasetSettings, source: DatasetSource): Promise<NpyArray[]> {
  const definition = definitionOf(settings);
  const { images: count, height, width, channels } = definition;
  const read = await readImages(settings, source);
  const all = Int32Array.from({ length: count }, (_, i) => i);
  const labels = await labelsOf(definition, read, source, all);
  const splits = new Array<string>(count);
  for (const [split, indices] of Object.entries(splitIndices(definition, settings, read.order))) {
    for (const index of indices) splits[index] = split;
  }
  const { paths } = read;
  return [
    {
      name: 'images',
      type: '|u1',
      shape: [count, height, width, ...(channels === 1 ? [] : [channels])],
      *read() {
        for (let at = 0; at < count; at += PIECE) yield read.take(all.subarray(at, at + PIECE)) as Uint8Array;
      },
    },
    textArray('split', count, (index) => splits[index] ?? 'none'),
    ...(labels === undefined ? [] : [textArray('label', count, (index) => labels.names[labels.of[index]!]!)]),
    ...(paths === undefined ? [] : [textArray('path', count, (index) => paths[index]!)]),
  ];
}
