import path from 'node:path';
import type { ReadImages } from './dataset.ts';
import type { DatasetDefinition } from './definition.ts';
import { differentLabels, type StreamLabels } from './own/labels.ts';
import type { DatasetSource } from './source.ts';

export interface ImageLabels {
  readonly names: readonly string[];
  /** Of each image, an index of `names`. */
  readonly of: ArrayLike<number>;
}

/** What the images with these indices are: their classes, or the labels of a user's own; undefined where nothing says. */
export async function labelsOf(
  { classes }: DatasetDefinition,
  { labels }: Pick<ReadImages, 'labels'>,
  { files }: DatasetSource,
  indices: Int32Array,
): Promise<ImageLabels | undefined> {
  if (labels !== undefined) return indexed(await labels.read(), indices);
  const [file] = Object.values(files);
  const of = await classes?.of(indices, file === undefined ? undefined : path.dirname(file));
  return of && { names: classes!.names, of };
}

/** Those of all images of a stream. */
export async function labelsOfAll(labels: StreamLabels): Promise<ImageLabels> {
  return indexed(await labels.read());
}

function indexed(all: readonly string[], indices?: Int32Array): ImageLabels {
  const names = differentLabels(all);
  const places = new Map(names.map((name, place) => [name, place]));
  const of = (label: string): number => places.get(label)!;
  return { names, of: indices === undefined ? all.map(of) : Int32Array.from(indices, (index) => of(all[index]!)) };
}
