import path from 'node:path';
import { formatCount } from '../text/format-number.ts';
import { plain } from '../text/printable.ts';
import type { DatasetLabels } from '../trial/trial.ts';
import type { ReadImages } from './dataset.ts';
import type { DatasetDefinition } from './definition.ts';
import {
  changedLabels,
  differentLabels,
  labelsFingerprint,
  MOST_CLASSES,
  type LabelCounts,
  type StreamLabels,
} from './own/labels.ts';
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

/** What has labels, a clause. */
export const LABEL_PLACES =
  "a data set's classes, the folders in a folder of images, an array `labels` or `y` of an .npz or HDF5, a file of labels beside IDX, a column `label` of a table, and what `label: NAME` of the data set names";

/** Why models can't be told the labels of some data, and what to do: both clauses. */
export interface LabelTrouble {
  readonly problem: string;
  readonly hint: string;
}

/** What models are told of a data set's images, `counts` being of a user's own; or why they can't be. */
export function labelsToTell(
  { name, classes }: DatasetDefinition,
  counts: LabelCounts | null | undefined,
): DatasetLabels | LabelTrouble {
  if (classes !== undefined) return { names: classes.names };
  const data = plain(name);
  if (counts == null) return { problem: `nothing says what those of ${data} are`, hint: `labels are ${LABEL_PLACES}` };
  const { from, different, names, fingerprint, unlabelled } = counts;
  if (unlabelled !== null) {
    const problem = `row ${formatCount(unlabelled)} (counted from 0) of ${data} has none in ${from}`;
    return { problem, hint: 'give each a label, or leave such rows out' };
  }
  if (names.length === 0) {
    const problem = `${data} has ${formatCount(different)} different ones, and ${formatCount(MOST_CLASSES)} are the most`;
    return { problem, hint: 'labels say of what kind an image is: give each kind one' };
  }
  if (names.length === 1) return { problem: `all of ${data} have the same, ${plain(names[0]!)}`, hint: 'leave it out' };
  return { names, fingerprint };
}

/**
 * Tells of the images with some indices their places among the labels that models are told, in memory that threads can share.
 * @throws SweepError DATA_CHANGED where the labels are others now, or gone
 */
export async function toldLabels(
  definition: DatasetDefinition,
  { labels }: Pick<ReadImages, 'labels'>,
  source: DatasetSource,
  told: DatasetLabels,
): Promise<(indices: Int32Array) => Promise<Uint16Array>> {
  const changed = changedLabels(Object.values(source.files)[0] ?? source.name);
  const all = await labels?.read();
  if (all !== undefined && labelsFingerprint(all) !== told.fingerprint) throw changed;
  const read = { ...(labels && all && { labels: { ...labels, read: () => Promise.resolve(all) } }) };
  return async (indices) => {
    const found = await labelsOf(definition, read, source, indices);
    if (found === undefined) throw changed;
    const shared = new Uint16Array(new SharedArrayBuffer(indices.length * Uint16Array.BYTES_PER_ELEMENT));
    shared.set(found.of);
    return shared;
  };
}
